"""The modules of the project and what each imports, read from their text alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = {"autok": ROOT / "function", "service": ROOT / "function", "local": ROOT / "infra"}

STAGES = ("decoding", "scaling", "analysis", "planning", "quantization", "mapping", "encoding", "metrics")
"""The stages of the engine, in the order in which data passes through them."""

ORDER = (
    *("errors", "units", "formats", "models", "options", "arrays", "devices", "color", "activity"),
    *("fine_bins", "banding"),
    *STAGES,
    *("search", "contest", "explaining", "reporting", "pipeline", "verification", "api", "cli", "__main__"),
)
"""The modules of the engine; each may import those before it."""


@cache
def modules() -> dict[str, Path]:
    """Return every module of the project by its dotted name."""
    found = {}
    for package, root in SOURCES.items():
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imports(name: str) -> frozenset[str]:
    """Return what a module imports, wherever in it: modules of the project by their own name, others by theirs."""
    return frozenset(_imports(name, ast.parse(modules()[name].read_text())))


def find_circle() -> list[str]:
    """Return modules of the project that import each other in a circle, or nothing when there is no circle."""
    graph = {name: {other for other in imports(name) if other in modules() and other != name} for name in modules()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as cycle:
        return list(cycle.args[1])
    return []


def _imports(name: str, tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            assert node.module is not None
            for alias in node.names:
                member = f"{node.module}.{alias.name}"
                yield member if member in modules() else node.module
