"""Images a second of a backfill by Beam's own runner, over the bare engine loop, and the memory of a worker.

Both get the same photos, on one core and on two. The backfill works against the storage emulator, which runs on the
same cores; what a run costs that finds nothing to do is measured apart, so that it does not hide in the images.
"""

from __future__ import annotations

import json
import os
import re
import resource
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.tables import Table
from bench.ways import Rate, draw_photos, held_to, run_bare
from support.bulk import PYTHON, Bulk, open_bulk
from support.life import descendants

IMAGES: Final = 16
MEGAPIXELS: Final = 1.5
BETWEEN: Final = 0.1
"""Seconds between two looks at the memory."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one backfill took."""

    rate: Rate
    """Its seconds are those between the start of the listing and the end of the last image."""
    images: int
    whole: float
    """Seconds by the clock from the command to its end."""


class Watch:
    """Looks at the memory of a process and all below it; shared pages count once, by the share of each."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.peak = 0

    def look(self) -> None:
        """Look once."""
        held = sum(map(read_share, [self._pid, *descendants(self._pid)]))
        self.peak = max(self.peak, held)


def read_share(pid: int) -> int:
    """Return the bytes of memory that are a process's own, and its share of those that it has in common with others."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss:\s+(\d+) kB$", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


@contextmanager
def watching(pid: int) -> Iterator[Watch]:
    """Watch a process for as long as the block runs."""
    watch, end = Watch(pid), threading.Event()

    def keep_looking() -> None:
        while not end.wait(BETWEEN):
            watch.look()

    thread = threading.Thread(target=keep_looking)
    thread.start()
    try:
        yield watch
    finally:
        end.set()
        thread.join()


def run_backfill(bulk: Bulk, workers: int) -> Run:
    """Run a backfill over all that is there, and measure it with everything below it."""
    spent, start = _cpu(), time.perf_counter()
    process = bulk.start("--workers", str(workers))
    with watching(process.pid) as watch:
        output, errors = process.communicate()
    if process.returncode:
        raise RuntimeError(errors[-500:])
    summary = json.loads(output)
    rate = Rate(summary["elapsed"], _cpu() - spent, watch.peak)
    return Run(rate, summary["images"], time.perf_counter() - start)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(_folder: Path | None, each: int | None) -> list[Table]:
    """Return images a second of the bare loop and of a backfill, at one worker and at two."""
    if not PYTHON.exists():
        raise SystemExit("make backfill makes the environment that this bench needs")
    count, rows = each or IMAGES, []
    with tempfile.TemporaryDirectory() as name:
        paths = draw_photos(Path(name), count, MEGAPIXELS)
        for workers in (1, 2):
            with held_to(min(workers, len(os.sched_getaffinity(0)))):
                rows += _measure_workers(paths, workers)
    header = (
        "way",
        "workers",
        "images/s",
        "of the bare loop",
        "CPU s an image",
        "MiB a worker",
        "start, s",
        "start, CPU s",
    )
    note = (
        f"{count} photos of {MEGAPIXELS:g} MP on as many cores as workers. Of the backfill, memory is that of all its "
        "processes by the worker; the start is a run that finds nothing to do, and its CPU seconds are taken off."
    )
    return [Table("Whole buckets", header, rows, note)]


def _measure_workers(paths: list[Path], workers: int) -> list[list[str]]:
    bare = run_bare(paths, workers)
    with tempfile.TemporaryDirectory() as folder, open_bulk(Path(folder)) as bulk:
        for path in paths:
            bulk.put(path.name, path.read_bytes(), "image/jpeg")
        work, nothing = run_backfill(bulk, workers), run_backfill(bulk, workers)
    if (work.images, nothing.images) != (len(paths), 0):
        raise RuntimeError(f"{work.images} of {len(paths)} images were done, and then {nothing.images} again")
    loop = _row("bare engine loop", workers, len(paths), bare, bare, bare.cpu, bare.peak)
    beam = _row(
        "backfill", workers, len(paths), work.rate, bare, work.rate.cpu - nothing.rate.cpu, work.rate.peak / workers
    )
    return [[*loop, "", ""], [*beam, f"{nothing.whole:.1f}", f"{nothing.rate.cpu:.1f}"]]


def _row(name: str, workers: int, count: int, rate: Rate, bare: Rate, cpu: float, memory: float) -> list[str]:
    return [
        name,
        str(workers),
        f"{count / rate.seconds:.2f}",
        f"{bare.seconds / rate.seconds:.2f}",
        f"{cpu / count:.2f}",
        f"{memory / 2**20:.0f}",
    ]
