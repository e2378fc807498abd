"""Makes the pictures and figures of the pages by running the engine: `python -m local.demos`.

Writes ``frontend/demos/``: for each demo the original, the result and the report; one photo with few colours; and
``index.json``, which the pages read. Photos come from installed packages, graphics are drawn here; none is committed.
"""

from __future__ import annotations

import argparse
import io
import json
import shutil
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from PIL import Image

from autok.models import EXTENSIONS
from autok.options import Options
from autok.pipeline import compress
from local.drawings import draw_poster, draw_window

FOLDER: Final = Path(__file__).parents[2] / "frontend" / "demos"
STEPS: Final = (4, 16, 64)
"""Numbers of colours that the explanation shows."""
HISTOGRAM_BINS: Final = 64

_SHOWN: Final = ("input", "output", "plan", "decision", "why", "curve", "contest", "metrics", "palette", "timings_ms")
_CORPUS: Final = ("coffee.png", "chelsea.png", "astronaut.png", "motorcycle_left.png", "logo.png", "page.png")


def photo(name: str) -> bytes:
    """Return a photo that scikit-learn's wheel carries, byte for byte."""
    return (files("sklearn.datasets") / "images" / name).read_bytes()


def sample(name: str) -> bytes:
    """Return a picture that scikit-image's wheel carries, byte for byte."""
    return (files("skimage") / "data" / name).read_bytes()


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


def make_demo(key: str, title: str, data: bytes, extension: str, folder: Path) -> dict[str, Any]:
    """Run the engine on one picture, write original, result and report, and return the entry for the index."""
    result, report = compress(data, Options(), name=f"{key}{extension}")
    end = EXTENSIONS[report["output"]["format"]]
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
            "palette": report["palette"][:64],
            "metrics": report["metrics"],
        }


def measure_corpus() -> Iterator[dict[str, Any]]:
    """Yield what the engine makes of pictures that are not shown, for the table."""
    for name in _CORPUS:
        _, report = compress(sample(name), Options(), name=name)
        yield {
            "name": name,
            "before": report["input"]["bytes"],
            "after": report["output"]["bytes"],
            "format": report["output"]["format"],
            "colors": report["decision"]["colors"],
            "entropy_bits": report["plan"]["entropy_bits"],
            "score": report["metrics"].get("ssimulacra2"),
            "milliseconds": report["timings_ms"]["total"],
        }


def make_all(folder: Path) -> dict[str, Any]:
    """Write everything into a folder that is emptied first, and return the index."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    china = photo("china.jpg")
    pictures = (
        ("photo", "A photo", china, ".jpg"),
        ("poster", "A graphic", as_png(draw_poster()), ".png"),
        ("window", "A screenshot", as_png(draw_window()), ".png"),
    )
    demos = [make_demo(key, title, data, extension, folder) for key, title, data, extension in pictures]
    index = {"demos": demos, "steps": list(make_steps(china, folder)), "corpus": list(measure_corpus())}
    (folder / "index.json").write_text(json.dumps(index) + "\n")
    return index


def main() -> int:
    """Make the demos and say what they are."""
    parser = argparse.ArgumentParser(prog="local.demos", description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    index = make_all(parser.parse_args().folder)
    for demo in index["demos"]:
        facts = demo["facts"]
        sys.stdout.write(f"{demo['original']}: {facts['input']['bytes']} -> {facts['output']['bytes']} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
