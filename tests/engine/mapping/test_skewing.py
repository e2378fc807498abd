"""The lines of the wavefront: every pixel once, and never before those that it depends on."""

from __future__ import annotations

import numpy as np
import pytest

from autok.mapping.skewing import BLOCK_STEPS, Edge, Trail, blocks

SHAPES = [(1, 1), (1, 40), (40, 1), (2, 3), (3, 2), (5, 17), (17, 5), (33, 64), (20, BLOCK_STEPS), (3, BLOCK_STEPS + 1)]


def when(height: int, width: int) -> np.ndarray:
    """Return the step in which each pixel is taken, shape (height, width); every pixel has to be taken once."""
    taken = np.full((height, width), -1)
    places = np.arange(height * width, dtype=np.int32).reshape(height, width)
    for block in blocks(height, width):
        shown, held = block.of(places), block.holds()
        assert shown.shape == held.shape == (block.steps, block.rows.stop - block.rows.start)
        for number in range(block.steps):
            own = block.own(number)
            inside = np.zeros(held.shape[1], bool)
            inside[own.start - block.rows.start : own.stop - block.rows.start] = True
            assert np.array_equal(inside, held[number])
            for place in shown[number][held[number]]:
                assert taken.flat[place] == -1
                taken.flat[place] = block.first + number
    return taken


@pytest.mark.parametrize(("height", "width"), SHAPES)
def test_every_pixel_is_taken_once_in_its_line(height: int, width: int) -> None:
    """Pixel (x, y) lies in line x + 2 y, whatever the shape, and the blocks show it there."""
    y, x = np.mgrid[0:height, 0:width]
    assert np.array_equal(when(height, width), x + 2 * y)


@pytest.mark.parametrize(("height", "width"), SHAPES)
def test_no_pixel_comes_before_what_it_inherits_from(height: int, width: int) -> None:
    """Left, upper left, upper and upper right neighbours are all in earlier lines."""
    taken = when(height, width)
    for down, across in ((0, -1), (-1, -1), (-1, 0), (-1, 1)):
        for y, x in np.ndindex(height, width):
            if y + down >= 0 and 0 <= x + across < width:
                assert taken[y + down, x + across] < taken[y, x]


def test_a_view_writes_into_the_band() -> None:
    """What is put in a line's pixels stands in the band, and nothing beside it changes."""
    band = np.zeros((6, 40), np.uint8)
    for block in blocks(6, 40):
        np.copyto(block.of(band), 7, where=block.holds())
    assert (band == 7).all()


def test_above_the_picture_nothing_is_near() -> None:
    """The first edge has no error, and its colours are farther than any palette reaches, their squares in 32 bits."""
    edge = Edge.start(4, 5)
    assert edge.errors.shape == edge.colors.shape == (4, 9)
    assert not edge.errors.any()
    farthest = edge.colors.astype(np.int64).max()
    assert farthest > 10_000
    assert 4 * (farthest + 2000) ** 2 < 2**31


@pytest.mark.parametrize(("height", "width"), SHAPES)
def test_a_trail_shows_each_pixel_its_neighbours(height: int, width: int) -> None:
    """Left and above stand what was chosen there, over blocks and over two bands; outside nothing is near."""
    expected = np.arange(2 * height * width).reshape(2 * height, width) % 251 + 1
    above = Edge.start(3, width)
    for band in (slice(0, height), slice(height, 2 * height)):
        chosen = np.zeros((height, width), np.uint8)
        trail, below = Trail.start(height, 3), Edge.start(3, width)
        for block in blocks(height, width):
            trail.move(block, above)
            for number in range(block.steps):
                own = block.own(number)
                y = np.arange(own.start, own.stop)
                x, row = block.first + number - 2 * y, y + band.start
                left = np.where(x > 0, expected[row, x - 1], 0)
                upper = np.where(row > 0, expected[row - 1, x], 0)
                assert np.array_equal(trail.neighbours[number, :, own], [left, upper])
                far = trail.colors_beside[number, :, 0, own] > 10_000
                assert np.array_equal(far, [x == 0, row == 0])
                colors = np.tile(expected[row, x], (3, 1)).astype(np.int32)
                trail.note(number, own, expected[row, x].astype(np.intp), colors, colors + 5)
            trail.write(block, chosen, below)
        assert np.array_equal(chosen, expected[band])
        assert np.array_equal(below.entries[:width], expected[band][-1])
        assert (below.errors[:, :width] == 5).all()
        above = below
