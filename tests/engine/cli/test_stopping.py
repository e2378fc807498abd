"""The command line, stopped by signals: nothing half written is left, and no process outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autok.cli import main
from autok.cli.stopping import Stopped, held, stoppable

_FILES = 12
_PATIENCE = 120.0


@pytest.fixture
def heard() -> Iterator[None]:
    """Let processes that are begun hear every signal, whatever the tests themselves were told to ignore."""
    before = {
        number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def folder(tmp_path: Path, china: bytes) -> Path:
    """Return a folder with more photos than are compressed before the signal comes."""
    (tmp_path / "in").mkdir()
    for number in range(_FILES):
        (tmp_path / "in" / f"{number:02}.jpg").write_bytes(china)
    return tmp_path


def begin(folder: Path, jobs: int) -> subprocess.Popen[str]:
    """Start the command in a session of its own and return it once it has written a result."""
    words = [sys.executable, "-m", "autok", "-q", "-r", str(folder / "in"), "-o", str(folder / "out"), "-j", str(jobs)]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, start_new_session=True)
    wait_until(lambda: (folder / "out").is_dir() and any((folder / "out").glob("*.jpg")))
    return process


def wait_until(met: Callable[[], bool]) -> None:
    """Wait for something, and fail if it does not come."""
    end = time.monotonic() + _PATIENCE
    while not met():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_empty(group: int) -> bool:
    """Return whether no process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_command_and_its_workers(folder: Path, number: signal.Signals) -> None:
    """What runs is finished, what waits is not begun, every file is whole, and the status tells the signal."""
    process = begin(folder, 2)
    process.send_signal(number)
    _, said = process.communicate(timeout=_PATIENCE)
    assert process.returncode == 128 + number
    assert "interrupted; every file is whole" in said
    assert "Traceback" not in said
    written = [*(folder / "out").iterdir()]
    assert 1 <= len(written) <= 7
    assert all(path.suffix == ".jpg" and path.read_bytes().endswith(b"\xff\xd9") for path in written)
    wait_until(lambda: is_empty(process.pid))


def test_workers_end_with_a_parent_that_was_killed(folder: Path) -> None:
    """Whatever becomes of the first process, the others do not wait for work for ever."""
    process = begin(folder, 2)
    process.kill()
    process.communicate(timeout=_PATIENCE)
    wait_until(lambda: is_empty(process.pid))
    assert all(path.suffix == ".jpg" for path in (folder / "out").iterdir())


def test_a_pipe_can_be_interrupted(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Waiting for input, too, Ctrl-C is exit status 130 and a sentence."""

    class Typed:
        @property
        def buffer(self) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", Typed())
    assert main(["-"]) == 130
    assert "interrupted" in capsys.readouterr().err


_WRITER = """
import os, signal
from autok.cli.stopping import Stopped, stoppable, undisturbed
try:
    with stoppable():
        with undisturbed():
            os.kill(os.getpid(), signal.SIGTERM)
            print("written")
        print("not reached")
except Stopped as stop:
    print(stop.number == signal.SIGTERM, signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)
"""


@pytest.mark.usefixtures("heard")
def test_a_signal_waits_until_something_is_written() -> None:
    """Inside, signals are put off; outside, one that came meanwhile is heard, and handlers are as they were."""
    # A process of its own, as threads of others would take the signal.
    ended = subprocess.run([sys.executable, "-c", _WRITER], capture_output=True, text=True, timeout=_PATIENCE)
    assert ended.stdout.split() == ["written", "True", "True"]


def test_what_is_ignored_stays_ignored() -> None:
    """Under nohup the end of a terminal does not end the work."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stoppable():
            os.kill(os.getpid(), signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_held_signals_are_heard_where_it_is_safe() -> None:
    """Held, a signal interrupts nothing until it is asked for, or until the end; then handlers are as they were."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    reached = []

    def work(*, asks: bool) -> None:
        with held() as check:
            check()
            os.kill(os.getpid(), signal.SIGINT)
            reached.append("after")
            if asks:
                check()
            reached.append("the end")

    try:
        for asks in (True, False):
            with pytest.raises(Stopped) as stop:
                work(asks=asks)
            assert stop.value.number == signal.SIGINT
            assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert reached == ["after", "after", "the end"]
