from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from autok.metrics.tiles import Tiles, cover, cut, halve, take


def test_an_array_is_cut_as_its_picture_is() -> None:
    """Tiles taken out of an array are those cut out of the picture that holds it."""
    pixels = np.random.default_rng(0).integers(0, 256, (300, 420, 3), np.uint8)
    tiles = cover(420, 300)
    assert np.array_equal(take(pixels, tiles), cut(Image.fromarray(pixels), tiles))


def test_half_of_the_tiles_keeps_their_proportions() -> None:
    """Every second tile stays; those that stay stand for the whole, each for as much of the others' as before."""
    boxes = tuple((left, 0, left + 128, 128) for left in range(0, 5 * 128, 128))
    half = halve(Tiles(boxes, (0.1, 0.3, 0.2, 0.3, 0.1)))
    assert half.boxes == boxes[::2]
    assert half.shares == pytest.approx((0.25, 0.5, 0.25))
