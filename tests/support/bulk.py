"""Whole buckets: many small drawn images, a backfill over them in a process of its own, and what it leaves."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from google.cloud import storage
from PIL import Image

from local.emulator.config import EventConfig
from local.stack import ROOT
from support.life import descendants, survivors
from support.stack import RESULTS, UPLOADS, RunningEmulator

PYTHON = ROOT / "build" / "backfill" / "bin" / "python"
"""Of the environment that `make backfill` makes."""

REPORT = ".autok.json"


def draw(number: int, side: int = 24) -> bytes:
    """Return a PNG in two colours; no two numbers give the same, and the engine has little to do with any."""
    rng = np.random.default_rng(number)
    pixels = rng.integers(0, 256, (2, 3), np.uint8)[rng.integers(0, 2, (4, 4))]
    data = io.BytesIO()
    Image.fromarray(pixels).resize((side, side), Image.Resampling.NEAREST).save(data, "PNG", compress_level=0)
    return data.getvalue()


@dataclass
class Bulk:
    """A storage without events, and backfills over it."""

    emulator: RunningEmulator
    client: storage.Client
    settings: dict[str, str]
    """Variables of the backfill's environment, without ``AUTOK_``."""

    def fill(self, count: int) -> list[str]:
        """Put images into seven folders; return their names."""
        names = [f"f{number % 7}/{number:05d}.png" for number in range(count)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda number: self.put(names[number], draw(number)), range(count)))
        return names

    def put(self, name: str, data: bytes, kind: str = "image/png", **metadata: str) -> int:
        """Upload as any program would; return the generation."""
        blob = self.client.bucket(UPLOADS).blob(name)
        blob.metadata = metadata or None
        blob.upload_from_string(data, content_type=kind)
        return int(blob.generation)

    def start(self, *words: str, results: str = RESULTS) -> subprocess.Popen[str]:
        """Start a backfill; a warning ends it."""
        env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT / "function"),
            "PYTHONWARNINGS": "error",
            "AUTOK_UPLOADS_BUCKET": UPLOADS,
            "AUTOK_RESULTS_BUCKET": results,
            "AUTOK_STORAGE_TOKEN_FILE": str(self.emulator.keys.token),
            "AUTOK_STORAGE_URL": self.emulator.url,
            **{f"AUTOK_{name}": value for name, value in self.settings.items()},
        }
        command = [str(PYTHON), "-m", "service.commands", "backfill", "--json", *words]
        return subprocess.Popen(
            command, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )

    def run(self, *words: str, results: str = RESULTS) -> dict[str, Any]:
        """Run a backfill to its end; return its summary."""
        output, errors = (process := self.start(*words, results=results)).communicate()
        assert process.returncode == 0, errors
        summary: dict[str, Any] = json.loads(output)
        return summary

    def kill_when(self, reached: Callable[[], bool], *words: str, pause: float = 0.1) -> None:
        """Start a backfill, and kill all of its processes at once, like by ``kill -9``, when something is reached."""
        process = self.start(*words)
        while not reached():
            if process.poll() is not None:
                raise AssertionError(f"it ended by itself: {process.communicate()[1]}")
            time.sleep(pause)
        family = [process.pid, *descendants(process.pid)]
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        for pid in family:
            os.kill(pid, signal.SIGKILL)
        process.communicate()
        assert not survivors(family)

    def objects(self, bucket: str = RESULTS) -> dict[str, storage.Blob]:
        """Return the objects of a bucket by name."""
        return {blob.name: blob for blob in self.client.list_blobs(bucket)}

    def done(self) -> dict[str, int]:
        """Return the generations of the results whose reports are final, by the name of the report."""
        there = self.objects()
        return {
            name: int(there[name.removesuffix(REPORT)].generation)
            for name, blob in there.items()
            if name.endswith(REPORT) and (blob.metadata or {}).get("autok-status") == "done"
        }


@contextmanager
def open_bulk(folder: Path, **settings: str) -> Iterator[Bulk]:
    """Open a storage in a folder; settings are variables without ``AUTOK_``."""
    with RunningEmulator(folder, events=EventConfig()) as emulator:
        client = emulator.client()
        try:
            yield Bulk(emulator, client, settings)
        finally:
            client.close()


@dataclass(frozen=True, slots=True)
class Recovery:
    """What became of a bucket whose backfill was killed half-way and run again, and then once more."""

    finished: frozenset[str]
    """Reports that were final when it was killed."""
    lost: int
    """Uploads without a final report at their generation, or whose result is not the one reported."""
    twice: int
    """Results that were written again although they were finished, and results beyond one an upload."""
    again: int
    """Images that took a second attempt."""
    second: dict[str, Any]
    third: dict[str, Any]
    """Summaries of the two runs after it."""

    @property
    def before(self) -> int:
        """Images that were finished when it was killed."""
        return len(self.finished)


def kill_and_resume(bulk: Bulk, names: list[str], *words: str) -> Recovery:
    """Kill a backfill when half of the uploads are finished, run it to its end, and run it again."""
    # Asked seldom where there are many, because a listing costs the same processors.
    bulk.kill_when(lambda: len(bulk.done()) >= len(names) // 2, *words, pause=len(names) / 500)
    before = bulk.done()
    second = bulk.run(*words)
    third = bulk.run(*words)
    uploads, there = bulk.objects(UPLOADS), bulk.objects()
    twice = sum(int(there[name.removesuffix(REPORT)].generation) != generation for name, generation in before.items())
    twice += len([name for name in there if not name.endswith(REPORT)]) - len(names)
    lost = again = 0
    for name in names:
        report = json.loads(there[name + REPORT].download_as_bytes()) if name + REPORT in there else {}
        result = there.get((report.get("output") or {}).get("name", ""))
        good = report.get("status") == "done" and report["source"]["generation"] == str(uploads[name].generation)
        lost += not (good and result is not None and result.metadata["autok-sha256"] == report["output"]["sha256"])
        again += report.get("attempt", 1) > 1
    return Recovery(frozenset(before), lost, twice, again, second, third)
