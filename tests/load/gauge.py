"""Memory, descriptors and threads of the worker and its sandbox's helper, second by second."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np

from support.life import descendants
from support.supervised import RunningStack

MIB = 1024**2
WARM = 0.3
"""Share of a run that does not count for the slope: until then buffers and caches still grow to their size."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One look."""

    bytes: int
    descriptors: int
    threads: int


class Gauge:
    """Looks at a stack's worker while the block of a ``with`` statement runs."""

    def __init__(self, stack: RunningStack) -> None:
        self._stack = stack
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.samples: list[Sample] = []

    def __enter__(self) -> Gauge:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._end.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._end.wait(1.0):
            found = [_measure(pid) for pid in find_worker(self._stack)]
            self.samples.append(
                Sample(*(sum(column) for column in zip(*found, strict=True))) if found else Sample(0, 0, 0)
            )

    def slope(self, jobs: int) -> float:
        """Return the growth in MiB per 100 jobs, by a line through the samples of the warm part."""
        warm = self.samples[int(len(self.samples) * WARM) :]
        if len(warm) < 3:
            return float("nan")
        per_sample = np.polyfit(np.arange(len(warm)), [each.bytes / MIB for each in warm], 1)[0]
        return float(per_sample * len(self.samples) / jobs * 100)

    def describe(self) -> str:
        """Return first and last of the warm part in words."""
        warm = self.samples[int(len(self.samples) * WARM) :] or [Sample(0, 0, 0)]
        first, last = warm[0], warm[-1]
        return (
            f"{first.bytes / MIB:.0f} to {last.bytes / MIB:.0f} MiB, {first.descriptors} to {last.descriptors} "
            f"descriptors, {first.threads} to {last.threads} threads"
        )


def find_worker(stack: RunningStack) -> list[int]:
    """Return the processes of the worker that live on: its server's child, and the helper without its children."""
    every = descendants(stack.supervisor.pid)
    commands = {pid: _command(pid) for pid in every}
    servers = [pid for pid in every if "compress_upload" in commands[pid]]
    workers = [pid for pid in servers if _parent(pid) in servers]
    helpers = [pid for pid in every if "service.sandbox.helper" in commands[pid] and _parent(pid) in workers]
    return workers + helpers


def find_victims(stack: RunningStack) -> list[int]:
    """Return the worker's own process, the one that takes events."""
    return [pid for pid in find_worker(stack) if "compress_upload" in _command(pid)]


def _command(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except OSError:
        return []


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _measure(pid: int) -> tuple[int, int, int]:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return (
            pages * os.sysconf("SC_PAGE_SIZE"),
            len(list(Path(f"/proc/{pid}/fd").iterdir())),
            len(list(Path(f"/proc/{pid}/task").iterdir())),
        )
    except OSError:
        return 0, 0, 0
