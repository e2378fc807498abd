"""Milliseconds by stage, on a clock that is passed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stopwatch:
    """Adds up the time of each stage and announces it when it begins.

    Parameters
    ----------
    clock : callable
        Returns seconds, never falling.
    announce : callable, optional
        Gets the name of each stage as it begins; the default tells nobody.
    """

    def __init__(self, clock: Callable[[], float], announce: Callable[[str], None] | None = None) -> None:
        self._clock, self._announce = clock, announce
        self._start = clock()
        self._spent: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens inside as the stage `name`."""
        if self._announce is not None:
            self._announce(name)
        begin = self._clock()
        try:
            yield
        finally:
            self._spent[name] = self._spent.get(name, 0.0) + 1000.0 * (self._clock() - begin)

    def timings_ms(self) -> dict[str, float]:
        """Return milliseconds by stage, and the total since the start."""
        return {**self._spent, "total": 1000.0 * (self._clock() - self._start)}
