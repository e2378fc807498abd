"""Images a second of each way into the engine, over the bare loop around it, and the memory of a worker.

Every way gets the same photos on one core and on two. The bare loop is the engine in a warm process of its own a core;
the command line is timed from its start to its end, loading included; the function path from the first upload to the
last acknowledged event, with storage, events and reports between; the Tinify way from the first call to the last result
that was read, with a caller a core. Processes are held to their cores by affinity.
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
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

import requests

from bench.floor import draw_photo
from bench.gauge import read_status
from bench.tables import Table

if TYPE_CHECKING:
    from service.sandbox import Answer, Usage
    from support.deployed import Deployed

IMAGES: Final = 16
MEGAPIXELS: Final = 1.5
STEP: Final = 16
"""Pixels by which each photo is cut smaller than the one before, so that no two are alike."""

_KEY: Final = "of-this-bench-alone"


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
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": read_status("VmHWM")}))


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
    from support.stack import UPLOADS

    with _deployed("compress_upload") as running:
        running.storage.restart(events=EventConfig(running.target, UPLOADS, cores, 130.0))

        def send() -> None:
            for path in paths:
                running.put(path.name, path.read_bytes())
            while len(running.storage.events("delivered")) < len(paths):
                # Seldom, because to ask costs the same processors.
                time.sleep(0.25)

        return _time_jobs(running, send)


def run_tinify(paths: list[Path], cores: int) -> Rate:
    """Time the deployed service for Tinify's clients: a caller a core sends its images and reads every result."""
    with _deployed("tinify") as running:

        def call(share: list[Path]) -> None:
            with requests.Session() as session:
                session.auth = ("api", _KEY)
                for path in share:
                    made = session.post(f"{running.target}shrink", path.read_bytes(), timeout=130)
                    made.raise_for_status()
                    session.get(urljoin(running.target, made.headers["Location"]), timeout=130).raise_for_status()

        def send() -> None:
            with ThreadPoolExecutor(cores) as callers:
                list(callers.map(call, [paths[place::cores] for place in range(cores)]))

        return _time_jobs(running, send)


@contextlib.contextmanager
def _deployed(entry: str) -> Iterator[Deployed]:
    from support.deployed import deploy

    # What is deployed logs to the standard output, which is the table's.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with contextlib.redirect_stdout(io.StringIO()), tempfile.TemporaryDirectory() as name:
        keys = Path(name) / "keys"
        keys.write_text(_KEY)
        with deploy(Path(name) / "data", entry=entry, TINIFY_KEYS_FILE=str(keys), RATE_LIMIT="0") as running:
            yield running


def _time_jobs(running: Deployed, send: Callable[[], None]) -> Rate:
    """Time what sends images to a warm process and waits for them; the children's seconds come from the sandbox."""
    usages: list[Usage] = []
    sandbox = running.process.sandbox
    original = sandbox.run

    def run(job: Mapping[str, Any], data: bytes, progress: Callable[[str], None]) -> Answer:
        answer = original(job, data, progress)
        usages.append(answer.usage)
        return answer

    sandbox.run = run  # type: ignore[method-assign]
    sandbox.start()
    start, spent = time.perf_counter(), _cpu(resource.RUSAGE_SELF)
    send()
    seconds, cpu = time.perf_counter() - start, _cpu(resource.RUSAGE_SELF) - spent
    cpu += sum(usage.cpu_seconds for usage in usages)
    return Rate(seconds, cpu, max(usage.peak_bytes for usage in usages))


WAYS: Final = {
    "bare engine loop": run_bare,
    "command line": run_command_line,
    "function path": run_function,
    "Tinify way": run_tinify,
}


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
