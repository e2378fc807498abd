"""Auto-K: images made smaller with K-means, by as many colours as they need.

``autok.compress(data)`` is the way in; `autok.verify` checks a report against its original. Both load the engine when
they are first used, so that whoever only asks for the version, an option or an error pays for none of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["AutokError", "Result", "Verdict", "__version__", "compress", "verify"]

__version__ = "0.1.0"

_HOMES = {
    "AutokError": "autok.errors",
    "Result": "autok.api",
    "Verdict": "autok.api",
    "compress": "autok.api",
    "verify": "autok.api",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'autok' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
