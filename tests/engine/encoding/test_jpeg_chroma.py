"""Whether chroma may be halved: the share of coloured edges, and the thresholds on it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from autok.encoding.jpeg_chroma import ALWAYS, EDGE, OFTEN, choose_chroma, edge_share


def test_chroma_is_kept_where_colours_draw(china):
    """Photos are halved below quality 95; coloured stripes never; a few coloured edges only at high quality."""
    photo = Image.open(io.BytesIO(china)).convert("RGB")
    stripes = np.zeros((64, 64, 3), dtype=np.uint8)
    stripes[:, ::2] = (255, 0, 0)
    few = np.full((120, 120, 3), 90, dtype=np.uint8)
    few[40:60, 40:80] = (250, 10, 10)
    choices = [
        [choose_chroma(image, q).subsampling for q in (60, 93, 95)]
        for image in (photo, *map(Image.fromarray, (stripes, few)))
    ]
    halved, whole = "4:2:0", "4:4:4"
    assert choices == [[halved, halved, whole], [whole, whole, whole], [halved, whole, whole]]
    assert choose_chroma(photo.convert("L"), 99).subsampling == halved


def test_edges_are_found_wherever_bands_lie():
    """A large picture is judged by its bands as it is by all its rows."""
    rows = np.zeros((1600, 400, 3), dtype=np.uint8)
    rows[:, ::40] = (255, 0, 0)
    large, small = Image.fromarray(rows), Image.fromarray(rows[:160])
    assert edge_share(large) == pytest.approx(edge_share(small), rel=0.05)


def test_the_share_is_that_of_a_plain_count():
    """In a picture of one band a pixel counts where its steps to the right and down add up to more than the bound."""
    random = np.random.default_rng(2)
    pixels = np.where(random.random((16, 40, 1)) < 0.3, random.integers(0, 256, (16, 40, 3)), 120).astype(np.uint8)
    image = Image.fromarray(pixels)
    chroma = np.asarray(image.convert("YCbCr"), dtype=int)[..., 1:]
    count = 0
    for row in range(16):
        for column in range(40):
            right = np.abs(chroma[row, column + 1] - chroma[row, column]).max() if column < 39 else 0
            below = np.abs(chroma[row + 1, column] - chroma[row, column]).max() if row < 15 else 0
            count += right + below > EDGE
    assert 0 < count < 640
    assert edge_share(image) == pytest.approx(count / 640)


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1)])
def test_pictures_without_neighbours_draw_nothing(size):
    """One pixel, and one colour in a row or a column, have no edge."""
    assert edge_share(Image.new("RGB", size, (255, 0, 0))) == 0


@pytest.mark.parametrize(
    ("lines", "qualities"),
    [(0, (94.9, 95)), (OFTEN, (87.9, 88)), (ALWAYS, (0, 1))],
)
def test_each_share_has_the_quality_at_which_chroma_is_kept(lines, qualities):
    """From 3 % of coloured edges always, from 0.2 % from quality 88, and else from 95."""
    pixels = np.zeros((1000, 16, 3), dtype=np.uint8)
    image = Image.fromarray(pixels)
    # Single coloured pixels: each makes three edges, its own and those of its left and upper neighbours.
    for at in range(round(lines * 16_000 / 3 * 1.1)):
        image.putpixel((1 + at % 5 * 3, 1 + at // 5 * 3), (255, 0, 0))
    assert edge_share(image) >= lines
    below, above = (choose_chroma(image, quality).subsampling for quality in qualities)
    assert above == "4:4:4"
    assert below == ("4:4:4" if lines == ALWAYS else "4:2:0")


def test_full_chroma_grows_fine_by_equal_shares():
    """At its first quality its steps are five times as coarse, and five qualities later they are its own."""
    plain = Image.new("RGB", (16, 16), (9, 9, 9))
    factors = [choose_chroma(plain, quality).coarseness for quality in (95, 97.5, 100)]
    assert factors == pytest.approx([5, 5**0.5, 1])
    assert choose_chroma(plain, 94).coarseness == 1
