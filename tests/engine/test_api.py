"""The engine as a Python program sees it."""

from __future__ import annotations

import doctest
import inspect
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import jsonschema
import pytest

import autok
import autok.api
import autok.verification
from autok.errors import OptionError, UnsupportedFormatError
from autok.options import SPECS, Options
from autok.pipeline import compress
from autok.reporting import report_schema

ROOT = Path(__file__).parents[2]


def test_the_result_is_that_of_the_pipeline(china: bytes) -> None:
    """The call by keywords gives the bytes that the pipeline gives for the same options, and a valid report."""
    result = autok.compress(bytearray(china), colors=8, format="png", name="china.jpg")
    data, report = result
    assert data == compress(china, Options(colors=8, format="png"))[0]
    jsonschema.validate(report, report_schema())
    assert (result.format, report["input"]["name"]) == ("png", "china.jpg")
    assert result.saved == pytest.approx(1 - len(data) / len(china), abs=1e-4)


def test_every_option_is_a_keyword_with_its_default() -> None:
    """The signature has the rows of the table, and what it gives by default are the table's defaults."""
    parameters = inspect.signature(autok.compress).parameters
    given = {name: parameter.default for name, parameter in parameters.items() if name not in ("data", "name")}
    assert list(given) == [spec.key for spec in SPECS]
    assert Options.parse(given) == Options()


@pytest.mark.parametrize(
    ("data", "options", "error"),
    [(b"text", {}, UnsupportedFormatError), (b"text", {"colors": 1}, OptionError), ("text", {}, TypeError)],
)
def test_wrong_calls_raise_typed_errors(data: bytes, options: dict[str, int], error: type[Exception]) -> None:
    """Bytes that are no image, options out of range, and what is no bytes each raise their own error."""
    with pytest.raises(error):
        autok.compress(data, **options)  # type: ignore[arg-type]


def test_nothing_heavy_is_loaded_before_it_is_used() -> None:
    """``import autok`` and the command line load no numpy, and the engine loads scikit-learn at its first use only."""
    check = (
        "import sys, autok, autok.cli; light = 'numpy' in sys.modules; autok.compress; "
        "print(light, 'numpy' in sys.modules, 'sklearn' in sys.modules)"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT / "function")}
    said = subprocess.run([sys.executable, "-c", check], env=env, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", "True", "False"]


def test_all_that_is_promised_is_there() -> None:
    """Every public name resolves and shows up in ``dir``; another name is an AttributeError."""
    assert set(autok.__all__) <= set(dir(autok))
    assert all(hasattr(autok, name) for name in autok.__all__)
    with pytest.raises(AttributeError, match="compres"):
        autok.compres  # noqa: B018


@pytest.mark.parametrize("module", [autok.api, autok.verification], ids=lambda module: module.__name__)
def test_the_examples_are_true(module: ModuleType) -> None:
    """What the docstrings show is what happens."""
    done = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert done.attempted > 0
    assert done.failed == 0


def test_the_examples_of_the_readme_are_true(tmp_path: Path, china: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python that the README shows runs as it is printed, beside a photo of the name it uses."""
    (tmp_path / "photo.jpg").write_bytes(china)
    monkeypatch.chdir(tmp_path)
    done = doctest.testfile(str(ROOT / "README.md"), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert done.attempted > 0
    assert done.failed == 0
