"""Measurements of an image against values known by construction or computed the plain way."""

from __future__ import annotations

import numpy as np
import pytest

from autok.analysis import analyze
from support.drawings import noisy, source_of, sphere


def test_entropy_of_even_levels() -> None:
    """Sixteen grey levels in equal shares have four bits of entropy; one level has none."""
    levels = np.repeat(np.arange(16, dtype=np.uint8) * 16, 16).reshape(16, 16)
    assert analyze(source_of(np.dstack([levels] * 3))).entropy_bits == pytest.approx(4.0)
    assert analyze(source_of(np.full((5, 5, 3), 9, np.uint8))).entropy_bits == 0.0


def test_block_variance_is_the_plain_one() -> None:
    """Spatial variance is the mean of numpy's variance over whole 8 x 8 blocks."""
    source = source_of(noisy(37, 43))
    luma = np.asarray(source.image.convert("L"), np.float64)[:32, :40]
    blocks = luma.reshape(4, 8, 5, 8).transpose(0, 2, 1, 3).reshape(20, 64)
    assert analyze(source).spatial_variance == pytest.approx(blocks.var(axis=1).mean())


def test_activity_is_the_local_deviation() -> None:
    """Activity is the standard deviation in 3 x 3, to a quarter step."""
    source = source_of(noisy(20, 30))
    luma = np.pad(np.asarray(source.image.convert("L"), np.float64), 1, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(luma, (3, 3)).reshape(20, 30, 9)
    deviation = windows.std(axis=2)
    analysis = analyze(source)
    assert analysis.mean_activity == pytest.approx(deviation.mean(), abs=0.05)
    assert analysis.edge_share == pytest.approx((deviation > 30).mean(), abs=0.01)


def test_flat_pictures_are_flat() -> None:
    """A picture of one colour is smooth and flat everywhere and has no edges."""
    analysis = analyze(source_of(np.full((12, 9, 3), 200, np.uint8)))
    assert (analysis.smooth_share, analysis.edge_share, analysis.flat_share) == (1.0, 0.0, 1.0)
    assert analysis.exact_colors == 1


def test_histogram_accounts_for_every_pixel() -> None:
    """Counts add up to the pixels, and weighted means to the mean colour of the picture."""
    pixels = noisy(150, 170)
    histogram = analyze(source_of(pixels)).histogram
    assert histogram.counts.sum() == 150 * 170
    mean = (histogram.colors[:, :3] * histogram.counts[:, None]).sum(axis=0) / histogram.counts.sum()
    assert mean == pytest.approx(pixels.reshape(-1, 3).mean(axis=0), abs=1e-3)


def test_bins_hold_exact_means() -> None:
    """A bin's colour is the mean of its pixels, not the middle of the bin."""
    pixels = noisy(150, 170)
    histogram = analyze(source_of(pixels)).histogram
    codes = ((pixels >> 2).astype(int) @ np.array([4096, 64, 1])).ravel()
    code = np.bincount(codes).argmax()
    expected = pixels.reshape(-1, 3)[codes == code].mean(axis=0)
    place = np.flatnonzero(np.unique(codes) == code)[0]
    assert histogram.colors[place, :3] == pytest.approx(expected, abs=1e-3)


def test_few_colors_have_bins_of_their_own() -> None:
    """Neighbouring colours of a simple picture are not merged."""
    pixels = np.full((8, 8, 3), 246, np.uint8)
    pixels[::2] = 247
    histogram = analyze(source_of(pixels)).histogram
    assert histogram.colors.tolist() == [[246, 246, 246, 255], [247, 247, 247, 255]]
    assert histogram.counts.tolist() == [32, 32]


def test_hidden_colors_count_as_one() -> None:
    """What lies under no alpha is one colour, whatever the bytes say."""
    pixels = np.dstack([noisy(16, 16), np.zeros((16, 16), np.uint8)])
    pixels[0, 0] = (5, 6, 7, 255)
    analysis = analyze(source_of(pixels))
    assert analysis.exact_colors == 2
    assert analysis.histogram.colors[0].tolist() == [0, 0, 0, 0]


def test_many_translucent_colors_keep_their_mean() -> None:
    """In a picture of many translucent colours the weighted means add up too."""
    pixels = np.dstack([noisy(150, 170), noisy(150, 170, seed=2)[..., 0]])
    histogram = analyze(source_of(pixels)).histogram
    assert histogram.counts.sum() == 150 * 170
    alpha = (histogram.colors[:, 3] * histogram.counts).sum() / histogram.counts.sum()
    assert alpha == pytest.approx(pixels[..., 3].mean(), abs=1e-3)


def test_soft_shadows_keep_their_steps() -> None:
    """In a picture of many colours each alpha of a shadow up to a half has a bin of its own."""
    shadow = np.zeros((128, 128, 4), np.uint8)
    shadow[..., 3] = np.arange(128)
    pixels = np.concatenate([np.dstack([noisy(128, 128), np.full((128, 128), 255, np.uint8)]), shadow])
    colors = analyze(source_of(pixels)).histogram.colors
    assert sorted(colors[colors[:, 3] < 255][:, 3].tolist()) == list(range(128))


def test_strips_do_not_show() -> None:
    """A picture of several strips measures the same as its parts say."""
    tall = np.tile(np.asarray(sphere().image), (12, 9, 1))
    analysis = analyze(source_of(tall))
    luma = np.pad(np.asarray(source_of(tall).image.convert("L"), np.float64), 1, mode="edge")
    rows = np.lib.stride_tricks.sliding_window_view(luma, (3, 3))
    assert analysis.mean_activity == pytest.approx(rows.std(axis=(2, 3)).mean(), abs=0.05)
    assert analysis.histogram.counts.sum() == tall.shape[0] * tall.shape[1]


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (7, 7)])
def test_tiny_pictures_are_measured(shape: tuple[int, int]) -> None:
    """Pictures smaller than a block or a neighbourhood have finite measures."""
    analysis = analyze(source_of(noisy(*shape)))
    assert np.isfinite([analysis.spatial_variance, analysis.mean_activity, analysis.flat_share]).all()


