"""Colours as numbers, and the colours that the numbers stand for."""

from __future__ import annotations

import numpy as np
import pytest

from autok.mapping.codes import coarse_codes, code_count, exact_codes, middle_colors, sorted_distinct
from support.drawings import noisy


def test_exact_codes_tell_every_visible_colour_apart() -> None:
    """One number for each, whatever is hidden under no alpha is 0."""
    opaque = noisy(50, 50)
    codes = exact_codes(opaque)
    assert len(np.unique(codes)) == len(np.unique(opaque.reshape(-1, 3), axis=0))
    hidden = np.dstack([opaque, np.zeros((50, 50), np.uint8)])
    assert not exact_codes(hidden).any()
    seen = np.dstack([opaque, np.full((50, 50), 1, np.uint8)])
    assert len(np.unique(exact_codes(seen))) == len(np.unique(codes))


@pytest.mark.parametrize("bits", [7, 8])
@pytest.mark.parametrize("channels", [3, 4])
def test_coarse_codes_stand_for_their_neighbourhood(bits: int, channels: int) -> None:
    """Codes are within their count, and the colour of each is near every pixel that has it; its ends are exact."""
    random = np.random.default_rng(bits)
    pixels = random.integers(0, 256, (80, 80, channels)).astype(np.uint8)
    pixels[0, :40], pixels[0, 40:] = 0, 255
    codes = coarse_codes(pixels, bits)
    assert codes.min() >= 0
    assert codes.max() < code_count(channels, bits)
    distinct = np.unique(codes)
    shown = middle_colors(distinct, channels, bits)[np.searchsorted(distinct, codes)]
    assert np.array_equal(shown[0], pixels[0])
    alpha = pixels[..., 3] if channels == 4 else np.full(pixels.shape[:2], 255)
    reach = np.where(alpha == 255, 2 ** (8 - bits), np.where(alpha < 128, 8, 4))
    apart = np.abs(shown[..., :3] - pixels[..., :3].astype(float)).max(axis=2)
    assert (apart[alpha > 0] < reach[alpha > 0]).all()
    if channels == 4:
        assert np.abs(shown[..., 3] - alpha).max() <= 1.5
        assert not shown[alpha == 0].any()


def test_codes_of_seven_bits_are_the_high_bits_side_by_side() -> None:
    """Red first; a view of some pixels has the codes that a copy of them has, down to one pixel and to none."""
    pixels = noisy(9, 8, 3)
    red, green, blue = (pixels[..., channel].astype(int) >> 1 for channel in range(3))
    expected = red << 14 | green << 7 | blue
    assert np.array_equal(coarse_codes(pixels, 7), expected)
    assert np.array_equal(coarse_codes(pixels[2::3, 1::2], 7), expected[2::3, 1::2])
    assert np.array_equal(coarse_codes(pixels[-1:, -1:], 7), expected[-1:, -1:])
    assert coarse_codes(pixels[:0], 7).shape == (0, 8)


def test_distinct_codes_come_once_and_rising() -> None:
    """As NumPy's `unique`, zero and a single code among them, and nothing of nothing."""
    codes = np.random.default_rng(4).integers(0, 60, (20, 10)).astype(np.int32)
    assert np.array_equal(sorted_distinct(codes), np.unique(codes))
    assert sorted_distinct(np.zeros(5, np.int32)).tolist() == [0]
    assert sorted_distinct(np.zeros(0, np.int32)).tolist() == []
