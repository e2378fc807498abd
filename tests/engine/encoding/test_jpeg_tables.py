"""Quantization tables: their shape, and how they follow the quality."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from autok.encoding.jpeg_blocks import ZIGZAG
from autok.encoding.jpeg_tables import CHROMA, LUMA, make_tables, quality_scale


def test_steps_grow_as_quality_falls():
    """No step shrinks when quality falls, and all stay within a byte."""
    pairs = [make_tables(quality) for quality in range(100, 0, -1)]
    for finer, coarser in pairwise(pairs):
        assert all((f <= c).all() and f.min() >= 1 for f, c in zip(finer, coarser, strict=True))
    assert quality_scale(82) == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(("quality", "scale"), [(100, 0.04), (90, 0.575), (30, 3.785), (14, 7.57), (1, 13.295)])
def test_the_scale_follows_its_line_and_doubles_below(quality, scale):
    """0.0535 for every quality from 100 down to 30, and twice as much sixteen qualities lower."""
    assert quality_scale(quality) == pytest.approx(scale, rel=1e-3)


def test_no_table_knows_left_from_up():
    """The steps of mirrored frequencies are equal, so that turning a picture costs nothing."""
    for rows in (LUMA, CHROMA):
        assert np.array_equal(rows, np.transpose(rows))


def test_steps_at_scale_one_are_the_tables_themselves():
    """At the quality whose scale is 1 the steps are the rounded constants in zigzag order."""
    quality = 100 - 0.96 / 0.0535
    assert quality_scale(quality) == pytest.approx(1)
    for steps, rows in zip(make_tables(quality), (LUMA, CHROMA), strict=True):
        assert np.abs(steps - np.array(rows).reshape(64)[ZIGZAG]).max() <= 0.5
        assert steps.dtype == np.uint8


def test_low_frequencies_grow_slower():
    """With falling quality the first frequency grows by scale to the power of 0.82, the mean by the scale itself."""
    mean, first = (make_tables(30)[0][at] / np.array(LUMA).reshape(64)[ZIGZAG][at] for at in (0, 1))
    scale = quality_scale(30)
    assert mean == pytest.approx(scale, rel=0.06)
    assert first == pytest.approx(scale**0.82, rel=0.04)


def test_coarseness_is_chromas_alone():
    """A factor on chroma leaves luma as it is and never goes over a byte."""
    plain, coarse = make_tables(60), make_tables(60, 5.0)
    assert np.array_equal(plain[0], coarse[0])
    assert (coarse[1] > plain[1]).all()
    assert make_tables(1, 5.0)[1].max() == 255
