"""The parts of our JPEG: transform, tables, quantization, codes."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from scipy.fft import dctn

from autok.encoding.jpeg_blocks import SCALE, ZIGZAG, split_components
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


def test_grey_levels_are_the_standards():
    """A level block is its mean alone, eight steps of it for one of brightness, black at -1024 (A.3)."""
    for level in (0, 1, 128, 255):
        (component,) = split_components(Image.new("L", (8, 8), level), "4:4:4")
        assert component.coefficients[0, 0] == pytest.approx(8 * (level - 128), abs=0.01)
        assert np.abs(component.coefficients[1:]).max() < 0.01


@pytest.mark.parametrize(("width", "height"), [(1, 1), (9, 8), (8, 9), (17, 15)])
def test_blocks_that_reach_beyond_the_picture_repeat_its_edge(width, height):
    """A picture of any size gives the coefficients of itself with its last row and column repeated (A.2.4)."""
    samples = np.random.default_rng(7).integers(0, 256, (height, width)).astype(np.uint8)
    whole = np.pad(samples, ((0, -height % 8), (0, -width % 8)), mode="edge")
    (own,), (filled,) = (split_components(Image.fromarray(each), "4:2:0") for each in (samples, whole))
    assert np.array_equal(own.coefficients, filled.coefficients)
    assert own.coefficients.shape == (64, whole.size // 64)


def test_blocks_go_row_by_row():
    """The second block is the one to the right of the first."""
    samples = np.repeat(np.repeat(np.array([[10, 50, 90], [130, 170, 210]], dtype=np.uint8), 8, axis=0), 8, axis=1)
    (component,) = split_components(Image.fromarray(samples), "4:2:0")
    assert np.rint(component.coefficients[0] / 8 + 128).tolist() == [10, 50, 90, 130, 170, 210]


def test_colours_are_parted_as_jfif_says():
    """Luma and both differences of a pure colour are those of ITU-T T.871, within the rounding to whole samples."""
    red, green, blue = 200, 60, 30
    expected = (
        0.299 * red + 0.587 * green + 0.114 * blue,
        128 - 0.168736 * red - 0.331264 * green + 0.5 * blue,
        128 + 0.5 * red - 0.418688 * green - 0.081312 * blue,
    )
    parts = split_components(Image.new("RGB", (16, 16), (red, green, blue)), "4:2:0")
    assert [part.coefficients[0, 0] / 8 + 128 for part in parts] == pytest.approx(expected, abs=0.6)
    assert [(part.sampling, part.chroma) for part in parts] == [(2, False), (1, True), (1, True)]
