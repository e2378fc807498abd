"""Signs of life: the stage, written into the report now and then while an image is worked on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from autok.errors import StorageError
from service.reports import ReportState, show_time

FIRST_PAUSE: Final = 2.5
LAST_PAUSE: Final = 8.0
"""Seconds between two writes of a report that is being worked on, at first and at most; they double with each write,
so that long jobs show their stages at little cost. Most photos are done before the first: a write costs as much as a
sixth of a second of computing. One object takes about one write a second."""


class Heartbeat:
    """Takes the stages of a job; a write that fails changes nothing.

    Parameters
    ----------
    working : ReportState
        The report as it was written when the work began.
    write : callable
        Replaces the report of a generation by a content; None where somebody else was faster.
    clock : callable
        Seconds since 1970.
    """

    def __init__(
        self,
        working: ReportState,
        write: Callable[[Mapping[str, Any], int], ReportState | None],
        clock: Callable[[], float],
    ) -> None:
        self._write = write
        self._clock = clock
        self._last = clock()
        self._pause = FIRST_PAUSE
        self.state = working
        self.writes = 0

    def __call__(self, stage: str) -> None:
        """Write the stage, unless the last write was a moment ago."""
        now = self._clock()
        if now - self._last < self._pause:
            return
        self._last, self._pause = now, min(2 * self._pause, LAST_PAUSE)
        self.writes += 1
        content = {**self.state.content, "stage": stage, "updated": show_time(now)}
        try:
            written = self._write(content, self.state.generation)
        # A sign of life that is lost costs patience at most; the job must not die of it.
        except StorageError:
            return
        # Whoever writes next under the old generation loses, and finds out there who was faster.
        self.state = written or self.state
