"""The shape of the code: sizes of files and functions, comments, docstrings, types, and how the tests mirror it.

Lines are those that are not blank; a function's length leaves out its docstring and the functions within it;
instructions to tools are no comments. A public function has no underscore in its name, nor has the class around it.
"""

from __future__ import annotations

import ast
import io
import math
import statistics
import tokenize
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.tables import Table
from support.structure import ROOT, find_circle

PARTS: Final = (
    ("engine", "function/autok", "tests/engine"),
    ("service", "function/service", "tests/service"),
    ("local stack", "infra/local", "tests/local"),
)
"""Parts in Python: name, folder of the code, folder of its tests."""

OTHERS: Final = (("pages", "frontend/js", "*.js", "//"), ("cloud", "infra", "*.tf", "#"))
"""Parts in other languages, without functions to be measured: name, folder, files, what a comment begins with."""

LONGEST_FILE: Final = 300
LONGEST_FUNCTION: Final = 60
GOALS: Final = (
    *("goal", "", "", "60-180", f"<= {LONGEST_FILE}", f"<= 12 / 35 / {LONGEST_FUNCTION}", "5-10", "", "100%", "100%"),
    *("1.0-1.3", ""),
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Method:
    """One function of a file."""

    name: str
    lines: int
    public: bool
    described: bool
    typed: bool


def find_files(folder: Path, pattern: str = "*.py") -> list[Path]:
    """Return the files of a part, those that a cache or a link holds left out."""
    return sorted(path for path in folder.rglob(pattern) if not {"__pycache__", "node_modules"} & set(path.parts))


def count_lines(path: Path) -> int:
    """Return how many lines of a file are not blank."""
    return sum(1 for line in path.read_text("utf-8").splitlines() if line.strip())


def count_comments(text: str) -> int:
    """Return how many lines of a Python file have a comment that is meant for people."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = (token.string for token in tokens if token.type == tokenize.COMMENT)
    return sum(not comment.startswith(("# noqa: ", "# type: ")) for comment in comments)


def count_docstrings(tree: ast.Module) -> int:
    """Return how many lines that are not blank the docstrings of a file have, those beneath a name included."""
    strings = (node.value for node in ast.walk(tree) if isinstance(node, ast.Expr))
    texts = (s.value for s in strings if isinstance(s, ast.Constant) and isinstance(s.value, str))
    return sum(sum(1 for line in text.splitlines() if line.strip()) for text in texts)


def list_functions(tree: ast.Module, text: str) -> list[Method]:
    """Return the functions of a file, methods and inner ones included."""
    lines = text.splitlines()
    found: list[Method] = []

    def visit(node: ast.AST, *, public: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Function):
                open_here = public and not child.name.startswith("_") and not _is_setter(child)
                found.append(_measure(child, lines, public=open_here))
                visit(child, public=False)
            elif isinstance(child, ast.ClassDef):
                visit(child, public=public and not child.name.startswith("_"))
            else:
                visit(child, public=public)

    visit(tree, public=True)
    return found


def find_twins(code: Path, tests: Path) -> tuple[int, int]:
    """Return how many modules have a test file of their name in the mirrored folder, and how many modules there are."""
    modules = [path for path in find_files(code) if path.name != "__init__.py" or count_lines(path) > 10]
    names = {tests / _twin(path, code) for path in modules}
    return sum(name.exists() for name in names), len(modules)


def measure(_folder: Path | None, _each: int | None) -> list[Table]:
    """Return the shape of every part beside the goals."""
    header = (
        *("part", "files", "lines", "median file", "longest", "function median / p90 / longest", "comments per 100"),
        *("docstrings per 100", "public described", "typed", "tests : code", "tests of the same name"),
    )
    rows = [_python_row(*part) for part in PARTS] + [_other_row(*part) for part in OTHERS]
    circle = find_circle()
    tests = sum(count_lines(path) for pattern in ("*.py", "*.js") for path in find_files(ROOT / "tests", pattern))
    code = sum(int(row[2]) for row in rows)
    note = f"Imports: {' <- '.join(circle) if circle else 'no circle'}. All tests to all code: {tests / code:.2f}."
    return [Table("The shape of the code", header, [*rows, GOALS], note)]


def _measure(node: Function, lines: Sequence[str], *, public: bool) -> Method:
    inner = [child for child in ast.walk(node) if isinstance(child, Function) and child is not node]
    skipped = {line for child in inner for line in range(child.lineno, (child.end_lineno or 0) + 1)}
    described = ast.get_docstring(node) is not None
    if described:
        skipped |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    whole = range(node.lineno, (node.end_lineno or 0) + 1)
    length = sum(1 for line in whole if line not in skipped and lines[line - 1].strip())
    return Method(node.name, length, public, described, node.returns is not None)


def _is_setter(node: Function) -> bool:
    """Return whether a function only changes a property, which its getter describes."""
    return any(isinstance(each, ast.Attribute) and each.attr == "setter" for each in node.decorator_list)


def _twin(path: Path, code: Path) -> Path:
    own = path.parent.name if path.stem == "__init__" else path.stem.strip("_")
    return path.parent.relative_to(code) / f"test_{own}.py"


def _share(values: Iterable[bool]) -> str:
    known = list(values)
    return f"{sum(known) / len(known):.0%}" if known else "-"


def _python_row(name: str, folder: str, tests: str) -> list[str]:
    paths = find_files(ROOT / folder)
    texts = [path.read_text("utf-8") for path in paths]
    trees = [ast.parse(text) for text in texts]
    lines = sum(count_lines(path) for path in paths)
    functions = [each for tree, text in zip(trees, texts, strict=True) for each in list_functions(tree, text)]
    lengths = sorted(each.lines for each in functions)
    written = sum(count_comments(text) for text in texts)
    described = sum(count_docstrings(tree) for tree in trees)
    same, modules = find_twins(ROOT / folder, ROOT / tests)
    return [
        *_size_cells(name, paths, lines),
        f"{statistics.median(lengths):.0f} / {lengths[math.ceil(0.9 * len(lengths)) - 1]} / {lengths[-1]}",
        f"{100 * written / lines:.1f}",
        f"{100 * described / lines:.0f}",
        _share(each.described for each in functions if each.public),
        _share(each.typed for each in functions),
        f"{sum(count_lines(path) for path in find_files(ROOT / tests)) / lines:.2f}",
        f"{same} of {modules}",
    ]


def _other_row(name: str, folder: str, pattern: str, mark: str) -> list[str]:
    paths = find_files(ROOT / folder, pattern)
    lines = sum(count_lines(path) for path in paths)
    texts = (path.read_text("utf-8") for path in paths)
    written = sum(line.lstrip().startswith(mark) for text in texts for line in text.splitlines())
    return [*_size_cells(name, paths, lines), "-", f"{100 * written / lines:.1f}", *["-"] * 5]


def _size_cells(name: str, paths: Sequence[Path], lines: int) -> list[str]:
    sizes = {path: len(path.read_text("utf-8").splitlines()) for path in paths}
    longest = max(paths, key=lambda path: (sizes[path], path))
    median = statistics.median(sizes.values())
    return [name, str(len(paths)), str(lines), f"{median:.0f}", f"{sizes[longest]} ({longest.name})"]
