"""The limits that the house sets itself, and the counts that they rest on."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from bench.style import (
    LONGEST_FILE,
    LONGEST_FUNCTION,
    OTHERS,
    PARTS,
    Method,
    count_comments,
    count_docstrings,
    find_files,
    find_twins,
    list_functions,
    measure,
)
from support.structure import ROOT

SAMPLE = """
def outer(x):
    '''Say it.

    And why.
    '''
    # A reason.
    def inner() -> None:
        return x  # noqa: X1

    return inner  # another

class _Hidden:
    def seen(self) -> int:
        return 1
"""


@pytest.fixture(scope="module")
def functions() -> list[tuple[Path, Method]]:
    """Return every function of the project with its file."""
    texts = {path: path.read_text() for _, folder, _ in PARTS for path in find_files(ROOT / folder)}
    return [(path, each) for path, text in texts.items() for each in list_functions(ast.parse(text), text)]


def test_files_are_short() -> None:
    """No file of code has more lines than the house allows."""
    kinds = [*((folder, "*.py") for _, folder, _ in PARTS), *((folder, kind) for _, folder, kind, _ in OTHERS)]
    paths = [path for folder, kind in kinds for path in find_files(ROOT / folder, kind)]
    assert len(paths) > 200
    assert not [str(path) for path in paths if len(path.read_text().splitlines()) > LONGEST_FILE]


def test_functions_fit_on_a_screen(functions: list[tuple[Path, Method]]) -> None:
    """No function is longer than the house allows."""
    assert len(functions) > 1000
    assert not [(path.name, each) for path, each in functions if each.lines > LONGEST_FUNCTION]


def test_public_functions_are_described_and_all_are_typed(functions: list[tuple[Path, Method]]) -> None:
    """Every public function has a docstring, and every function says what it returns."""
    assert not [(path.name, each.name) for path, each in functions if each.public and not each.described]
    assert not [(path.name, each.name) for path, each in functions if not each.typed]


def test_a_function_is_counted_without_docstring_and_inner_functions() -> None:
    """Blank lines, docstrings and inner functions add no length, and those in a private class are not public."""
    outer, inner, seen = list_functions(ast.parse(SAMPLE), SAMPLE)
    assert outer == Method("outer", 3, public=True, described=True, typed=False)
    assert inner == Method("inner", 2, public=False, described=False, typed=True)
    assert seen == Method("seen", 2, public=False, described=False, typed=True)


def test_comments_and_docstrings_are_counted_by_line() -> None:
    """An instruction to a tool is no comment, and the blank line of a docstring counts not."""
    assert count_comments(SAMPLE) == 2
    assert count_docstrings(ast.parse(SAMPLE)) == 2


def test_a_twin_stands_in_the_mirrored_folder(tmp_path: Path) -> None:
    """A test file counts for the module of its name in the same place, and for no other."""
    for name in ("code/a.py", "code/sub/a.py", "code/sub/_b.py", "tests/test_a.py", "tests/sub/test_b.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n")
    assert find_twins(tmp_path / "code", tmp_path / "tests") == (2, 3)


def test_every_row_has_every_column() -> None:
    """The table is whole: parts, and the goals beneath them."""
    (table,) = measure(None, None)
    assert {len(row) for row in table.rows} == {len(table.header)}
    assert len(table.rows) == len(PARTS) + len(OTHERS) + 1
