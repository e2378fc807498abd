"""Makes the pictures and figures of the pages by running the engine: `python -m local.demos`.

Writes ``frontend/demos/``: for each demo the original, the result and the report; one photo with few colours, and
where its colours lie; ``runs.json`` for the page that tells how it works, and as little as the others need in
``index.json`` and ``samples.json``. Photos come from installed packages, graphics are drawn here; none is committed.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from autok.color import to_space
from autok.formats import FORMATS
from autok.options import Options
from autok.pipeline import compress
from local.drawings import draw_poster, draw_window
from local.measurements import TARGET

FOLDER: Final = Path(__file__).parents[2] / "frontend" / "demos"
STEPS: Final = (4, 16, 64)
"""Numbers of colours that the explanation shows."""
HISTOGRAM_BINS: Final = 64
CLOUD_BITS: Final = 4
"""Bits of each channel that tell the points of a cloud of colours apart."""

_SHOWN: Final = ("input", "output", "plan", "decision", "why", "curve", "contest", "metrics", "palette", "timings_ms")

_COMPARED: Final = ("input", "output", "decision", "why", "metrics")
"""What the two-up tells of a report."""


def photo(name: str) -> bytes:
    """Return a photo that scikit-learn's wheel carries, byte for byte."""
    return (files("sklearn.datasets") / "images" / name).read_bytes()


def as_png(image: Image.Image) -> bytes:
    """Return a picture as a plain PNG, as a program would save it."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def grey_histogram(data: bytes) -> list[int]:
    """Return how many pixels fall into each of `HISTOGRAM_BINS` equal ranges of grey."""
    counts = Image.open(io.BytesIO(data)).convert("L").histogram()
    step = 256 // HISTOGRAM_BINS
    return [sum(counts[start : start + step]) for start in range(0, 256, step)]


def locate_colors(colors: NDArray[np.float32]) -> list[list[float]]:
    """Return where colours lie in OKLab, seen from the side.

    Parameters
    ----------
    colors : ndarray of shape (N, 3), float32
        sRGB in [0, 255].

    Returns
    -------
    list of [float, float]
        For each the axis from blue to yellow and the lightness, 0 in the middle of both; one unit is about the same
        visible step on either.
    """
    return [[round(float(yellow), 1), round(float(light), 1)] for light, _, yellow in to_space(colors, "oklab")]


def color_cloud(data: bytes) -> list[dict[str, Any]]:
    """Return the colours of a picture as points: mean colour, place and share of each cell of its histogram."""
    pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).reshape(-1, 3)
    low = pixels >> (8 - CLOUD_BITS)
    codes = low @ np.array([1 << (2 * CLOUD_BITS), 1 << CLOUD_BITS, 1])
    _, cells, counts = np.unique(codes, return_inverse=True, return_counts=True)
    means = np.stack([np.bincount(cells, channel) for channel in pixels.T], axis=1) / counts[:, None]
    places = locate_colors(means.astype(np.float32))
    return [
        {
            "hex": "#{:02x}{:02x}{:02x}".format(*np.rint(mean).astype(int)),
            "place": place,
            "share": round(count / len(pixels), 6),
        }
        for mean, place, count in zip(means, places, counts.tolist(), strict=True)
    ]


def locate_palette(palette: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the swatches of a report with the place of each."""
    colors = np.array([list(bytes.fromhex(swatch["hex"][1:])) for swatch in palette], np.float32)
    return [{**swatch, "place": place} for swatch, place in zip(palette, locate_colors(colors), strict=True)]


def make_demo(key: str, title: str, data: bytes, extension: str, folder: Path) -> dict[str, Any]:
    """Run the engine on one picture, write original, result and report, and return the entry for the index."""
    result, report = compress(data, Options(), name=f"{key}{extension}")
    end = FORMATS[report["output"]["format"]].extension
    names = {"original": f"{key}{extension}", "result": f"{key}-auto{end}", "report": f"{key}.json"}
    (folder / names["original"]).write_bytes(data)
    (folder / names["result"]).write_bytes(result)
    (folder / names["report"]).write_text(json.dumps(report.content, indent=1) + "\n")
    shown = {name: report.content[name] for name in _SHOWN if name in report.content}
    return {"key": key, "title": title, **names, "histogram": grey_histogram(data), "facts": shown}


def make_steps(data: bytes, folder: Path) -> Iterator[dict[str, Any]]:
    """Write one picture with few colours, as palette PNGs, and yield an entry for each."""
    for colors in STEPS:
        result, report = compress(data, Options(colors=colors, format="png"))
        name = f"steps-{colors}.png"
        (folder / name).write_bytes(result)
        yield {
            "colors": colors,
            "image": name,
            "bytes": len(result),
            "palette": locate_palette(report["palette"]),
            "metrics": report["metrics"],
        }


def describe_sample(demo: dict[str, Any]) -> dict[str, Any]:
    """Return what the tool needs to offer a demo's original to those who have no picture at hand."""
    size = {side: demo["facts"]["output"][side] for side in ("width", "height")}
    return {name: demo[name] for name in ("title", "original", "result")} | size


def describe_comparison(demo: dict[str, Any]) -> dict[str, Any]:
    """Return what the first page needs to show a demo in the two-up."""
    facts = {name: demo["facts"][name] for name in _COMPARED if name in demo["facts"]}
    return {name: demo[name] for name in ("key", "original", "result", "report")} | {"facts": facts}


def make_all(folder: Path) -> dict[str, Any]:
    """Write everything into a folder, out of which earlier demos go first, and return the runs."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.name != TARGET.name:
            old.unlink()
    china = photo("china.jpg")
    pictures = (
        ("photo", "A photo", china, ".jpg"),
        ("poster", "A graphic", as_png(draw_poster()), ".png"),
        ("window", "A screenshot", as_png(draw_window()), ".png"),
    )
    demos = [make_demo(key, title, data, extension, folder) for key, title, data, extension in pictures]
    runs = {"demos": demos, "steps": list(make_steps(china, folder)), "cloud": color_cloud(china)}
    written = {
        "runs": runs,
        "index": [describe_comparison(demo) for demo in demos],
        "samples": [describe_sample(demo) for demo in demos],
    }
    for name, content in written.items():
        (folder / f"{name}.json").write_text(json.dumps(content) + "\n")
    return runs


def main() -> int:
    """Make the demos and say what they are."""
    parser = argparse.ArgumentParser(prog="local.demos", description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    runs = make_all(parser.parse_args().folder)
    for demo in runs["demos"]:
        facts = demo["facts"]
        sys.stdout.write(f"{demo['original']}: {facts['input']['bytes']} -> {facts['output']['bytes']} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
