"""Pictures laid on grounds."""

from __future__ import annotations

import numpy as np
from PIL import Image

from autok.metrics.grounds import flatten, pixels_in
from support.drawings import noisy


def test_pixels_come_in_the_mode_that_is_asked_for() -> None:
    """A palette gives its colours, a picture of the mode what it holds."""
    few = Image.fromarray(noisy(5, 6)).quantize(4)
    assert np.array_equal(pixels_in(few, "RGB"), np.asarray(few.convert("RGB")))
    assert np.array_equal(pixels_in(few, "P"), np.asarray(few))


def test_opaque_pixels_are_left_alone() -> None:
    """Without alpha there is one ground, and it is the very array."""
    pixels = noisy(3, 4)
    (only,) = flatten(pixels)
    assert only is pixels


def test_every_level_of_alpha_is_laid_on_black_and_white() -> None:
    """All pairs of level and alpha are rounded to the nearest on black, and white adds what alpha lets through."""
    level, alpha = np.mgrid[0:256, 0:256]
    black, white = flatten(np.dstack([level, level, level, alpha]).astype(np.uint8))
    assert np.array_equal(black[..., 0], np.rint(level * alpha / 255))
    assert np.array_equal(white[..., 0], np.rint(level * alpha / 255) + 255 - alpha)
    assert (black.dtype, white.dtype, black.shape) == (np.uint8, np.uint8, (256, 256, 3))


def test_the_ends_are_exact_and_pillow_agrees() -> None:
    """Opaque pixels are themselves on both grounds, hidden ones are the ground, the others are within a step."""
    pixels = np.dstack([noisy(40, 40), noisy(40, 40, 2)[..., 0]])
    pixels[0, :, 3], pixels[1, :, 3] = 255, 0
    black, white = flatten(pixels)
    assert np.array_equal(black[0], pixels[0, :, :3])
    assert np.array_equal(white[0], pixels[0, :, :3])
    assert (black[1].max(), white[1].min()) == (0, 255)
    for ground, own in ((0, black), (255, white)):
        laid = Image.new("RGBA", (40, 40), (ground, ground, ground, 255))
        laid.alpha_composite(Image.fromarray(pixels))
        assert np.abs(np.asarray(laid)[..., :3].astype(int) - own).max() <= 1
