"""``python -m service.commands`` is ``autok-cloud``, with its exit status."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FUNCTION = Path(__file__).parents[3] / "function"


@pytest.mark.parametrize(("words", "status", "stream"), [(["--version"], 0, "stdout"), (["nonsense"], 2, "stderr")])
def test_the_status_is_that_of_the_command_line(words: list[str], status: int, stream: str) -> None:
    """What the program says and how it ends reach the shell; no trace does."""
    env = {**os.environ, "PYTHONPATH": str(FUNCTION)}
    command = [sys.executable, "-m", "service.commands", *words]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == status
    assert "autok-cloud" in getattr(done, stream)
    assert "Traceback" not in done.stderr
