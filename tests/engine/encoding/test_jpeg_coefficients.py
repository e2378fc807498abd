"""The parts of our JPEG: transform, tables, quantization, codes."""

from __future__ import annotations

import io
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from scipy.fft import dctn

from autok.encoding.jpeg_blocks import SCALE, ZIGZAG, split_components
from autok.encoding.jpeg_codes import write_baseline
from autok.encoding.jpeg_quantization import quantize_component
from autok.encoding.jpeg_tables import make_tables, quality_scale
from support.encoded import smooth


def test_the_zigzag_is_the_standards():
    """The scan starts right, goes down-left, ends in the last corner and visits every place once."""
    assert ZIGZAG[:10].tolist() == [0, 1, 8, 16, 9, 2, 3, 10, 17, 24]
    assert ZIGZAG[-3:].tolist() == [55, 62, 63]
    assert sorted(ZIGZAG) == list(range(64))


def test_the_transform_is_the_cosine_transform():
    """Coefficients agree with the orthonormal DCT-II within a tenth of a step, extremes included."""
    random = np.random.default_rng(5)
    samples = np.concatenate([random.integers(0, 256, (8, 40)), random.integers(0, 2, (8, 40)) * 255], axis=1)
    (component,) = split_components(Image.fromarray(samples.astype(np.uint8)), "4:2:0")
    for block in range(10):
        exact = dctn(samples[:, 8 * block : 8 * block + 8] - 128.0, norm="ortho").reshape(64)[ZIGZAG]
        assert np.abs(component.coefficients[:, block] - exact).max() < 0.1


def test_the_transform_is_exact_in_any_order():
    """Blocks give the same bits together and alone: every partial sum is a whole number that float32 holds."""
    samples = np.random.default_rng(6).integers(0, 256, (64, 64)).astype(np.uint8)
    (whole,) = split_components(Image.fromarray(samples), "4:2:0")
    (part,) = split_components(Image.fromarray(np.ascontiguousarray(samples[8:16, 24:32])), "4:2:0")
    assert (whole.coefficients[:, 8 + 3] == part.coefficients[:, 0]).all()
    scaled = whole.coefficients * SCALE
    assert (scaled == np.rint(scaled)).all()


def test_chroma_is_halved_only_where_asked():
    """4:2:0 gives a quarter of the chroma blocks, 4:4:4 all of them."""
    image = smooth(64, 32)
    counts = {s: [c.coefficients.shape[1] for c in split_components(image, s)] for s in ("4:2:0", "4:4:4")}
    assert counts == {"4:2:0": [32, 8, 8], "4:4:4": [32, 32, 32]}


def test_steps_grow_as_quality_falls():
    """No step shrinks when quality falls, and all stay within a byte."""
    pairs = [make_tables(quality) for quality in range(100, 0, -1)]
    for finer, coarser in pairwise(pairs):
        assert all((f <= c).all() and f.min() >= 1 for f, c in zip(finer, coarser, strict=True))
    assert quality_scale(82) == pytest.approx(1, abs=0.02)


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 60))
def test_weighing_only_lowers_magnitudes(seed, spread):
    """A weighed level is the rounded one or nearer to zero, keeps its sign, and leaves the mean alone."""
    random = np.random.default_rng(seed)
    coefficients = (random.laplace(0, spread, (64, 9)) * 8).clip(-1024, 1024).astype(np.float32)
    table = random.integers(1, 60, 64).astype(np.uint8)
    plain = np.rint(coefficients / table[:, None].astype(np.float32)).clip(-1024, 1024)
    weighed = quantize_component(coefficients, table)
    assert (weighed[0] == plain[0]).all()
    assert (np.abs(weighed) <= np.abs(plain)).all()
    assert (weighed * plain >= 0).all()


def test_a_lone_high_frequency_is_dropped_and_a_strong_one_kept():
    """One faint coefficient behind a long run of zeros is not worth its bits; ten steps are."""
    coefficients = np.zeros((64, 2), dtype=np.float32)
    coefficients[50] = [0.6, 10.0]
    weighed = quantize_component(coefficients, np.ones(64, dtype=np.uint8))
    assert weighed[50].tolist() == [0, 10]


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.sampled_from([0.0, 0.02, 0.3, 1.0]))
def test_codes_carry_every_coefficient(seed, width, share):
    """Any levels, runs and signs come back through a decoder as the pixels of those levels."""
    random = np.random.default_rng(seed)
    blocks = -(-width // 8)
    levels = random.integers(-40, 41, (64, blocks)) * (random.random((64, blocks)) < share)
    levels[0] = random.integers(-200, 201, blocks)
    table = np.ones(64, dtype=np.uint8)
    data = write_baseline((width, 8), [levels.astype(np.int16)], [1], [table])
    decoded = np.asarray(Image.open(io.BytesIO(data)), dtype=int)
    square = np.zeros((64, blocks))
    square[ZIGZAG] = levels
    steps = np.arange(8)
    basis = np.cos((2 * steps + 1) * steps[:, None] * np.pi / 16) / 2
    basis[0] = np.sqrt(1 / 8)
    expected = np.concatenate([basis.T @ square[:, b].reshape(8, 8) @ basis for b in range(blocks)], axis=1)
    expected = np.clip(expected[:, :width] + 128, 0, 255)
    assert np.abs(decoded - expected).max() <= 1.5


def test_the_largest_levels_have_codes():
    """The extremes of an 8-bit JPEG, from one end to the other, are written and read."""
    levels = np.zeros((64, 4), dtype=np.int16)
    levels[0] = [1016, -1024, 1016, -1024]
    levels[1:, 0] = 1023
    levels[63, 1] = -1023
    data = write_baseline((32, 8), [levels], [1], [np.ones(64, dtype=np.uint8)])
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        assert image.size == (32, 8)
