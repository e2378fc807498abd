"""A photo of 12 megapixels through Auto-K, over reading it and writing one progressive JPEG."""

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
            runs: list[tuple[Measurement, Measurement]] = []
            for _ in range(REPEATS):
                whole = measure_module("bench.auto12", "engine", str(path), f"{kept}/result", "{}")
                least = measure_module("bench.auto12", "least", str(path), f"{kept}/least", json.dumps(whole.facts))
                runs.append((whole, least))
            ours, floor = (min(pair[i].cpu for pair in runs) for i in (0, 1))
            facts = runs[0][0].facts
            kind = f"{facts['format']} {facts['quality']}"
            rows.append([name, kind, f"{ours:.2f}", f"{floor:.2f}", f"{ours / floor:.1f}"])
    header = ("photo", "result", "Auto-K, s", "decode + one progressive JPEG, s", "ratio")
    note = f"CPU seconds, the least of {REPEATS} runs each, in turns; the JPEG is Pillow's at the quality found."
    return [Table("A photo of 12 megapixels", header, rows, note)]


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
