"""A call of a library that ends the process when it gives up, made in a process that may end."""

from __future__ import annotations

import os
import signal
import threading
import warnings
from collections.abc import Callable
from typing import Final

_PATIENCE: Final = 60
"""Seconds after which the process ends itself."""


def call_apart(call: Callable[[bytes], bytes], data: bytes) -> bytes | None:
    """Make a call in a forked process.

    Parameters
    ----------
    call : callable
        Takes and returns bytes; may end its process.
    data : bytes

    Returns
    -------
    bytes or None
        What the call returned; None where its process ended without an answer.

    Notes
    -----
    A fork costs some 10 ms. Where the system has none, or this process has other threads, whose locks a forked one
    would wait for, the call is made here.
    """
    if not hasattr(os, "fork") or threading.active_count() > 1:
        return call(data)
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        # Python counts the idle threads of the mathematics library, which hold nothing that the call needs.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _answer(call, data, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        answer = stream.read()
    _, status = os.waitpid(child, 0)
    return answer if status == 0 else None


def _answer(call: Callable[[bytes], bytes], data: bytes, writer: int) -> None:
    """Write the answer and end, whatever happens; nothing of the parent's may run here."""
    status = 1
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(_PATIENCE)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        with os.fdopen(writer, "wb") as stream:
            stream.write(call(data))
        status = 0
    finally:
        os._exit(status)
