"""Images a second of each way into the engine, over the bare loop around it, and the memory of a worker.

Every way gets the same photos on one core and on two. The bare loop is the engine in a warm process of its own a core;
the command line is timed from its start to its end, loading included; the function path from the first upload to the
last acknowledged event, with storage, events and reports between. Processes are held to their cores by affinity.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.floor import draw_photo
from bench.tables import Table

IMAGES: Final = 16
MEGAPIXELS: Final = 1.5
STEP: Final = 16
"""Pixels by which each photo is cut smaller than the one before, so that no two are alike."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What one way took for all photos."""

    seconds: float
    """By the clock."""
    cpu: float
    """Seconds of all processes together; on a machine that others share, ratios of these are steadier."""
    peak: int
    """Bytes of resident memory that a worker held at most."""


def draw_photos(folder: Path, count: int = IMAGES, megapixels: float = MEGAPIXELS) -> list[Path]:
    """Write photos as JPEG files and return their paths."""
    image = draw_photo(megapixels)
    paths = [folder / f"{number:02d}.jpg" for number in range(count)]
    for number, path in enumerate(paths):
        image.crop((number * STEP, 0, image.width, image.height)).save(path, quality=92)
    return paths


@contextlib.contextmanager
def held_to(cores: int) -> Iterator[None]:
    """Let this process, and what it starts meanwhile, use so many cores only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:cores])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def run_bare(paths: list[Path], cores: int) -> Rate:
    """Time one warm loop a core, each over its share of the photos; all begin at the same moment."""
    shares = [paths[place::cores] for place in range(cores)]
    command = [sys.executable, "-m", "bench.ways"]
    loops = [
        subprocess.Popen([*command, *map(str, share)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for share in shares
    ]
    for each in loops:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in loops:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    answers = [json.loads(each.communicate()[0]) for each in loops]
    return Rate(
        max(answer["seconds"] for answer in answers),
        sum(answer["cpu"] for answer in answers),
        max(answer["peak"] for answer in answers),
    )


def loop() -> None:
    """Be one bare loop: load and warm the engine, say so, wait, and compress the files of the command line."""
    from autok.pipeline import compress

    files = [Path(name).read_bytes() for name in sys.argv[1:]]
    small = io.BytesIO()
    draw_photo(0.02).save(small, "JPEG")
    compress(small.getvalue())
    print("ready", flush=True)
    sys.stdin.readline()
    start, spent = time.perf_counter(), _cpu(resource.RUSAGE_SELF)
    for data in files:
        compress(data)
    seconds, cpu = time.perf_counter() - start, _cpu(resource.RUSAGE_SELF) - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak}))


def _cpu(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def run_command_line(paths: list[Path], cores: int) -> Rate:
    """Time ``autok -j CORES`` from start to end; the peak is that of its largest process."""
    command = [sys.executable, "-m", "autok", "--dry-run", "--quiet", "-j", str(cores), *map(str, paths)]
    start, spent = time.perf_counter(), _cpu(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True)
    seconds, cpu = time.perf_counter() - start, _cpu(resource.RUSAGE_CHILDREN) - spent
    return Rate(seconds, cpu, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)


def run_function(paths: list[Path], cores: int) -> Rate:
    """Time the deployed worker on the storage emulator, from the first upload to the last acknowledgement."""
    from local.emulator.config import EventConfig
    from support.deployed import deploy
    from support.stack import UPLOADS

    usages: list[Any] = []
    # The worker logs to the standard output, which is the table's.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with (
        contextlib.redirect_stdout(io.StringIO()),
        tempfile.TemporaryDirectory() as folder,
        deploy(Path(folder)) as running,
    ):
        running.storage.restart(events=EventConfig(running.target, UPLOADS, cores, 130.0))
        sandbox = running.process.sandbox
        original = sandbox.run

        def run(job: Mapping[str, Any], data: bytes, progress: Callable[[str], None]) -> Any:
            answer = original(job, data, progress)
            usages.append(answer.usage)
            return answer

        sandbox.run = run  # type: ignore[method-assign]
        sandbox.start()
        start, spent = time.perf_counter(), _cpu(resource.RUSAGE_SELF)
        for path in paths:
            running.put(path.name, path.read_bytes())
        while len(running.storage.events("delivered")) < len(paths):
            # Seldom, because to ask costs the same processors.
            time.sleep(0.25)
        seconds, cpu = time.perf_counter() - start, _cpu(resource.RUSAGE_SELF) - spent
        cpu += sum(usage.cpu_seconds for usage in usages)
        return Rate(seconds, cpu, max(usage.peak_bytes for usage in usages))


WAYS: Final = {"bare engine loop": run_bare, "command line": run_command_line, "function path": run_function}


def measure(_folder: Path | None, each: int | None) -> list[Table]:
    """Return images a second of each way at one core and at two."""
    rows: list[list[str]] = []
    count = each or IMAGES
    with tempfile.TemporaryDirectory() as folder:
        paths = draw_photos(Path(folder), count)
        alone: dict[str, Rate] = {}
        for cores in (1, 2):
            bare: Rate | None = None
            for name, way in WAYS.items():
                with held_to(cores):
                    rate = way(paths, cores)
                bare, one = bare or rate, alone.setdefault(name, rate)
                rows.append(
                    [
                        name,
                        str(cores),
                        f"{count / rate.seconds:.2f}",
                        f"{bare.seconds / rate.seconds:.2f}",
                        f"{one.seconds / rate.seconds / cores:.2f}",
                        f"{rate.cpu / count:.2f}",
                        f"{rate.peak / 2**20:.0f}",
                    ]
                )
    header = ("way", "cores", "images/s", "of the bare loop", "of cores x one core", "CPU s an image", "MiB a worker")
    note = f"{count} photos of {MEGAPIXELS:g} MP. The command line's time includes its start; the bare loop is warm."
    return [Table("Ways into the engine", header, rows, note)]


if __name__ == "__main__":
    loop()
