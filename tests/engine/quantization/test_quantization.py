"""What the package hands out, and what its theory promises of every palette whatever way it takes."""

from __future__ import annotations

import numpy as np
import pytest

from autok import quantization
from autok.analysis import analyze
from autok.quantization import MAX_COLORS, distortion_curve, lay_ground, quantize
from support.drawings import noisy, sky, source_of, sphere


def test_what_is_promised_is_there() -> None:
    """Every name of the list resolves, and the list has each once."""
    assert all(hasattr(quantization, name) for name in quantization.__all__)
    assert len(set(quantization.__all__)) == len(quantization.__all__)


@pytest.mark.parametrize("space", ["oklab", "cielab", "rgb"])
def test_a_common_ground_changes_no_palette(space: str) -> None:
    """Laid once for several K, or anew for each, the ground gives the same entries."""
    analysis = analyze(sphere(64), fine=space == "rgb")
    ground = lay_ground(analysis, space)
    for colors in (3, 40):
        alone, shared = quantize(analysis, colors, space=space), quantize(analysis, colors, space=space, ground=ground)
        assert np.array_equal(alone, shared)


def test_the_curve_of_a_ground_is_that_of_the_picture() -> None:
    """One run of splits gives the error at every K, from two to as many as a palette holds."""
    analysis = analyze(sphere(64))
    curve = distortion_curve(analysis)
    assert list(lay_ground(analysis).distortion_curve()) == list(curve)
    assert (curve[0][0], curve[-1][0]) == (2, MAX_COLORS)


def test_order_and_place_of_pixels_do_not_matter_without_texture() -> None:
    """The palette is learnt from weighted colours: a picture on its head has the same one."""
    upright = np.asarray(sky().image)
    palettes = [quantize(analyze(source_of(np.ascontiguousarray(pixels))), 12) for pixels in (upright, upright[::-1])]
    assert np.array_equal(*palettes)


@pytest.mark.parametrize("colors", [2, 7, 256])
def test_learnt_colors_beat_taken_ones(colors: int) -> None:
    """As many of the picture's own colours, evenly taken, are never nearer to it than those that were learnt."""
    pixels = noisy(48, 48)
    palette = quantize(analyze(source_of(pixels)), colors, space="rgb")[:, :3].astype(float)
    flat = pixels.reshape(-1, 3).astype(float)
    taken = flat[:: len(flat) // colors][:colors]

    def error(entries: np.ndarray) -> float:
        return float(((flat[:, None] - entries[None]) ** 2).sum(axis=-1).min(axis=1).mean())

    assert error(palette) < error(taken)
