from __future__ import annotations

import os
import signal
import sys
import threading

import pytest

from autok.encoding.apart import call_apart

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


def test_the_answer_comes_back_whole() -> None:
    """A call in another process gives the bytes that it gives here, more than a pipe holds too."""
    assert call_apart(lambda data: data[::-1] * 1000, b"0123456789" * 100) == b"9876543210" * 100_000


@pytest.mark.parametrize(
    "end",
    [
        lambda _: os._exit(1),
        lambda _: sys.exit(0),
        lambda _: os.kill(os.getpid(), signal.SIGKILL),
        lambda _: b"".join([None]),  # type: ignore[list-item]
    ],
    ids=["exit", "system exit", "signal", "error"],
)
def test_an_end_without_an_answer_is_none(end: object) -> None:
    """However the other process ends, this one goes on, and knows that there is no answer."""
    assert call_apart(end, b"") is None  # type: ignore[arg-type]


def test_beside_other_threads_the_call_is_made_here() -> None:
    """A process with threads is not forked, because the copy could wait for their locks."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert call_apart(lambda _: b"%d" % os.getpid(), b"") == b"%d" % os.getpid()
    finally:
        done.set()
        thread.join()
