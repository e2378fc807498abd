"""A photo of 12 megapixels through Auto-K, over reading it and writing one progressive JPEG.

That JPEG is written twice: by Pillow, which knows no trellis and leaves a larger file, and by the encoder that wrote
the result. The first ratio tells what the smaller file costs, too; the second what the decisions cost.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any, Final

from PIL import Image

from autok.decoding import decode
from bench.floor import draw_photo, run_engine, warm
from bench.gauge import Measurement, measure_here, measure_module, report
from bench.photos import write_pillow
from bench.tables import Table

REPEATS: Final = 3
MEGAPIXELS: Final = (11e6, 14e6)


def measure(folder: Path | None, each: int | None) -> list[Table]:
    """Return CPU times of both; runs of the two take turns."""
    rows = []
    with tempfile.TemporaryDirectory() as kept:
        for name, path in _photos(folder, Path(kept))[: each or 2]:
            runs = [_take_turns(path, Path(kept)) for _ in range(REPEATS)]
            ours, pillow, same = (min(turn[i].cpu for turn in runs) for i in range(3))
            facts = runs[0][0].facts
            kind = f"{facts['format']} {facts['quality']}"
            times = (f"{seconds:.2f}" for seconds in (ours, pillow, same))
            rows.append([name, kind, *times, f"{ours / pillow:.1f}", f"{ours / same:.1f}"])
    floors = ("decode + Pillow's progressive JPEG, s", "decode + the same JPEG, s")
    header = ("photo", "result", "Auto-K, s", *floors, "over Pillow's", "over the same")
    note = (
        f"CPU seconds, the least of {REPEATS} runs each, in turns. Pillow writes the quality found, without a trellis;"
        " the same JPEG is the result's, by the encoder that wrote it."
    )
    return [Table("A photo of 12 megapixels", header, rows, note)]


def _take_turns(path: Path, kept: Path) -> tuple[Measurement, ...]:
    """Measure the engine, then both floors for what it found."""
    whole = measure_module("bench.auto12", "engine", str(path), f"{kept}/result", "{}")
    facts = json.dumps(whole.facts)
    pillow = measure_module("bench.auto12", "least", str(path), f"{kept}/least", facts)
    return whole, pillow, measure_module("bench.floor", "floor", str(path), f"{kept}/result", facts)


def _photos(folder: Path | None, kept: Path) -> list[tuple[str, Path]]:
    """Return photos of about 12 megapixels; a drawn one where there is none."""
    found = []
    for path in sorted(folder.glob("photos/*.jpg")) if folder else []:
        with Image.open(path) as image:
            if MEGAPIXELS[0] <= image.width * image.height <= MEGAPIXELS[1]:
                found.append((path.stem, path))
    if not found:
        draw_photo(12.0).save(kept / "drawn.jpg", quality=92)
        found.append(("drawn", kept / "drawn.jpg"))
    return found


def write_once(data: bytes, facts: dict[str, Any]) -> dict[str, Any]:
    """Read a photo and write it once."""
    return {"bytes": len(write_pillow(decode(data).image.convert("RGB"), int(facts["quality"] or 75)))}


def main() -> None:
    """Measure one of the two in this process."""
    parser = argparse.ArgumentParser(prog="bench.auto12")
    parser.add_argument("kind", choices=("engine", "least"))
    parser.add_argument("upload", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("facts")
    given = parser.parse_args()
    data, facts = given.upload.read_bytes(), json.loads(given.facts)
    warm(given.result)
    if given.kind == "engine":
        report(measure_here(lambda: run_engine(data, {}, given.result)))
    else:
        report(measure_here(lambda: write_once(data, facts)))


if __name__ == "__main__":
    main()