def test_faint_colors_are_not_hidden_ones() -> None:
    """Among many colours, what is hidden keeps a bin of its own beside what is almost transparent."""
    pixels = np.dstack([noisy(150, 170), noisy(150, 170, seed=2)[..., 0]])
    pixels[:40] = (0, 0, 0, 3)
    pixels[40:80] = (9, 9, 9, 0)
    histogram = analyze(source_of(pixels)).histogram
    hidden = histogram.colors[:, 3] == 0
    assert histogram.counts[hidden].tolist() == [int((pixels[..., 3] == 0).sum())]
    assert histogram.counts[(histogram.colors == (0, 0, 0, 3)).all(axis=1)].tolist() == [40 * 170]


def test_large_pictures_are_measured_on_evenly_spaced_rows() -> None:
    """A picture of five megapixels that repeats one row pattern measures the same as its part."""
    part = np.tile(np.asarray(sphere().image)[64:65], (64, 20, 1))
    whole = np.tile(part, (32, 1, 1))
    small, large = analyze(source_of(part)), analyze(source_of(whole))
    assert large.smooth_share == pytest.approx(small.smooth_share)
    assert large.flat_share == pytest.approx(small.flat_share)
    assert large.mean_activity == pytest.approx(small.mean_activity)
    assert (large.histogram.colors == small.histogram.colors).all()


def test_the_rows_that_are_looked_at_are_the_first_of_each_step() -> None:
    """Of five megapixels every third row counts, from the first on: the others' colours are in no bin."""
    pixels = noisy(2049, 2500) & np.uint8(127)
    pixels[1::3] |= np.uint8(128)
    pixels[2::3] |= np.uint8(128)
    histogram = analyze(source_of(pixels)).histogram
    assert histogram.counts.sum() == 683 * 2500
    assert histogram.colors[:, :3].max() < 128
    mean = (histogram.colors[:, :3] * histogram.counts[:, None]).sum(axis=0) / histogram.counts.sum()
    assert mean == pytest.approx(pixels[::3].reshape(-1, 3).mean(axis=0), abs=1e-3)


def test_the_variance_of_a_large_picture_is_that_of_evenly_spaced_blocks() -> None:
    """Above the sample's size the blocks of every third strip of eight rows stand for all."""
    pixels = noisy(2050, 2500)
    luma = np.asarray(source_of(pixels).image.convert("L"), np.float64)[:2048, :2496]
    blocks = luma.reshape(256, 8, 312, 8)[::3].transpose(0, 2, 1, 3).reshape(-1, 64)
    assert analyze(source_of(pixels)).spatial_variance == pytest.approx(blocks.var(axis=1).mean())
