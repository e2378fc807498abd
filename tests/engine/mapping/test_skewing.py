"""The lines of the wavefront: every pixel once, and never before those that it depends on."""

from __future__ import annotations

import numpy as np
import pytest

from autok.mapping.skewing import BLOCK_STEPS, Band, Edge, Trail, blocks

SHAPES = [(1, 1), (1, 40), (40, 1), (2, 3), (3, 2), (5, 17), (17, 5), (33, 64), (20, BLOCK_STEPS), (3, BLOCK_STEPS + 1)]


@pytest.fixture(params=[512, 7], ids=["one stripe", "stripes"], autouse=True)
def _stripe_width(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut pictures into stripes, or leave them whole."""
    monkeypatch.setattr("autok.mapping.skewing.STRIPE_WIDTH", request.param)


def laid_out(band: Band, rows: np.ndarray) -> np.ndarray:
    """Return what a band's array holds of the rows of a picture; -1 elsewhere."""
    laid = np.full(band.shape, -1, rows.dtype)
    band.lay_out(rows, laid)
    return laid


def when(height: int, width: int) -> np.ndarray:
    """Return the step in which each pixel is taken, shape (height, width); every pixel has to be taken once."""
    taken = np.full(height * width, -1)
    band = Band.over(height, width)
    places = laid_out(band, np.arange(height * width).reshape(height, width))
    for block in blocks(band):
        shown = block.of(places)
        assert shown.shape == (block.steps, band.stripes, block.rows.stop - block.rows.start)
        for number in range(block.steps):
            own = block.own(number)
            inside = np.zeros(shown.shape[2], bool)
            inside[own.start - block.rows.start : own.stop - block.rows.start] = True
            seen = shown[number][:, inside]
            # The last stripe may be narrower than the others: what lies behind it is no pixel.
            seen = seen[seen >= 0]
            assert (taken[seen] == -1).all()
            assert len(np.unique(seen)) == len(seen)
            taken[seen] = block.first + number
    return taken.reshape(height, width)


def columns_of(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Return each pixel's column within its stripe, and its row."""
    y, x = np.mgrid[0:height, 0:width]
    return x % Band.over(height, width).width, y


def test_stripes_cover_the_picture_and_lie_apart() -> None:
    """Wide bands are cut into stripes of much the same width; rows laid out and collected are what they were."""
    band = Band.over(3, 7 * 512 + 5)
    rows = np.random.default_rng(1).integers(0, 255, (3, 7 * 512 + 5))
    assert band.stripes in (7, 512)
    laid, out = laid_out(band, rows), np.zeros_like(rows)
    assert np.count_nonzero(laid == -1) >= 3 * (band.stripes + 1) * BLOCK_STEPS
    band.collect(laid, out)
    assert np.array_equal(out, rows)


@pytest.mark.parametrize(("height", "width"), SHAPES)
def test_every_pixel_is_taken_once_in_its_line(height: int, width: int) -> None:
    """Pixel (x, y) of a stripe lies in line x + 2 y, whatever the shape, and the blocks show it there."""
    x, y = columns_of(height, width)
    assert np.array_equal(when(height, width), x + 2 * y)


@pytest.mark.parametrize(("height", "width"), SHAPES)
def test_no_pixel_comes_before_what_it_inherits_from(height: int, width: int) -> None:
    """Left, upper left, upper and upper right neighbours within the stripe are all in earlier lines."""
    taken, (columns, _), stripe = when(height, width), columns_of(height, width), Band.over(height, width).width
    for down, across in ((0, -1), (-1, -1), (-1, 0), (-1, 1)):
        for y, x in np.ndindex(height, width):
            if y + down >= 0 and 0 <= columns[y, x] + across < stripe and x + across < width:
                assert taken[y + down, x + across] < taken[y, x]


@pytest.mark.parametrize(("height", "width"), SHAPES)
def test_a_view_reaches_no_pixels_but_those_of_its_lines(height: int, width: int) -> None:
    """What else a block's view shows lies in a gap, so that all of it can be written without a mask."""
    band = Band.over(height, width)
    laid = laid_out(band, np.zeros((height, width), np.int64))
    for block in blocks(band):
        shown = block.of(laid)
        for number in range(block.steps):
            own = block.own(number)
            outside = np.ones(shown.shape[2], bool)
            outside[own.start - block.rows.start : own.stop - block.rows.start] = False
            assert (shown[number][:, outside] == -1).all()


def test_above_the_picture_nothing_is_near() -> None:
    """The first edge has no error, and its colours are farther than any palette reaches, their squares in 32 bits."""
    edge = Edge.start(4, Band(1, 1, 5))
    assert edge.errors.shape == edge.colors.shape == (4, 1, 9)
    assert not edge.errors.any()
    farthest = edge.colors.astype(np.int64).max()
    assert farthest > 10_000
    assert 4 * (farthest + 2000) ** 2 < 2**31


@pytest.mark.parametrize(("height", "width"), SHAPES)
def test_a_trail_shows_each_pixel_its_neighbours(height: int, width: int) -> None:
    """Left and above stand what was chosen there, over blocks and over two bands; outside a stripe nothing is near."""
    band = Band.over(height, width)
    stripe, stripes = band.width, np.arange(band.stripes)[:, None]
    expected = np.arange(2 * height * band.stripes * stripe).reshape(2 * height, -1) % 251 + 1
    above = Edge.start(3, band)
    for top in (0, height):
        chosen = np.zeros(band.shape, np.uint8)
        trail, below = Trail.start(3, band), Edge.start(3, band)
        for block in blocks(band):
            trail.move(block, above)
            for number in range(block.steps):
                own = block.own(number)
                y = np.arange(own.start, own.stop)
                x, row = block.first + number - 2 * y, y + top
                place = stripes * stripe + x
                left = np.where(x > 0, expected[row, place - 1], 0)
                upper = np.where(row > 0, expected[row - 1, place], 0)
                assert np.array_equal(trail.neighbours[number, ..., own], [left, upper])
                far = trail.colors_beside[number, :, 0, :, own] > 10_000
                assert np.array_equal(far, np.broadcast_to(np.array([x == 0, row == 0])[:, None], far.shape))
                colors = np.tile(expected[row, place], (3, 1, 1)).astype(np.int32)
                trail.note(number, own, expected[row, place].astype(np.intp), colors, colors + 5)
            trail.write(block, chosen, below)
        out = np.zeros((height, band.stripes * stripe), np.uint8)
        band.collect(chosen, out)
        assert np.array_equal(out, expected[top : top + height])
        assert np.array_equal(below.entries[:, :stripe].ravel(), expected[top + height - 1])
        assert (below.errors[..., :stripe] == 5).all()
        above = below
