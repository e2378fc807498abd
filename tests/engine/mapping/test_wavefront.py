"""The wavefront, against Floyd and Steinberg's loop over the pixels one by one, and what its rate weight does."""

from __future__ import annotations

import numpy as np
import pytest

from autok.analysis import analyze
from autok.mapping import map_colors
from autok.mapping.grid import SpaceGrid
from autok.mapping.nearest import coordinates
from autok.quantization import quantize
from support.drawings import noisy, sky, source_of, sphere

FULL = 0.75
"""Share of the error that the strength 1 diffuses."""


def looped(pixels: np.ndarray, palette: np.ndarray, space: str, dither: float) -> np.ndarray:
    """Return the indices of a plain diffusion with the weights 7, 3, 5 and 1 sixteenths, in whole grid steps."""
    channels = pixels.shape[2]
    distinct, place = np.unique(pixels.reshape(-1, channels), axis=0, return_inverse=True)
    points = coordinates(distinct, space)
    entries = coordinates(palette[:, :channels], space)
    grid = SpaceGrid.over(entries, points, space)
    strength = round(dither * FULL * 256)
    height, width = pixels.shape[:2]
    wanted_by_pixel = points[place.reshape(height, width)].astype(np.int64)
    error = np.zeros((height + 1, width + 2, points.shape[1]), np.int64)
    chosen = np.zeros((height, width), np.uint8)
    for y in range(height):
        for x in range(width):
            spread = 7 * error[y + 1, x] + error[y, x] + 5 * error[y, x + 1] + 3 * error[y, x + 2]
            wanted = wanted_by_pixel[y, x] + (spread * strength >> 12)
            wanted = np.clip(wanted, [axis.low for axis in grid.axes], [axis.high for axis in grid.axes])
            wanted = wanted.astype(np.int32)[:, None]
            best = grid.look_up(wanted.copy(), np.empty((2, 1), np.int32), np.empty(1, np.uint8))[0]
            error[y + 1, x + 1] = wanted[:, 0] - entries[best]
            chosen[y, x] = best
    return chosen


@pytest.mark.parametrize(("height", "width"), [(1, 30), (30, 1), (2, 2), (7, 33), (24, 19)])
@pytest.mark.parametrize(("space", "dither"), [("oklab", 1.0), ("oklab", 0.3), ("rgb", 0.6)])
def test_diffusion_is_that_of_a_plain_loop(height: int, width: int, space: str, dither: float) -> None:
    """Whatever the shape, the skewed lines choose what one pixel after the other would."""
    pixels = noisy(height, width) // 2 + 60
    palette = np.array([(40, 40, 40, 255), (90, 120, 60, 255), (160, 90, 170, 255), (230, 230, 220, 255)], np.uint8)
    found = map_colors(source_of(pixels), palette, space=space, dither=dither).indices
    assert np.array_equal(found, looped(pixels, palette, space, dither))


def test_translucent_pixels_are_diffused_by_the_same_loop() -> None:
    """Alpha is one more coordinate, and its error is handed on like the others."""
    pixels = noisy(15, 21)
    pixels = np.dstack([pixels, np.maximum(noisy(15, 21, 4)[..., 0], 1)])
    palette = np.array([(0, 0, 0, 0), (60, 60, 60, 90), (200, 180, 160, 180), (120, 90, 200, 255)], np.uint8)
    found = map_colors(source_of(pixels), palette, dither=0.8).indices
    assert np.array_equal(found, looped(pixels, palette, "oklab", 0.8))


def test_diffusion_keeps_the_local_mean() -> None:
    """Diffused, a gradient in few colours keeps its local mean closer than without."""
    source = sky()
    palette = quantize(analyze(source), 4)
    pixels = np.asarray(source.image).astype(float)

    def drift(dither: float) -> float:
        image = map_colors(source, palette, dither=dither)
        error = (image.palette[image.indices][..., :3] - pixels).reshape(6, 16, 8, 16, 3).mean(axis=(1, 3))
        return float(np.abs(error).mean())

    assert drift(1.0) < 0.7 * drift(0.0)


def test_rate_lengthens_runs() -> None:
    """A higher rate weight leaves fewer changes of entry along rows, and more error."""
    source = sphere()
    palette = quantize(analyze(source), 64)
    changes = [np.count_nonzero(np.diff(map_colors(source, palette, rate=rate).indices)) for rate in (0, 1, 4)]
    assert changes[0] > changes[1] > changes[2]


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 3), (3, 2)])
def test_tiny_pictures_are_mapped(shape: tuple[int, int]) -> None:
    """The wavefront works on pictures narrower and lower than its reach."""
    pixels = noisy(*shape)
    image = map_colors(source_of(pixels), quantize(analyze(source_of(pixels)), 256), dither=1.0)
    assert (image.palette[image.indices][..., :3] == pixels).all()


def test_exact_pixels_are_never_given_away() -> None:
    """A pixel whose very colour is in the palette keeps it at any rate, though its neighbour's entry is close."""
    pixels = np.full((40, 60, 3), 120, np.uint8)
    pixels[10:30, 20:40] = 124
    pixels[::7, ::5] = noisy(6, 12)
    source = source_of(pixels)
    palette = np.array([[120, 120, 120, 255], [124, 124, 124, 255], [10, 10, 10, 255], [240, 240, 240, 255]], np.uint8)
    shown = palette[map_colors(source, palette, rate=8.0).indices][..., :3]
    known = (pixels == 120).all(axis=2) | (pixels == 124).all(axis=2)
    assert (shown[known] == pixels[known]).all()
