"""Lighthouse and long tasks: what `make audit` measures, apart from the tests because it takes minutes."""
