"""What a GPU gains: images per second and dollars, whole runs with all transfers, beside the processor's.

On a machine with a GPU the gains are written into the package, where ``--device auto`` reads them; on any other the
table says that they were not measured, and how much the work that stays on the processor leaves to gain at most.
"""

from __future__ import annotations

import datetime
import io
import json
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from autok import devices
from autok.cli.batch import Job, open_workshop, run
from autok.cli.files import Input
from autok.devices import open_device
from autok.errors import DeviceError
from autok.options import Options
from autok.pipeline import compress
from bench.floor import draw_photo
from bench.tables import Table
from service.cost import GIB_SECOND, VCPU_SECOND

MEGAPIXELS: Final = (0.4, 12.0, 48.0)
BATCHES: Final = (1, 8, 64)
MOST_BATCH_PIXELS: Final = 800e6
"""Pixels of one batch that is measured at most, so that the largest sizes end within minutes."""
RECORD: Final = Path(devices.__file__).with_name("devices.json")

GPU_SECOND: Final = 0.67 / 3600 + 4 * VCPU_SECOND + 16 * GIB_SECOND
"""An L4 on Cloud Run with the least that goes with it, 4 vCPU and 16 GiB: the GPU at about $0.67 an hour, which is an
article's figure of 2026-04 and not read off the price list."""
CPU_SECOND: Final = VCPU_SECOND + 2 * GIB_SECOND
"""The function's own instance: 1 vCPU, 2 GiB."""
ON_PROCESSOR: Final = ("decode", "encode")
"""Stages that no GPU takes over."""


@dataclass(frozen=True, slots=True)
class Alone:
    """One picture on one core of the processor."""

    seconds: float
    stages: Mapping[str, float]
    """Milliseconds by stage."""

    @property
    def staying(self) -> float:
        """Share of the time that stays on the processor."""
        return sum(self.stages.get(stage, 0.0) for stage in ON_PROCESSOR) / self.stages["total"]


def measure(folder: Path | None, each: int | None) -> list[Table]:
    """Return the table; `folder` and `each` do not matter, since the pictures are drawn."""
    pictures = {size: _photo(size) for size in MEGAPIXELS}
    # The first run also pays for imports.
    compress(pictures[MEGAPIXELS[0]])
    alone = {size: _alone(data) for size, data in pictures.items()}
    try:
        name = open_device("cuda").name
    except DeviceError as fault:
        return [_stages(alone), _bounds(alone, str(fault))]
    gains = [
        {"pixels": round(size * 1e6), "batch": batch, **_compare(data, batch)}
        for size, data in pictures.items()
        for batch in BATCHES
        if size * 1e6 * batch <= MOST_BATCH_PIXELS
    ]
    kept = json.loads(RECORD.read_text())
    measured = f"{name}, {os.cpu_count()} cores, {datetime.datetime.now(tz=datetime.UTC):%Y-%m-%d}"
    RECORD.write_text(json.dumps(kept | {"measured_on": measured, "gains": gains}, indent=2) + "\n")
    return [_stages(alone), _table(gains, name)]


def _photo(megapixels: float) -> bytes:
    file = io.BytesIO()
    draw_photo(megapixels).save(file, "JPEG", quality=92)
    return file.getvalue()


def _alone(data: bytes) -> Alone:
    start = time.process_time()
    _, report = compress(data)
    return Alone(time.process_time() - start, report["timings_ms"])


def _compare(data: bytes, batch: int) -> dict[str, float]:
    """Return images per second of the GPU and of all cores, and the quotient."""
    with tempfile.TemporaryDirectory() as kept:
        jobs = []
        for index in range(batch):
            path = Path(kept, f"{index}.jpg")
            path.write_bytes(data)
            jobs.append(Job(Input(path, Path(path.name)), Options(), None, False, True, single=False))
        cores = os.cpu_count() or 1
        rates = []
        for workshop in (None, open_workshop("cuda", None, batch)):
            list(run(jobs[:1], 1, workshop))
            start = time.perf_counter()
            outcomes = list(run(jobs, min(cores, batch) if workshop is None else batch, workshop))
            rates.append(batch / (time.perf_counter() - start))
            assert not any(outcome.failed for outcome in outcomes)
    return {"gain": rates[1] / rates[0], "gpu": rates[1], "cpu": rates[0]}


def _stages(alone: Mapping[float, Alone]) -> Table:
    names = ("decode", "analyze", "plan", "search", "encode", "metrics", "total")
    rows = [
        [f"{size:g}", *(f"{one.stages.get(name, 0.0) / 1000:.2f}" for name in names)] for size, one in alone.items()
    ]
    return Table("A photo on one core, stage by stage", ("MP", *names), rows, "Seconds by the clock, under Auto-K.")


def _bounds(alone: Mapping[float, Alone], why: str) -> Table:
    """Return what can be said without a GPU: the processor's figures, and the bound that they leave."""
    dearer = GPU_SECOND / CPU_SECOND
    rows = [
        [
            f"{size:g}",
            f"{1 / one.seconds:.2f}",
            f"${1000 * one.seconds * CPU_SECOND:.3f}",
            f"{one.staying:.0%}",
            f"{1 / one.staying:.1f}",
            *["not measured"] * len(BATCHES),
        ]
        for size, one in alone.items()
    ]
    note = (
        f"{why.split(' Install', maxsplit=1)[0]} So the gain is not measured, and auto stays on the processor. "
        "Decoding and encoding stay there in any case; the rest, were it free, would leave the gain in the fifth "
        f"column for one core. A second of an L4 with its 4 vCPU and 16 GiB costs {dearer:.0f} times a second of the "
        "function's instance (the GPU at an article's price of 2026-04): to pay, one card has to take the work of as "
        "many cores."
    )
    header = ("MP", "images/s, one core", "per 1,000", "decode + encode", "most to gain")
    return Table("GPU", (*header, *(f"GPU, batch {batch}" for batch in BATCHES)), rows, note)


def _table(gains: list[dict[str, float]], name: str) -> Table:
    cores = os.cpu_count() or 1
    rows = [
        [
            f"{row['pixels'] / 1e6:g}",
            f"{row['batch']:g}",
            f"{row['cpu']:.2f}",
            f"{row['gpu']:.2f}",
            f"{row['gain']:.2f}",
            f"${1000 / row['cpu'] * min(cores, row['batch']) * CPU_SECOND:.3f}",
            f"${1000 / row['gpu'] * GPU_SECOND:.3f}",
        ]
        for row in gains
    ]
    note = f"{name} beside {cores} cores; transfers, decoding and encoding included. Dollars per 1,000 images."
    header = ("MP", "batch", "images/s, cores", "images/s, GPU", "gain", "cores", "GPU")
    return Table("GPU", header, rows, note)
