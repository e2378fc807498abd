"""Ending in good order: what is being written is finished first, and no process outlives the one that began it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_STOPS: Final = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
_WRITING = threading.Lock()


class Stopped(KeyboardInterrupt):
    """A signal that asks for the end came."""

    def __init__(self, number: int) -> None:
        """Keep the signal's number, of which the exit status is made."""
        super().__init__()
        self.number = number


@contextmanager
def stoppable() -> Iterator[None]:
    """Turn the signals that ask for the end into `Stopped`, as an interruption is one; those ignored stay so."""
    here = threading.current_thread() is threading.main_thread()
    taken = [number for number in _STOPS if here and signal.getsignal(number) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, _stop)
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def held() -> Iterator[Callable[[], None]]:
    """Only note the signals that ask for the end; yield what raises the first that came, to be called where it may.

    Raised in the midst of the standard library's own code, such as between two locks of `concurrent.futures.wait`, an
    interruption leaves a lock taken, and whoever waits for it waits for ever.
    """
    came: list[int] = []

    def check() -> None:
        if came:
            raise Stopped(came[0])

    here = threading.current_thread() is threading.main_thread()
    taken = {number: signal.getsignal(number) for number in (signal.SIGINT, *_STOPS) if here}
    taken = {number: handler for number, handler in taken.items() if callable(handler)}
    for number in taken:
        signal.signal(number, lambda number, _: came.append(number))
    try:
        yield check
    finally:
        for number, handler in taken.items():
            signal.signal(number, handler)
    check()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Put off every signal that asks for the end, and the end of an orphaned process.

    Where another thread of the process takes a signal, an interruption may be raised inside all the same.
    """
    with _WRITING:
        if not hasattr(signal, "pthread_sigmask"):
            yield
            return
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, *_STOPS})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def follow_parent() -> None:
    """Leave interruptions to the process that began this one, and end after it.

    The terminal sends an interruption to every process; only the first decides what becomes of the work. Once that is
    gone, whatever ended it, nobody asks for results any more.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A thread takes over the mask: a signal that it let through would end the process in the midst of writing.
    with undisturbed():
        threading.Thread(target=_end_after_parent, daemon=True).start()


def _end_after_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        with _WRITING:
            os._exit(1)


def _stop(number: int, _: FrameType | None) -> None:
    raise Stopped(number)
