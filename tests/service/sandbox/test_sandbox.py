"""Which sandbox a system gets, and that it begins and ends like the other."""

from __future__ import annotations

import subprocess
import sys

import pytest

from autok.errors import CorruptImageError
from service.sandbox import Answer, open_sandbox
from service.sandbox.client import Sandbox
from service.sandbox.launching import describe_environment
from service.sandbox.single import ProcessSandbox
from service.settings import ChildLimits

LIMITS = ChildLimits(memory=256 * 1024**2, cpu=20, wall=20)


@pytest.mark.parametrize(
    ("system", "kind"), [("linux", Sandbox), ("darwin", ProcessSandbox), ("win32", ProcessSandbox)]
)
def test_only_linux_forks_from_a_helper(system: str, kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere a fork of a process with threads is not safe, so that each image has a process of its own."""
    monkeypatch.setattr(sys, "platform", system)
    sandbox = open_sandbox(LIMITS, "support.engines")
    try:
        assert type(sandbox) is kind
    finally:
        sandbox.close()


@pytest.mark.skipif(sys.platform != "linux", reason="children are forked and bounded on Linux alone")
@pytest.mark.parametrize("kind", [Sandbox, ProcessSandbox])
def test_both_kinds_give_the_same_answer(kind: type[Sandbox] | type[ProcessSandbox]) -> None:
    """A caller need not know which one it holds: content, files, stages and refusals are the same."""
    sandbox = kind(LIMITS, "support.engines")
    stages: list[str] = []
    try:
        answer = sandbox.run({}, b"abc", stages.append)
        with pytest.raises(CorruptImageError):
            sandbox.run({"do": "refuse"}, b"abc", stages.append)
    finally:
        sandbox.close()
        sandbox.close()
    assert isinstance(answer, Answer)
    assert (answer.content, answer.files) == ({"length": 3}, (b"cba", b"second"))
    assert stages[0] == "decoding"


def test_to_import_the_sandbox_loads_no_engine() -> None:
    """The server that holds it stays small: pixels and their libraries exist in children alone."""
    code = (
        "import sys, service.sandbox, service.sandbox.client, service.sandbox.single; "
        "print([name for name in ('numpy', 'PIL', 'sklearn', 'autok.pipeline') if name in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-P", "-c", code], env=describe_environment(), capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "[]"
