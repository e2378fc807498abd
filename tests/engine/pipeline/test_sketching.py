"""What a palette is foretold to weigh, against what it does weigh."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from autok.encoding import encode_png
from autok.mapping import map_colors, rate_weight
from autok.models import Metadata
from autok.pipeline.palettes import draw, learn
from autok.pipeline.sketching import weigh_on_sketch
from support.scenes import scene_of
from support.uploads import saved


@pytest.mark.parametrize("colors", [16, 64, 256])
@pytest.mark.parametrize("side", [200, 640])
def test_a_photo_is_foretold_as_it_would_be_written(china: bytes, side: int, colors: int) -> None:
    """With entries repeated, as the file has them, the size lies near the file's; nearest colours alone are far off."""
    photo = Image.open(io.BytesIO(china)).convert("RGB")
    photo.thumbnail((side, side))
    scene = scene_of(saved(photo, "PNG"))
    palette = learn(scene, colors)
    sketched, size = weigh_on_sketch(scene, palette)
    written = len(encode_png(draw(scene, scene.source, palette), Metadata()))
    nearest = len(encode_png(map_colors(scene.source, palette), Metadata(), effort=0))
    assert 0.85 * written < size < 1.25 * written
    assert abs(size - written) < abs(nearest - written) / 2
    assert np.array_equal(sketched.palette, palette)


def test_a_drawing_is_foretold_by_nearest_colours() -> None:
    """Without a rate weight nothing is set right, and a small picture weighs what Pillow makes of it."""
    pixels = np.kron(np.random.default_rng(1).integers(0, 256, (20, 30, 3), np.uint8), np.ones((8, 8, 1), np.uint8))
    scene = scene_of(saved(Image.fromarray(pixels), "PNG"))
    assert rate_weight(scene.analysis) == 0.0
    palette = learn(scene, 32)
    indexed, size = weigh_on_sketch(scene, palette)
    assert size == len(encode_png(indexed, Metadata(), effort=0))
