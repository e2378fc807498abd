"""What every way of making a picture smaller works on: its sample, its sketch and its dithering."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from autok.analysis import analyze
from autok.mapping import dither_strength
from autok.options import Options
from autok.pipeline.scene import BANDS, SKETCH_PIXELS, Scene, choose_dither
from autok.quantization import lay_ground
from support.drawings import source_of, sphere


def scene_of(pixels: np.ndarray, **parts: object) -> Scene:
    """Return a scene with what is looked at of it."""
    source = source_of(pixels)
    return Scene(source, Options(), None, None, **{"scorer": SimpleNamespace(whole=True), **parts})


def rows(height: int, width: int) -> np.ndarray:
    """Return a picture whose rows tell their number."""
    number = np.arange(height)
    return np.repeat(np.stack([number >> 8, number & 255, number * 0], axis=-1)[:, None], width, axis=1).astype(
        np.uint8
    )


def test_a_small_picture_is_its_own_sketch_and_sample() -> None:
    """Within the sketch's pixels nothing is cut, and what is scored whole is sampled whole."""
    scene = scene_of(rows(500, 500))
    assert scene.sketch is scene.source
    assert scene.sample is scene.source


@pytest.mark.parametrize(("height", "width"), [(2000, 1000), (6000, 400), (100, 5000), (9, SKETCH_PIXELS)])
def test_a_sketch_is_made_of_bands_from_top_to_bottom(height: int, width: int) -> None:
    """Eight bands of rows that follow each other, evenly spread and within the pixels, width and mode kept."""
    sketch = scene_of(rows(height, width)).sketch.image
    pixels = np.asarray(sketch)[:, 0].astype(int)
    number = pixels[:, 0] * 256 + pixels[:, 1]
    each = len(number) // BANDS
    assert sketch.size == (width, each * BANDS)
    assert sketch.width * sketch.height <= max(SKETCH_PIXELS, BANDS * width)
    tops = number[::each]
    assert np.array_equal(number, (tops[:, None] + np.arange(each)).ravel())
    assert np.ptp(np.diff(tops)) <= 1
    assert abs(tops[0] - (height - each - tops[-1])) <= 1


def test_a_sample_is_the_scored_tiles() -> None:
    """Where tiles stand for the picture they are what is encoded, with the source's other facts."""
    mosaic = Image.new("RGB", (5, 5))
    scene = scene_of(rows(20, 20), scorer=SimpleNamespace(whole=False, mosaic=mosaic))
    assert scene.sample == replace(scene.source, image=mosaic)


def test_a_strength_that_was_asked_for_wins() -> None:
    """None leaves it to the picture and its colours; nothing and everything are taken by their word."""
    analysis = analyze(sphere())
    assert choose_dither(analysis, Options(), 16) == dither_strength(analysis, 16)
    for asked in (0.0, 0.4, 1.0):
        assert choose_dither(analysis, Options(dither=asked), 16) == asked


def test_only_small_translucent_pictures_have_other_grounds() -> None:
    """Opaque ones, large ones and those without a ground have none."""
    clear, opaque = (np.dstack([rows(64, 64), np.full((64, 64), alpha, np.uint8)]) for alpha in (90, 255))
    large = np.tile(clear, (16, 16, 1))
    counts = []
    for pixels in (clear, opaque, large):
        analysis = analyze(source_of(pixels))
        scene = replace(scene_of(pixels, ground=lay_ground(analysis)), analysis=analysis)
        counts.append(len(scene.other_grounds))
    assert counts == [2, 0, 0]
    assert scene_of(clear).other_grounds == ()
