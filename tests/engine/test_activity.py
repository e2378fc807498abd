from __future__ import annotations

import numpy as np
from PIL import Image

from autok.activity import convert_to_luma, local_deviation


def test_it_is_the_deviation_of_nine_neighbours() -> None:
    """Activity is the standard deviation of luma over 3 x 3 pixels, in half steps, the edge continued."""
    levels = np.random.default_rng(0).integers(0, 256, (7, 9), np.uint8)
    padded = np.pad(levels, 1, mode="edge").astype(np.float64)
    around = np.stack([padded[y : y + 7, x : x + 9] for y in range(3) for x in range(3)])
    expected = np.rint(2 * around.std(axis=0))
    assert np.abs(local_deviation(Image.fromarray(levels), 0, 7) - expected).max() <= 1


def test_strips_join_without_a_seam() -> None:
    """A strip sees the rows beside it, so that strips give what the whole gives."""
    image = Image.fromarray(np.random.default_rng(1).integers(0, 256, (20, 8, 3), np.uint8))
    parts = [local_deviation(image, top, top + 5) for top in range(0, 20, 5)]
    assert np.array_equal(np.concatenate(parts), local_deviation(image, 0, 20))


def test_what_is_translucent_is_darker() -> None:
    """The luma of a translucent pixel is that of its colour on black."""
    image = Image.new("RGBA", (1, 1), (255, 255, 255, 128))
    assert convert_to_luma(image).getpixel((0, 0)) == 128
