"""Renders the engine's docstrings as pages: ``python -m support.docs build/docs``; a warning is an error."""

from __future__ import annotations

import pkgutil
import sys
import warnings
from importlib import import_module
from pathlib import Path
from typing import get_type_hints

import autok

LEFT_OUT = ("autok.cli", "autok.__main__")
"""What is used by words on a command line and not from Python."""


def find_modules() -> list[str]:
    """Return the engine's modules by name."""
    found = (module.name for module in pkgutil.walk_packages(autok.__path__, "autok."))
    return ["autok", *(name for name in found if not name.startswith(LEFT_OUT))]


def render(folder: Path) -> int:
    """Write the pages and return how many modules have one."""
    import pdoc
    from pdoc import render

    # What the package loads at the first use has to be there for whoever looks into it, and a named tuple's types too.
    vars(autok).update({name: getattr(autok, name) for name in autok.__all__})
    autok.Result.__new__.__annotations__ = get_type_hints(autok.Result)
    modules = [name for name in find_modules() if not _is_shown_by_its_package(name)]
    render.configure(docformat="numpy", show_source=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pdoc.pdoc(*modules, output_directory=folder)
    return len(modules)


def _is_shown_by_its_package(name: str) -> bool:
    """Return whether a package declares a name of its own that is a module's, too."""
    package, _, own = name.rpartition(".")
    return bool(package) and own in getattr(import_module(package), "__all__", ())


if __name__ == "__main__":
    target = Path(sys.argv[1])
    print(f"{render(target)} modules are described in {target / 'index.html'}")
