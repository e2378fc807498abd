"""Banding is seen where a score for codecs is blind."""

from __future__ import annotations

import numpy as np

from autok.analysis import analyze
from autok.banding import banding_score
from autok.quantization import quantize
from support.drawings import noisy, sky, source_of


def test_fewer_colors_band_a_gradient_more() -> None:
    """On a smooth gradient the deserved score rises with K and is low for a handful of bands."""
    analysis = analyze(sky())
    scores = [banding_score(analysis, quantize(analysis, colors)) for colors in (3, 12, 48, 80)]
    assert scores == sorted(scores)
    assert scores[0] < 40 < 70 < scores[-1]


def test_bands_in_a_corner_cost_less_than_in_a_sky() -> None:
    """The same bands in a small part of a lively picture take fewer points, yet some."""
    gradient = np.asarray(sky().image)
    height, width = gradient.shape[:2]
    corner = noisy(4 * height, 4 * width) // 2
    corner[..., 0] = 255
    corner[:height, :width] = gradient
    palette = quantize(analyze(sky()), 6)
    whole, part = (banding_score(analyze(source), palette) for source in (sky(), source_of(corner)))
    assert whole + 10 < part < 100


def test_texture_cannot_band() -> None:
    """A picture without smooth areas deserves every score."""
    analysis = analyze(source_of(noisy(64, 64)))
    assert banding_score(analysis, quantize(analysis, 4)) == 100.0


def test_flat_areas_that_are_exact_do_not_band() -> None:
    """Flat colours that are in the palette are no steps, however few they are."""
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[:, 32:] = (200, 30, 60)
    analysis = analyze(source_of(pixels))
    assert banding_score(analysis, quantize(analysis, 2)) == 100.0


def test_noise_in_black_does_not_band() -> None:
    """A black ground with specks of the next grey has a mean that is no colour; black serves it."""
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[::8, ::8] = 1
    black = np.array([(0, 0, 0, 255), (255, 255, 255, 255)], np.uint8)
    assert banding_score(analyze(source_of(pixels)), black) > 90.0


def test_of_bad_palettes_the_better_is_told() -> None:
    """However deep the bands, more colours still deserve more."""
    analysis = analyze(sky())
    worst, bad = (banding_score(analysis, quantize(analysis, colors)) for colors in (2, 4))
    assert worst < bad < 0
