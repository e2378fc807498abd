"""Nearest entries anywhere in the space: near the picture's colours within a cell, elsewhere within a block."""

from __future__ import annotations

import numpy as np
import pytest

from autok.color import BOUNDS, GRID
from autok.mapping.grid import SpaceGrid


def drawn(space: str, dimensions: int, count: int, seed: int, share: float = 1.0) -> np.ndarray:
    """Return grid points in the middle of a space, within a share of it."""
    bounds = np.array(BOUNDS[space][:dimensions]) * GRID[space]
    middle, half = bounds.mean(axis=1), (bounds[:, 1] - bounds[:, 0]) / 2 * share
    points = np.random.default_rng(seed).uniform(middle - half, middle + half, (count, dimensions))
    return np.rint(points).astype(np.int32)


def looked_up(grid: SpaceGrid, points: np.ndarray) -> np.ndarray:
    """Return the entries of points, shape (N, D)."""
    columns = np.ascontiguousarray(points.T)
    return grid.look_up(columns, np.empty((2, len(points)), np.int32), np.empty(len(points), np.uint8))


def excess(grid: SpaceGrid, points: np.ndarray, palette: np.ndarray) -> np.ndarray:
    """Return how much farther the entries found are than the nearest."""
    distances = np.sqrt(((points[:, None].astype(np.int64) - palette[None]) ** 2).sum(axis=2))
    return distances[np.arange(len(points)), looked_up(grid, points)] - distances.min(axis=1)


@pytest.mark.parametrize(("space", "dimensions"), [("oklab", 3), ("cielab", 3), ("rgb", 3), ("oklab", 4)])
def test_near_the_pictures_colours_a_cell_is_all_it_is_off(space: str, dimensions: int) -> None:
    """A point in the cell of a colour, or beside it, gets the entry nearest to the middle of its cell."""
    palette, points = drawn(space, dimensions, 40, 1), drawn(space, dimensions, 300, 2, 0.8)
    grid = SpaceGrid.over(palette, points, space)
    cell = np.array([1 << axis.bits for axis in grid.axes])
    random = np.random.default_rng(3)
    moved = points + random.integers(-cell, cell + 1, points.shape)
    assert excess(grid, np.concatenate([points, moved]).astype(np.int32), palette).max() <= np.sqrt((cell**2).sum())


def test_far_from_them_a_block_is_all_it_is_off() -> None:
    """Where no colour of the picture lies the entry is that of a block of eight cells a side."""
    palette, point = drawn("oklab", 3, 40, 1), drawn("oklab", 3, 1, 2, 0.1)
    grid = SpaceGrid.over(palette, point, "oklab")
    block = 8 * np.array([1 << axis.bits for axis in grid.axes]).astype(float)
    assert excess(grid, drawn("oklab", 3, 4000, 4), palette).max() <= np.sqrt((block**2).sum())


@pytest.mark.parametrize("space", ["oklab", "cielab", "rgb"])
def test_the_ends_of_the_space_have_an_entry(space: str) -> None:
    """Least and greatest coordinates lie within the table, each at its own place."""
    palette = drawn(space, 3, 256, 5)
    corners = np.array(np.meshgrid(*(np.array(BOUNDS[space][:3]) * GRID[space]), indexing="ij")).reshape(3, 8).T
    corners = np.where(corners < 0, np.floor(corners), np.ceil(corners)).astype(np.int32)
    grid = SpaceGrid.over(palette, corners, space)
    assert np.array_equal([axis.low for axis in grid.axes], corners.min(axis=0))
    assert np.array_equal([axis.high for axis in grid.axes], corners.max(axis=0))
    cell = np.array([1 << axis.bits for axis in grid.axes]).astype(float)
    assert excess(grid, corners, palette).max() <= np.sqrt((cell**2).sum())


def test_one_entry_is_everywhere() -> None:
    """A palette of one colour leaves nothing to choose."""
    grid = SpaceGrid.over(np.array([[5, 5, 5]], np.int32), np.zeros((1, 3), np.int32), "rgb")
    assert not grid.entries.any()
