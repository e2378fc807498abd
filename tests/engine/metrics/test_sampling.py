"""Which tiles stand for a picture: as many as fit, where errors are, with shares that add up."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from autok.metrics.sampling import choose_tiles
from autok.metrics.tiles import TILE_SIDE, cover
from support.drawings import noisy


def busy_corner(columns: int, rows: int) -> Image.Image:
    """Return a grey picture of whole tiles, of which the first four have more colours than a pilot can hold."""
    pixels = np.full((rows * TILE_SIDE, columns * TILE_SIDE, 3), 128, np.uint8)
    side = 2 * TILE_SIDE
    pixels[:side, :side] = np.kron(noisy(side // 8, side // 8), np.ones((8, 8, 1), np.uint8))
    return Image.fromarray(pixels)


@pytest.mark.parametrize(("width", "height", "budget"), [(100, 80, 8000), (TILE_SIDE - 1, 4000, 10_000), (1, 1, 1)])
def test_small_and_narrow_pictures_are_one_tile(width: int, height: int, budget: int) -> None:
    """Within the budget, or narrower than a tile, nothing is left out."""
    tiles = choose_tiles(Image.new("RGB", (width, height)), budget)
    assert (tiles.boxes, tiles.shares) == (((0, 0, width, height),), (1.0,))


def test_as_many_tiles_as_there_are_cover_the_picture() -> None:
    """A budget for all of them takes them all with their even shares."""
    image = busy_corner(3, 2)
    tiles = choose_tiles(Image.fromarray(np.asarray(image)[:-1]), 6 * TILE_SIDE**2 - 400)
    assert sum(tiles.shares) == pytest.approx(1)
    full = choose_tiles(image.resize((3 * TILE_SIDE + 9, 2 * TILE_SIDE + 9)), 100 * TILE_SIDE**2)
    assert len(full.boxes) == 1


@pytest.mark.parametrize("budget_tiles", [1, 4, 9])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_sample_keeps_its_budget_and_its_sum(budget_tiles: int, mode: str) -> None:
    """No more tiles than asked, each of the picture's and once, shares above zero that add up to one."""
    image = busy_corner(6, 5).convert(mode)
    tiles = choose_tiles(image, budget_tiles * TILE_SIDE**2)
    assert 1 <= len(tiles.boxes) <= budget_tiles
    assert set(tiles.boxes) <= set(cover(*image.size).boxes)
    assert len(set(tiles.boxes)) == len(tiles.boxes)
    assert sum(tiles.shares) == pytest.approx(1)
    assert min(tiles.shares) > 0
    assert tiles == choose_tiles(image, budget_tiles * TILE_SIDE**2)


def test_the_busy_part_is_taken_and_stands_for_itself_alone() -> None:
    """Where the errors are nearly all tiles are drawn, and the few quiet ones stand for the rest with larger shares."""
    tiles = choose_tiles(busy_corner(6, 5), 6 * TILE_SIDE**2)
    shares = dict(zip(tiles.boxes, tiles.shares, strict=True))
    busy = [box for box in cover(6 * TILE_SIDE, 5 * TILE_SIDE).boxes if max(box) <= 2 * TILE_SIDE]
    assert len(busy) == 4
    quiet = [share for box, share in shares.items() if box not in busy]
    taken = [shares[box] for box in busy if box in shares]
    assert len(taken) >= 3
    assert max(taken) < min(quiet) / 5


def test_a_picture_without_errors_is_sampled_evenly() -> None:
    """Where nothing can be told apart every tile stands for as much."""
    tiles = choose_tiles(Image.new("RGB", (6 * TILE_SIDE, 5 * TILE_SIDE), (9, 9, 9)), 6 * TILE_SIDE**2)
    assert len(tiles.boxes) == 6
    assert tiles.shares == pytest.approx([1 / 6] * 6)
    assert len({box[1] for box in tiles.boxes}) >= 4
