"""What public docstrings have to say: parameters, results and errors, in numpydoc's order."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest

from support.structure import ROOT

MODULES: Final = (
    *("autok", "autok.decoding", "autok.quantization", "autok.mapping", "autok.encoding", "autok.metrics"),
    *("autok.pipeline", "autok.options"),
)
"""Every function and class that these declare public is described in full."""

STAGES: Final = (
    *("autok.scaling.choose_scale", "autok.scaling.rescale", "autok.analysis.analyze", "autok.planning.plan"),
    *("autok.search.next_setting", "autok.search.best_setting", "autok.contest.smallest_reaching"),
    *("autok.contest.asked_colors", "autok.contest.best_under", "autok.explaining.explain"),
    *("autok.reporting.build_report", "autok.verification.verify", "autok.units.format_bytes"),
)
"""So are these, the verbs of stages that are one file each."""

DOORS: Final = (
    *("service.api.Api", "service.tinify.Tinify", "service.tinify.open_keys", "service.tinify.keys.Keys"),
    *("service.sandbox.open_sandbox", "service.sandbox.client.Sandbox", "service.commands.main"),
    *("service.events.parse_event", "service.names.name_result", "service.names.name_report"),
    *("service.names.possible_results", "service.names.download_name", "service.settings.Settings"),
    *("service.rules.find_rule", "service.rules.parse_rules", "service.rules.merge_options"),
    *("service.skips.judge_upload", "service.skips.judge_bytes", "service.skips.judge_error"),
    *("service.signing.Signer", "service.signing.open_signer", "service.signing.cors_policy"),
    *("service.client.Client", "service.notices.describe_notice", "service.notices.Topic"),
    *("service.notices.open_topic", "service.worker.process", "service.results.put_result"),
    *("service.cost.estimate_cost", "local.emulator.app.create_app", "local.emulator.app.create_server"),
    *("local.supervisor.main", "local.site.create_app", "local.site.security_headers", "local.ports.check_ports"),
    *("local.stack.describe_parts", "local.stack.environment", "local.measurements.read_sections"),
    "local.processes.ProcessGroup",
)
"""And these, by which one part of the service or of the local stack calls another."""

ORDER: Final = ("Parameters", "Returns", "Yields", "Raises", "Notes", "References", "Examples")
"""The sections in numpydoc's order."""


def sections(docstring: str) -> dict[str, str]:
    """Return the text of a docstring's sections by their names, in the order in which they stand."""
    parts = re.split(r"^(\w[\w ]*)\n-+$", docstring, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def described(section: str) -> Iterator[tuple[str, bool]]:
    """Yield each parameter of a section and whether its type is told: beside it, or where another function's is."""
    for line, below in re.findall(r"^(\S.*)$(?=\n?(.*))", section, flags=re.MULTILINE):
        names, _, kind = line.partition(" : ")
        for name in names.split(","):
            yield name.strip().lstrip("*"), bool(kind) or name.strip().startswith("*") or "As for `" in below


def find_gaps(function: Callable[..., Any]) -> list[str]:
    """Return what a function's docstring fails to say."""
    found = sections(inspect.getdoc(function) or "")
    parameters = [name for name in inspect.signature(function).parameters if name not in {"self", "cls"}]
    told = list(described(found.get("Parameters", "")))
    gaps = []
    if [name for name, _ in told] != parameters:
        gaps.append(f"parameters are {parameters}, described are {[name for name, _ in told]}")
    gaps += [f"{name} has no type" for name, typed in told if not typed]
    if parameters and inspect.signature(function).return_annotation not in {"None", None}:
        gaps += [] if {"Returns", "Yields"} & set(found) else ["no word on what it returns"]
    order = [ORDER.index(name) for name in found if name in ORDER]
    gaps += [f"{name} is no section" for name in found if name not in ORDER]
    return gaps + ([] if order == sorted(order) else [f"sections stand as {list(found)}"])


def public_functions() -> Iterator[Any]:
    """Yield every public function, and every method of a public class that is its own."""
    for module in MODULES:
        for name in import_module(module).__all__:
            yield from _functions_of(f"{module}.{name}", getattr(import_module(module), name))
    for path in (*STAGES, *DOORS):
        module, _, name = path.rpartition(".")
        yield from _functions_of(path, getattr(import_module(module), name))


def _functions_of(path: str, held: object) -> Iterator[Any]:
    if inspect.isfunction(held):
        yield pytest.param(held, id=path)
    elif inspect.isclass(held):
        for name, value in vars(held).items():
            function = getattr(value, "__func__", value)
            if inspect.isfunction(function) and not name.startswith("_"):
                yield pytest.param(function, id=f"{path}.{name}")


@pytest.mark.parametrize("function", list(public_functions()))
def test_a_public_function_says_what_it_takes_and_returns(function: Callable[..., Any]) -> None:
    """The docstring lists the very parameters, each with its type, and the result, in the order of numpydoc."""
    assert find_gaps(function) == []


def test_the_pages_render(tmp_path: Path) -> None:
    """Every module of the engine has a page, and none is written with a warning."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'function'}:{ROOT / 'tests'}"}
    command = [sys.executable, "-m", "support.docs", str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "SSIMULACRA2" in (tmp_path / "autok.html").read_text()
    assert {path.stem for path in (tmp_path / "autok").glob("*.html")} >= {"analysis", "decoding", "pipeline"}


def test_gaps_are_found() -> None:
    """A parameter without a word, one without a type, a silent result and a wrong order are told."""

    def bad(first: int, second: int) -> int:
        """Do it.

        Raises
        ------
        ValueError
            If it must.

        Parameters
        ----------
        first
            A number.
        """
        return first + second

    assert len(find_gaps(bad)) == 4
