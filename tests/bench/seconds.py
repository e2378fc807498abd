"""How long a photo of 2, 12 and 48 megapixels takes; written down, so that what it costs is known without measuring.

What counts is processor time on one thread, which is the wall time of an instance that has one processor and one image
at a time, and hardly depends on what else the measuring machine does.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench.floor import draw_photo, run_engine, warm
from bench.gauge import measure_here, measure_module, report
from bench.tables import Table

MEGAPIXELS: Final = (2, 12, 48)
REPEATS: Final = 3
RECORDED: Final = Path(__file__).with_name("recorded.json")
"""Date, machine, and for each size seconds, bytes in and out, and resident memory above the warm process."""


def measure(_: Path | None, each: int | None) -> list[Table]:
    """Measure every size, write the record that `make cost` reads, and return it as a table."""
    repeats = each or REPEATS
    with tempfile.TemporaryDirectory() as folder:
        photos = [measure_size(size, Path(folder), repeats) for size in MEGAPIXELS]
    machine = f"{name_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    record = {"measured": datetime.now(UTC).date().isoformat(), "machine": machine, "photos": photos}
    RECORDED.write_text(json.dumps(record, indent=2) + "\n")
    rows = [
        [
            str(photo["megapixels"]),
            f"{photo['seconds']:.2f}",
            f"{photo['bytes_in'] / 1000:,.0f}",
            f"{photo['bytes_out'] / 1000:,.0f}",
            str(photo["peak_mib"]),
        ]
        for photo in photos
    ]
    note = (
        f"Processor time of one thread, fastest of {repeats}, with the default options; memory above the warm process."
    )
    return [Table("Seconds a photo", ("MP", "s", "kB in", "kB out", "MiB"), rows, note)]


def measure_size(megapixels: int, folder: Path, repeats: int) -> dict[str, Any]:
    """Return the record of one size: the fastest of several runs, each in a process of its own."""
    upload, result = folder / "upload.jpg", folder / "result"
    draw_photo(megapixels).save(upload, quality=92)
    runs = [measure_module("bench.seconds", str(upload), str(result)) for _ in range(repeats)]
    best = min(runs, key=lambda run: run.facts["seconds"])
    return {
        "megapixels": megapixels,
        "seconds": best.facts["seconds"],
        "bytes_in": upload.stat().st_size,
        "bytes_out": best.facts["bytes"],
        "peak_mib": round(max(run.peak for run in runs) / 2**20),
    }


def measure_engine(upload: Path, result: Path) -> dict[str, Any]:
    """Compress an upload with the default options; return the processor seconds it took beside the engine's facts."""
    data = upload.read_bytes()
    start = time.process_time()
    facts = run_engine(data, {}, result)
    return {"seconds": round(time.process_time() - start, 2), "format": facts["format"], "bytes": facts["bytes"]}


def name_processor() -> str:
    """Return what the machine calls its processor."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def main() -> None:
    """Measure one upload; libraries are loaded on a small picture first, as a warmed worker has them."""
    parser = argparse.ArgumentParser(prog="bench.seconds")
    parser.add_argument("upload", type=Path)
    parser.add_argument("result", type=Path)
    given = parser.parse_args()
    warm(given.result.with_suffix(".warm"))
    report(measure_here(lambda: measure_engine(given.upload, given.result)))


if __name__ == "__main__":
    main()
