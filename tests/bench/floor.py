"""How far the engine is above the floor: reading the picture and writing the very file that won, and nothing else.

Beside it stands the forerunner at the same number of colours. Every run has a process of its own and one thread.
"""

from __future__ import annotations

import argparse
import io
import json
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from bench.gauge import Measurement, measure_here, measure_module, report
from bench.tables import Table

MEGAPIXELS = (0.4, 12.0, 48.0)
STAGES = ("decode", "analyze", "plan", "search", "encode", "metrics", "total")
MOST_COLORS = 256
FORERUNNER_MOST = 4.0
"""Megapixels above which the forerunner is not run: it takes minutes."""
FORERUNNER_BYTES = 260
"""Memory that the forerunner takes for a pixel, in bytes, as measured; above what is free it is not run."""


def draw_photo(megapixels: float) -> Image.Image:
    """Return a photo of so many pixels, 4:3: china.jpg of scikit-learn, repeated in mirrored tiles at its own scale.

    To enlarge it instead would make a picture without detail, which no camera does.
    """
    sklearn = find_spec("sklearn")
    assert sklearn is not None
    assert sklearn.origin is not None
    tile = np.asarray(Image.open(Path(sklearn.origin).parent / "datasets" / "images" / "china.jpg"))
    pair = np.concatenate([tile, tile[:, ::-1]], axis=1)
    block = np.concatenate([pair, pair[::-1]], axis=0)
    height = round((megapixels * 1e6 * 3 / 4) ** 0.5)
    width = round(megapixels * 1e6 / height)
    repeats = (-(-height // block.shape[0]), -(-width // block.shape[1]), 1)
    return Image.fromarray(np.tile(block, repeats)[:height, :width])


def run_engine(data: bytes, options: dict[str, Any], keep: Path) -> dict[str, Any]:
    """Compress with the engine; leave the result in a file and return what decided."""
    from autok.options import Options
    from autok.pipeline import compress

    result, told = compress(data, Options.parse(options))
    keep.write_bytes(result)
    decision = told["decision"]
    return {"bytes": len(result), "format": told["output"]["format"], "timings_ms": told["timings_ms"]} | {
        name: decision[name] for name in ("colors", "quality", "score")
    }


def run_plain(data: bytes, keep: Path) -> dict[str, Any]:
    """Palette, nearest colours and Pillow's PNG: the stages alone, with nothing searched, scored or squeezed."""
    from autok.analysis import analyze
    from autok.decoding import decode
    from autok.encoding import encode_png
    from autok.mapping import map_colors
    from autok.quantization import quantize

    source = decode(data)
    indexed = map_colors(source, quantize(analyze(source), MOST_COLORS))
    result = encode_png(indexed, source.metadata, effort=0)
    keep.write_bytes(result)
    return {"bytes": len(result), "effort": 0}


def run_floor(data: bytes, result: bytes, facts: dict[str, Any]) -> dict[str, Any]:
    """Read the upload, and write the file that won from pixels and settings that are known beforehand."""
    from autok.decoding import decode
    from autok.encoding import encode_jpeg, encode_png
    from autok.models import IndexedImage

    winner = Image.open(io.BytesIO(result))
    source = decode(data)
    if winner.mode == "P":
        colors = np.array(winner.getpalette("RGBA"), dtype=np.uint8).reshape(-1, 4)
        written = encode_png(IndexedImage(colors, np.asarray(winner)), source.metadata, effort=facts.get("effort"))
    elif facts.get("quality") is not None:
        written = encode_jpeg(source.image, facts["quality"], source.metadata)
    else:
        assert source.original is not None
        written = source.original
    return {"bytes": len(written)}


def run_forerunner(data: bytes) -> dict[str, Any]:
    """Compress as the forerunner did."""
    from bench.forerunner import compress

    result, facts = compress(data)
    return {"bytes": len(result), **facts}


def work_of(given: argparse.Namespace) -> Callable[[], dict[str, Any]]:
    """Return the piece of work that the command line asks for."""
    data = given.upload.read_bytes()
    if given.kind == "engine":
        return lambda: run_engine(data, json.loads(given.facts), given.result)
    if given.kind == "floor":
        result = given.result.read_bytes()
        return lambda: run_floor(data, result, json.loads(given.facts))
    if given.kind == "plain":
        return lambda: run_plain(data, given.result)
    return lambda: run_forerunner(data)


def warm(keep: Path) -> None:
    """Load what the engine loads, as a warmed worker has it."""
    for kind in ("png", "jpeg"):
        run_engine(_small(), {"colors": 8, "format": kind}, keep.with_suffix(".warm"))


def _small() -> bytes:
    buffer = io.BytesIO()
    draw_photo(0.02).save(buffer, "PNG")
    return buffer.getvalue()


def main() -> None:
    """Measure one piece of work; libraries are loaded on a small picture first, as a warmed worker has them."""
    parser = argparse.ArgumentParser(prog="bench.floor")
    parser.add_argument("kind", choices=("engine", "plain", "floor", "forerunner"))
    parser.add_argument("upload", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("facts")
    given = parser.parse_args()
    if given.kind == "forerunner":
        run_forerunner(_small())
    else:
        warm(given.result)
    report(measure_here(work_of(given)))


def measure_size(megapixels: float, folder: Path) -> tuple[list[list[str]], list[str]]:
    """Return the rows for one size of picture, and the stages of its run under Auto-K."""
    image = draw_photo(megapixels)
    upload, result = folder / "upload.jpg", folder / "result"
    image.save(upload, quality=92)
    size, rgb, repeats = f"{megapixels:g}", image.width * image.height * 3, 3 if megapixels < 1 else 1
    paths = (str(upload), str(result))
    before = _forerunner(image, paths, repeats) if megapixels <= FORERUNNER_MOST else None
    colors = before.facts["colors"] if before else 64
    rows: list[list[str]] = []
    stages: list[str] = []
    for name, kind, options in (
        ("Auto-K", "engine", {}),
        (f"K = {colors}, PNG", "engine", {"colors": colors, "format": "png"}),
        (f"K = {MOST_COLORS}, nearest, Pillow's PNG", "plain", {}),
    ):
        whole = measure_module("bench.floor", kind, *paths, json.dumps(options), repeats=repeats)
        least = measure_module("bench.floor", "floor", *paths, json.dumps(whole.facts), repeats=repeats)
        rows.append(_row(size, name, whole, rgb, least))
        stages = stages or [size, *(f"{whole.facts['timings_ms'].get(stage, 0) / 1000:.2f}" for stage in STAGES)]
    rows.append(
        _row(size, f"forerunner, K = {colors}", before, rgb, None)
        if before
        else [size, "forerunner", "not run: minutes, and 260 bytes of memory a pixel", "", "", "", "", ""]
    )
    return rows, stages


def _forerunner(image: Image.Image, paths: tuple[str, str], repeats: int) -> Measurement | None:
    available = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemAvailable"))
    if image.width * image.height * FORERUNNER_BYTES > int(available.split()[1]) * 1024 * 0.8:
        return None
    return measure_module("bench.floor", "forerunner", *paths, "{}", repeats=repeats)


def _row(size: str, name: str, run: Measurement, rgb: int, least: Measurement | None) -> list[str]:
    score = run.facts.get("score")
    return [
        size,
        name,
        f"{run.cpu:.2f}",
        f"{least.cpu:.2f}" if least else "",
        f"{run.cpu / least.cpu:.1f}" if least else "",
        f"{run.peak / rgb:.1f}",
        f"{run.facts['bytes'] / 1000:,.0f}",
        f"{score:.1f}" if score is not None else "",
    ]


def measure(_folder: Path | None, _each: int | None) -> list[Table]:
    """Return time over the floor and peak memory over the decoded picture, beside the forerunner, and the stages."""
    with tempfile.TemporaryDirectory() as folder:
        found = [measure_size(size, Path(folder)) for size in MEGAPIXELS]
    header = ("MP", "run", "CPU s", "floor, CPU s", "time / floor", "peak / RGB", "kB", "score")
    note = (
        "The floor decodes the upload and writes the same file once; peak is resident memory above the warm process. "
        "The run by nearest colour is that of the stages alone: nothing is searched, scored or squeezed by oxipng."
    )
    whole = Table("Time and memory over the floor", header, [row for rows, _ in found for row in rows], note)
    seconds = "Seconds by the clock of each stage under Auto-K; metrics are those that the report shows."
    return [whole, Table("Stage by stage", ("MP", *STAGES), [stages for _, stages in found], seconds)]


if __name__ == "__main__":
    main()
