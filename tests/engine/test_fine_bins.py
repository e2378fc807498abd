"""Bins that are split where they hold many pixels."""

from __future__ import annotations

import numpy as np

from autok.analysis import analyze
from support.drawings import noisy, source_of, sphere


def test_full_bins_are_split_and_lose_no_pixel() -> None:
    """More bins hold the same pixels with the same sums, and none holds more than a bin of six bits did."""
    source = sphere(256)
    coarse, fine = analyze(source).histogram, analyze(source, fine=True).histogram
    pixels = np.asarray(source.image).reshape(-1, 3).astype(np.float64)
    assert len(coarse.counts) < len(fine.counts)
    assert fine.counts.sum() == len(pixels)
    assert np.allclose(fine.counts @ fine.colors[:, :3].astype(np.float64), pixels.sum(axis=0), rtol=1e-6)


def test_a_split_bin_is_seven_bits_wide() -> None:
    """Each mean of a full bin's parts is that of the pixels whose upper seven bits it shares."""
    block = np.random.default_rng(2).integers(80, 84, (64, 64, 3)).astype(np.uint8)
    source = source_of(np.concatenate([block, noisy(128, 64)], axis=0))
    histogram = analyze(source, fine=True).histogram
    inside = (np.floor(histogram.colors[:, :3] / 4) == 20).all(axis=1)
    pixels = np.asarray(source.image).reshape(-1, 3)
    pixels = pixels[(pixels >> 2 == 20).all(axis=1)]
    parts = {tuple(part): pixels[(pixels >> 1 == part).all(axis=1)] for part in np.unique(pixels >> 1, axis=0)}
    found = {tuple((color // 2).astype(int)): color for color in histogram.colors[inside][:, :3]}
    assert found.keys() == parts.keys()
    assert all(np.allclose(found[part], parts[part].mean(axis=0), atol=1e-4) for part in parts)


def test_activity_is_that_of_the_whole_bin() -> None:
    """Parts take over the activity of their bin, so that its mean over all pixels stays."""
    source = sphere(256)
    coarse, fine = analyze(source).histogram, analyze(source, fine=True).histogram
    assert np.isclose(coarse.counts @ coarse.activity, fine.counts @ fine.activity, rtol=1e-5)


def test_nothing_is_split_where_no_bin_is_full() -> None:
    """Pixels that are spread evenly stay in their bins."""
    source = source_of(noisy(300, 300))
    coarse, fine = analyze(source).histogram, analyze(source, fine=True).histogram
    assert (coarse.counts == fine.counts).all()
    assert (coarse.colors == fine.colors).all()
