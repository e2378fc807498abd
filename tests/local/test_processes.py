from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.processes import Exit, ProcessGroup
from support.life import descendants, is_alive, survivors

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
)

PARENT = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {STUBBORN!r}])\n{STUBBORN}"

OWNER = f"""
import os, sys, time
from pathlib import Path
from local.processes import ProcessGroup
group = ProcessGroup(Path(sys.argv[1]))
group.start("parent", [sys.executable, "-c", {PARENT!r}], os.environ, Path("."))
print("started", flush=True)
time.sleep(600)
"""


def start(group: ProcessGroup, name: str, code: str) -> None:
    group.start(name, [sys.executable, "-c", code], os.environ, Path.cwd())


def wait_for_text(path: Path, text: str) -> None:
    deadline = time.monotonic() + 20
    while text not in path.read_text():
        assert time.monotonic() < deadline, f"{path} never held {text!r}"
        time.sleep(0.02)


def test_the_end_of_a_process_is_told(tmp_path: Path) -> None:
    """A process that ends by itself is named with its status, and its last words are at hand."""
    with ProcessGroup(tmp_path) as group:
        start(group, "short", "print('first'); print('last words'); raise SystemExit(7)")
        assert group.exits.get(timeout=20) == Exit("short", 7)
        assert group.last_words("short") == "last words"


def test_a_signal_that_ends_a_process_is_told(tmp_path: Path) -> None:
    """A process ended by a signal is named with the signal's negative number."""
    with ProcessGroup(tmp_path) as group:
        start(group, "killed", "import os; os.kill(os.getpid(), 9)")
        assert group.exits.get(timeout=20) == Exit("killed", -9)
        assert group.last_words("killed") == ""


def test_the_end_of_the_guard_is_told(tmp_path: Path) -> None:
    """Should the guard die, the owner learns of it, and can still end what it started."""
    others = descendants(os.getpid())
    with ProcessGroup(tmp_path) as group:
        start(group, "stubborn", STUBBORN)
        wait_for_text(group.log_of("stubborn"), "up")
        mine = [pid for pid in descendants(os.getpid()) if pid not in others]
        guard = next(pid for pid in mine if b"guard.py" in Path(f"/proc/{pid}/cmdline").read_bytes())
        os.kill(guard, signal.SIGKILL)
        assert group.exits.get(timeout=20) == Exit("guard", -9)
    assert not survivors(mine)


def test_stopping_ends_a_process_that_refuses(tmp_path: Path) -> None:
    """A process that ignores the request to end, and its child, are killed."""
    others = descendants(os.getpid())
    with ProcessGroup(tmp_path) as group:
        start(group, "parent", PARENT)
        wait_for_text(group.log_of("parent"), "up\nup")
        mine = [pid for pid in descendants(os.getpid()) if pid not in others]
        assert len(mine) >= 3
    assert not survivors(mine)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_outlives_the_owner(tmp_path: Path, number: signal.Signals) -> None:
    """Whatever ends the owner, SIGKILL included, its children and grandchildren end too, even if they refuse."""
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(tmp_path)], env=os.environ | {"PYTHONPATH": "infra"},
                             stdout=subprocess.PIPE)  # fmt: skip
    assert owner.stdout is not None
    with owner.stdout as output:
        output.readline()
    wait_for_text(tmp_path / "parent.log", "up\nup")
    below = descendants(owner.pid)
    assert len(below) == 3
    assert all(is_alive(pid) for pid in below)
    owner.send_signal(number)
    owner.wait(20)
    assert not survivors(below)
