"""The helper's own measures, and how it tells that it is ready or broken."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from service.sandbox.helper import count_threads
from service.sandbox.launching import describe_command, describe_environment
from service.sandbox.messages import receive

THREADED = "import threading, time\\ndef warm():\\n    threading.Thread(target=time.sleep, args=(0.5,)).start()"


def first_words(module: str, code: str = "", folder: Path | None = None) -> tuple[dict[str, Any] | None, int]:
    """Return what a helper for a module says first, and how it ends once nobody gives orders any more."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    environment = describe_environment()
    if folder is not None:
        (folder / f"{module}.py").write_text(code)
        environment["PYTHONPATH"] = f"{folder}:{environment['PYTHONPATH']}"
    command = describe_command("service.sandbox.helper", str(theirs.fileno()), module)
    with ours, subprocess.Popen(command, env=environment, pass_fds=[theirs.fileno()]) as helper:
        theirs.close()
        message, _ = receive(ours, 3)
        ours.close()
        return message, helper.wait(20)


def test_threads_are_counted_by_the_system() -> None:
    """A thread that waits counts until it has ended."""
    before, stop = count_threads(), threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    assert count_threads() == before + 1
    stop.set()
    thread.join()


def test_a_warm_engine_is_told_as_ready() -> None:
    """It says whether limits hold here, serves, and ends in good order when nobody listens any more."""
    message, status = first_words("support.engines")
    assert message is not None
    assert message["ready"] is True
    assert isinstance(message["bounded"], bool)
    assert status == 0


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("raise ZeroDivisionError('no luck')", "ZeroDivisionError: no luck"),
        ("def warm():\n    raise ImportError('x' * 9000)", "ImportError: xxx"),
        (
            "import threading, time\ndef warm():\n    threading.Thread(target=time.sleep, args=(1,)).start()",
            "2 threads",
        ),
    ],
)
def test_an_engine_that_is_not_fit_for_forks_is_told_as_broken(code: str, words: str, tmp_path: Path) -> None:
    """What fails, and what leaves a thread behind, is said in a few words, and no child is ever made."""
    message, status = first_words("unfit", code, tmp_path)
    assert message is not None
    assert words in message["broken"]
    assert len(json.dumps(message)) < 700
    assert status == 1


def test_a_module_that_is_missing_is_told() -> None:
    """Its name is in the words."""
    message, status = first_words("no_such_engine")
    assert message is not None
    assert "no_such_engine" in message["broken"]
    assert status == 1
