"""``python -m autok`` is the command line, with its exit status."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autok import __version__

FUNCTION = Path(__file__).parents[2] / "function"


def call(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the module in a process of its own."""
    env = {**os.environ, "PYTHONPATH": str(FUNCTION)}
    return subprocess.run([sys.executable, "-m", "autok", *words], env=env, capture_output=True, text=True, check=False)


def test_the_version_is_that_of_the_package() -> None:
    """It is printed on stdout, and the status is 0."""
    done = call("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert __version__ in done.stdout


@pytest.mark.parametrize(("words", "status"), [(("--no-such-word",), 2), (("no-such-file.png",), 1)])
def test_failures_reach_the_exit_status(words: tuple[str, ...], status: int) -> None:
    """A wrong usage and a file that is not there end with their own status, and say why on stderr without a trace."""
    done = call(*words)
    assert done.returncode == status
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr
