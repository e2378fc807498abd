"""The guard: it lives as long as the supervisor's pipe, and ends its group with it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support.life import is_alive, survivors

GUARD = Path(__file__).parents[2] / "infra" / "local" / "guard.py"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
)


@pytest.mark.parametrize("code", ["print('up', flush=True); import time; time.sleep(600)", STUBBORN])
def test_the_end_of_the_pipe_ends_the_group(code: str) -> None:
    """What obeys SIGTERM and what does not are both gone, and so is the guard itself."""
    command = [sys.executable, str(GUARD), "0.2"]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0) as guard,
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, process_group=guard.pid) as member,
    ):
        assert guard.stdin is not None
        assert guard.stdout is not None
        assert member.stdout is not None
        assert (guard.stdout.read(1), member.stdout.read(2)) == (b"\n", b"up")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            guard.send_signal(number)
        assert is_alive(guard.pid)
        assert is_alive(member.pid)
        guard.stdin.close()
        assert guard.wait(20) == -signal.SIGKILL
        assert member.wait(20) in (-signal.SIGTERM, -signal.SIGKILL)
    assert survivors([guard.pid, member.pid]) == []
