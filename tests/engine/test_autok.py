"""The package as it is first seen: light until it is used, and the same to people, tools and type checkers."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import autok

FOLDER = Path(autok.__file__).parent


@pytest.mark.parametrize("name", sorted(set(autok.__all__) - {"__version__"}))
def test_a_public_name_is_that_of_its_home(name: str) -> None:
    """What the package hands out is the object that its module defines, and the same each time."""
    assert getattr(autok, name) is getattr(import_module(autok._HOMES[name]), name)
    assert getattr(autok, name) is getattr(autok, name)


def test_type_checkers_see_what_programs_get() -> None:
    """The names that the stub promises are those that the package has, since nothing else ties the two together."""
    tree = ast.parse((FOLDER / "__init__.pyi").read_text())
    imported = {alias.asname for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    listed = next(node.value for node in tree.body if isinstance(node, ast.Assign))
    assert ast.literal_eval(listed) == autok.__all__
    assert imported | {"__version__"} == set(autok.__all__)


@pytest.mark.parametrize("error", ["OptionError", "AutokError"])
def test_errors_cost_no_library(error: str) -> None:
    """Whoever asks for the version or an error alone loads no array library."""
    code = f"import sys, autok; from autok.errors import {error}; autok.AutokError; print('numpy' in sys.modules)"
    env = {**os.environ, "PYTHONPATH": str(FOLDER.parent)}
    said = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"


def test_an_unknown_name_is_told_by_its_name() -> None:
    """A slip of the pen is an AttributeError that names package and slip, and no import."""
    with pytest.raises(AttributeError, match=r"module 'autok' has no attribute 'verfy'"):
        autok.verfy  # noqa: B018
