"""The examples of the pages: drawn or taken from installed packages, made by the engine."""

from __future__ import annotations

import io
import json
from pathlib import Path

from PIL import Image

from local.demos import HISTOGRAM_BINS, as_png, grey_histogram, make_demo, make_steps, photo, sample
from local.drawings import SIZE, draw_poster, draw_window


def test_drawings_are_graphics() -> None:
    """The drawn pictures have their stated size, smooth edges, and the same pixels every time."""
    for draw in (draw_poster, draw_window):
        picture = draw()
        assert picture.size == SIZE
        assert picture.mode == "RGB"
        assert len(picture.getcolors(1 << 24) or ()) > 16
        assert picture.tobytes() == draw().tobytes()


def test_samples_are_whole_files() -> None:
    """Photos and pictures of installed packages are handed over byte for byte."""
    assert Image.open(io.BytesIO(photo("china.jpg"))).size == (640, 427)
    assert Image.open(io.BytesIO(sample("coffee.png"))).size == (600, 400)


def test_histogram_counts_every_pixel() -> None:
    """The grey histogram has its bins, and counts each pixel once in the right one."""
    data = as_png(Image.new("L", (10, 7), 255))
    assert grey_histogram(data) == [0] * (HISTOGRAM_BINS - 1) + [70]


def test_demo_comes_from_a_run(tmp_path: Path) -> None:
    """A demo is an original, a smaller result and the report that says the same as the index."""
    data = as_png(draw_poster().resize((160, 100)))
    demo = make_demo("hills", "Hills", data, ".png", tmp_path)
    report = json.loads((tmp_path / demo["report"]).read_text())
    assert (tmp_path / demo["original"]).read_bytes() == data
    assert (tmp_path / demo["result"]).stat().st_size == demo["facts"]["output"]["bytes"] <= len(data)
    assert report["why"] == demo["facts"]["why"]
    assert sum(demo["histogram"]) == 160 * 100


def test_steps_have_so_many_colours(tmp_path: Path) -> None:
    """Each step shows the picture with exactly the number of colours that it names, or fewer."""
    steps = list(make_steps(as_png(draw_poster().resize((160, 100))), tmp_path))
    for step in steps:
        colors = Image.open(tmp_path / step["image"]).convert("RGB").getcolors() or []
        assert 1 < len(colors) <= step["colors"]
    assert [step["bytes"] for step in steps] == sorted(step["bytes"] for step in steps)
