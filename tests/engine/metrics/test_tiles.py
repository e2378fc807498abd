from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from autok.metrics.tiles import ALIGNMENT, TILE_SIDE, Tiles, cover, cut, halve, join, split, take, thin, whole


def test_an_array_is_cut_as_its_picture_is() -> None:
    """Tiles taken out of an array are those cut out of the picture that holds it."""
    pixels = np.random.default_rng(0).integers(0, 256, (300, 420, 3), np.uint8)
    tiles = cover(420, 300)
    assert np.array_equal(take(pixels, tiles), cut(Image.fromarray(pixels), tiles))


def test_half_of_the_tiles_keeps_their_proportions() -> None:
    """Every second tile stays; those that stay stand for the whole, each for as much of the others' as before."""
    boxes = tuple((left, 0, left + 128, 128) for left in range(0, 5 * 128, 128))
    half = halve(Tiles(boxes, (0.1, 0.3, 0.2, 0.3, 0.1)))
    assert half.boxes == boxes[::2]
    assert half.shares == pytest.approx((0.25, 0.5, 0.25))


@pytest.mark.parametrize("size", [(128, 128), (129, 300), (143, 143), (1000, 640), (257, 4001)])
def test_a_cover_leaves_out_no_more_than_an_alignment(size: tuple[int, int]) -> None:
    """Less than 16 pixels at the right and the bottom lie in no tile; no tile is there twice or beyond the picture."""
    tiles = cover(*size)
    assert len(set(tiles.boxes)) == len(tiles.boxes)
    seen = np.zeros(size[::-1], bool)
    for left, top, right, bottom in tiles.boxes:
        assert (left % ALIGNMENT, top % ALIGNMENT) == (0, 0)
        assert (right - left, bottom - top) == (TILE_SIDE, TILE_SIDE)
        assert right <= size[0]
        assert bottom <= size[1]
        seen[top:bottom, left:right] = True
    missed = np.argwhere(~seen)
    assert all(size[1] - y < ALIGNMENT or size[0] - x < ALIGNMENT for y, x in missed)
    assert sum(tiles.shares) == pytest.approx(1.0)


def test_a_picture_is_its_own_only_tile() -> None:
    """Compared whole, it stands for all of itself, and its mosaic has its sides."""
    tiles = whole(300, 77)
    assert (tiles.boxes, tiles.shares, tiles.mosaic_size) == (((0, 0, 300, 77),), (1.0,), (300, 77))


@pytest.mark.parametrize(("count", "kept"), [(1, 1), (3, 3), (7, 7), (99, 8)])
def test_thinned_tiles_are_spread_evenly(count: int, kept: int) -> None:
    """Of eight in a row so many stay as are wanted, each once, of equal shares, round the middle of the row."""
    few = thin(cover(8 * TILE_SIDE, TILE_SIDE), count)
    lefts = [box[0] for box in few.boxes]
    assert len(set(lefts)) == len(lefts) == kept
    assert lefts == sorted(lefts)
    assert set(few.shares) == {1 / kept}
    assert np.mean(lefts) == pytest.approx(3.5 * TILE_SIDE, abs=0.5 * TILE_SIDE)


@pytest.mark.parametrize("count", [1, 5, 16, 17, 40])
@pytest.mark.parametrize("channels", [(), (3,), (4,)])
def test_a_mosaic_comes_apart_as_it_was_joined(count: int, channels: tuple[int, ...]) -> None:
    """Tiles of any number and any channels come back in order; what fills the last row repeats the last tile."""
    boxes = tuple((0, 8 * number, 8, 8 * number + 8) for number in range(count))
    tiles = Tiles(boxes, (1 / count,) * count)
    stack = np.random.default_rng(count).integers(0, 256, (count, 8, 8, *channels), np.uint8)
    mosaic = join(stack, tiles)
    assert mosaic.shape == (*tiles.mosaic_size[::-1], *channels)
    assert np.array_equal(split(mosaic, tiles), stack)
    assert np.array_equal(mosaic[-8:, -8:], stack[-1])


def test_tiles_are_cut_in_the_mode_that_is_asked_for() -> None:
    """Parts of a picture with a palette come as colours, converted part by part."""
    picture = Image.fromarray(np.random.default_rng(2).integers(0, 256, (160, 200, 3), np.uint8)).quantize(32)
    tiles = cover(200, 160)
    assert np.array_equal(cut(picture, tiles, "RGB"), take(np.asarray(picture.convert("RGB")), tiles))
    assert np.array_equal(cut(picture, tiles), take(np.asarray(picture), tiles))
