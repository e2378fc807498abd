"""The serving process's side: starts the helper when it is first needed, sends jobs, keeps the time."""

from __future__ import annotations

import contextlib
import itertools
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from autok.errors import BusyError, CrashError
from service.sandbox.launching import describe_command, describe_environment
from service.sandbox.messages import read_answer, receive, send
from service.sandbox.outcomes import Answer, Usage, explain, succeeded, too_late
from service.settings import ChildLimits

START_TIMEOUT: Final = 60.0
"""Seconds the helper may take to load the engine."""
GRACE: Final = 5.0
"""Seconds between an order to kill and the news of the end, after which the helper itself is ended."""
BEAT: Final = 0.5
"""Seconds between two signs of life to the caller."""


class _HelperGoneError(Exception):
    """The helper ended under a job; that is not the image's fault."""


@dataclass(frozen=True, slots=True)
class _Helper:
    process: subprocess.Popen[bytes]
    orders: socket.socket
    owner: int
    """Process id of the one who started it; a forked copy of that process must start its own."""
    bounded: bool
    """Whether the memory limit of its children holds on this system."""


class Sandbox:
    """Runs jobs in children of a helper; may be called from several threads at once.

    Parameters
    ----------
    limits : ChildLimits
        What a child may use.
    target : str
        Module whose `warm` and `run` the helper uses; the default is the engine.
    """

    def __init__(self, limits: ChildLimits, target: str = "service.engine") -> None:
        self._limits = limits
        self._target = target
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._helper: _Helper | None = None

    def start(self) -> None:
        """Start the helper now, so that the first job does not pay for it.

        Raises
        ------
        BusyError
            When it cannot be started.
        """
        self._find_helper()

    def close(self) -> None:
        """End the helper and whatever it runs."""
        with self._lock:
            if self._helper is not None:
                _end(self._helper)
            self._helper = None

    def run(self, job: Mapping[str, Any], data: bytes, progress: Callable[[str], None]) -> Answer:
        """Do one job in a child of its own.

        Parameters
        ----------
        job : mapping
            Parameters, as JSON values.
        data : bytes
            The image.
        progress : callable
            Called with the stage, when it changes and every `BEAT` seconds.

        Returns
        -------
        Answer

        Raises
        ------
        AutokError
            What the job itself raised.
        MemoryLimitError, TimeLimitError, CrashError
            When the child was ended by its limits, or died without an answer.
        BusyError
            When no child can be had.
        """
        start = time.monotonic()
        for _ in range(2):
            with contextlib.suppress(_HelperGoneError):
                return self._attempt(job, data, progress)
            # A second run would overstay the time that the caller has for one.
            if time.monotonic() - start > self._limits.wall / 4:
                raise BusyError("The process that holds the images ended; the image is tried again later.")
        raise CrashError(
            "The process that holds the images ended twice while this one was being compressed; it was not compressed."
        )

    def _attempt(self, job: Mapping[str, Any], data: bytes, progress: Callable[[str], None]) -> Answer:
        helper, number, start = self._find_helper(), next(self._numbers), time.monotonic()
        source, target = os.memfd_create("autok-in"), os.memfd_create("autok-out")
        near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with near:
            try:
                # Held open here, the far end would hide from the near one that helper and child are gone.
                with far, os.fdopen(os.dup(source), "wb") as stream:
                    stream.write(data)
                    stream.flush()
                    # The duplicates share one position, and the child reads from wherever it stands.
                    os.lseek(source, 0, os.SEEK_SET)
                    order = {"number": number, "bounds": self._limits.as_bounds(), "job": job}
                    self._order(helper, order, (source, target, far.fileno()))
                outcome, end = self._follow(helper, number, near, start, progress)
                cpu, wall = float(end.get("cpu", 0)), time.monotonic() - start
                # What the helper saw is how address space is bounded, and beside a GPU it is not.
                bounded = helper.bounded if self._limits.device == "cpu" else None
                usage = Usage(cpu, int(end.get("rss", 0)), wall, bounded)
                if not succeeded(outcome, end["ended"]):
                    raise explain(outcome, end["ended"], self._limits)
                return Answer(*read_answer(target), usage)
            finally:
                os.close(source)
                os.close(target)

    def _follow(
        self, helper: _Helper, number: int, channel: socket.socket, start: float, progress: Callable[[str], None]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the last thing that the child said, and how the helper says it ended."""
        outcome: dict[str, Any] = {}
        stage, over = "starting", False
        try:
            while True:
                left = start + self._limits.wall - time.monotonic()
                if left <= 0 and "late" not in outcome:
                    outcome = {"late": True}
                    self._order(helper, {"kill": number})
                message = self._hear(helper, channel, left)
                over = "ended" in message or "refused" in message
                if "refused" in message:
                    raise BusyError(f"No process could be started ({message['refused']}); trying again later helps.")
                if over:
                    return outcome, message
                if isinstance(message.get("stage"), str):
                    # The child is not trusted: what it calls a stage lands in the report.
                    stage = message["stage"][:40]
                # A child that finishes just as it is killed was too late all the same.
                elif message and "late" not in outcome:
                    outcome = message
                progress(stage)
        finally:
            if not over:
                with contextlib.suppress(_HelperGoneError):
                    self._order(helper, {"kill": number})

    def _hear(self, helper: _Helper, channel: socket.socket, left: float) -> dict[str, Any]:
        """Return the next message; after `BEAT` seconds of silence, or for what is none, an empty one."""
        if left < -GRACE:
            self._discard(helper)
            raise too_late(self._limits)
        channel.settimeout(max(0.05, min(BEAT, left if left > 0 else left + GRACE)))
        try:
            message, _ = receive(channel)
        except (TimeoutError, ValueError):
            return {}
        if message is None:
            self._discard(helper)
            raise _HelperGoneError
        return message

    def _order(self, helper: _Helper, order: Mapping[str, Any], descriptors: Sequence[int] = ()) -> None:
        try:
            with self._lock:
                send(helper.orders, order, descriptors)
        except OSError as fault:
            self._discard(helper)
            raise _HelperGoneError from fault

    def _find_helper(self) -> _Helper:
        with self._lock:
            helper = self._helper
            # Closed, not ended: the process belongs to the server that this one was forked from.
            if helper is not None and helper.owner != os.getpid():
                helper.orders.close()
                helper = None
            if helper is not None and helper.process.poll() is not None:
                _end(helper)
                helper = None
            helper = helper or _start(self._target)
            self._helper = helper
            return helper

    def _discard(self, helper: _Helper) -> None:
        with self._lock:
            if self._helper is helper:
                self._helper = None
            _end(helper)


def _start(target: str) -> _Helper:
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = describe_command("service.sandbox.helper", str(far.fileno()), target)
    with far:
        process = subprocess.Popen(  # noqa: S603 - this interpreter, and arguments of our own
            command,
            stdin=subprocess.DEVNULL,
            env=describe_environment(),
            pass_fds=(far.fileno(),),
            start_new_session=True,
        )
    near.settimeout(START_TIMEOUT)
    try:
        message, _ = receive(near)
    except (OSError, ValueError):
        message = None
    helper = _Helper(process, near, os.getpid(), bool((message or {}).get("bounded")))
    if message is None or "ready" not in message:
        _end(helper)
        why = (message or {}).get("broken", "it ended or was too slow")
        raise BusyError(f"The process that holds the images did not start: {why}.")
    near.settimeout(GRACE)
    return helper


def _end(helper: _Helper) -> None:
    helper.orders.close()
    with contextlib.suppress(OSError):
        helper.process.kill()
    helper.process.wait()
