"""The examples of the pages: drawn or taken from installed packages, made by the engine."""

from __future__ import annotations

import io
import json
from pathlib import Path

from PIL import Image

from local.demos import (
    HISTOGRAM_BINS,
    as_png,
    color_cloud,
    describe_comparison,
    grey_histogram,
    locate_palette,
    make_demo,
    make_steps,
    photo,
)
from local.drawings import SIZE, draw_poster, draw_window


def test_drawings_are_graphics() -> None:
    """The drawn pictures have their stated size, smooth edges, and the same pixels every time."""
    for draw in (draw_poster, draw_window):
        picture = draw()
        assert picture.size == SIZE
        assert picture.mode == "RGB"
        assert len(picture.getcolors(1 << 24) or ()) > 16
        assert picture.tobytes() == draw().tobytes()


def test_photo_is_a_whole_file() -> None:
    """The photo of an installed package is handed over byte for byte."""
    assert Image.open(io.BytesIO(photo("china.jpg"))).size == (640, 427)


def test_cloud_holds_every_pixel() -> None:
    """A cloud of colours has a point for each distinct colour, at its lightness and blueness, with its share."""
    picture = Image.new("RGB", (8, 2), (0, 0, 255))
    picture.paste((255, 255, 255), (0, 0, 4, 1))
    blue, white = color_cloud(as_png(picture))
    assert (blue["hex"], blue["share"]) == ("#0000ff", 0.75)
    assert (white["hex"], white["share"]) == ("#ffffff", 0.25)
    assert white["place"] == [0, 50]
    assert blue["place"][0] < -20
    assert -10 < blue["place"][1] < 0


def test_palette_lies_where_its_colours_do() -> None:
    """A swatch is placed as a pixel of its colour is, and keeps what the report says of it."""
    (point,) = color_cloud(as_png(Image.new("RGB", (3, 3), (240, 200, 40))))
    assert locate_palette([{"hex": "#f0c828", "alpha": 255, "share": 1.0}]) == [{**point, "alpha": 255}]


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
    compared = describe_comparison(demo)
    assert compared["facts"]["output"] == demo["facts"]["output"]
    assert len(json.dumps(compared)) < len(json.dumps(demo)) / 2


def test_steps_have_so_many_colours(tmp_path: Path) -> None:
    """Each step shows the picture with exactly the number of colours that it names, or fewer."""
    steps = list(make_steps(as_png(draw_poster().resize((160, 100))), tmp_path))
    for step in steps:
        colors = Image.open(tmp_path / step["image"]).convert("RGB").getcolors() or []
        assert 1 < len(colors) <= step["colors"]
    assert [step["bytes"] for step in steps] == sorted(step["bytes"] for step in steps)
