"""Which parts of a large picture stand for the whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

ALIGNMENT = 16
"""Tile origins are multiples of this, the largest block of a JPEG, so that a tile is coded as in the whole."""
TILE_SIDE = 128


@dataclass(frozen=True, slots=True)
class Tiles:
    """Equal parts of a picture, in reading order."""

    boxes: tuple[tuple[int, int, int, int], ...]
    """(left, top, right, bottom) in pixels, half-open; tops and lefts are multiples of `ALIGNMENT`."""
    columns: int
    """Tiles in a row of the mosaic."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of each tile in pixels."""
        left, top, right, bottom = self.boxes[0]
        return right - left, bottom - top

    @property
    def mosaic_size(self) -> tuple[int, int]:
        """Width and height of the mosaic in pixels."""
        width, height = self.size
        return width * self.columns, height * -(-len(self.boxes) // self.columns)


def choose_tiles(width: int, height: int, budget_pixels: int) -> Tiles:
    """Choose parts of a picture, spread evenly; the same for the same arguments.

    Parameters
    ----------
    width, height : int
        Size of the picture in pixels.
    budget_pixels : int
        Pixels that the parts may have together; a picture of no more is one part.

    Returns
    -------
    Tiles
        The parts.
    """
    if width * height <= budget_pixels:
        return Tiles(((0, 0, width, height),), 1)
    across, down = min(TILE_SIDE, width), min(TILE_SIDE, height)
    wanted = max(1, budget_pixels // (across * down))
    columns = min(width // across, max(1, round((wanted * width * down / (height * across)) ** 0.5)))
    rows = min(height // down, max(1, wanted // columns))
    columns = min(width // across, max(1, wanted // rows))
    lefts, tops = _origins(width, across, columns), _origins(height, down, rows)
    return Tiles(tuple((x, y, x + across, y + down) for y in tops for x in lefts), columns)


def _origins(length: int, side: int, count: int) -> list[int]:
    """Put tiles into the middle of equal parts of a side."""
    part = length / count
    return [
        min(length - side, int(part * index + (part - side) / 2)) // ALIGNMENT * ALIGNMENT for index in range(count)
    ]


def cut(image: Image.Image, tiles: Tiles) -> NDArray[np.uint8]:
    """Take the tiles out of a picture.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode RGB or RGBA.
    tiles : Tiles
        The parts to take.

    Returns
    -------
    ndarray of shape (T, H, W, C), uint8
        The tiles.
    """
    return np.stack([np.asarray(image.crop(box)) for box in tiles.boxes])


def join(stack: NDArray[np.uint8], tiles: Tiles) -> NDArray[np.uint8]:
    """Lay tiles out as one picture, the mosaic; places that are left over repeat the last tile.

    Parameters
    ----------
    stack : ndarray of shape (T, H, W, ...), uint8
        The tiles.
    tiles : Tiles
        Their layout.

    Returns
    -------
    ndarray of shape (rows * H, columns * W, ...), uint8
        The mosaic.
    """
    missing = -len(stack) % tiles.columns
    full = np.concatenate([stack, *[stack[-1:]] * missing]) if missing else stack
    grid = full.reshape(-1, tiles.columns, *stack.shape[1:]).swapaxes(1, 2)
    return np.ascontiguousarray(grid).reshape(grid.shape[0] * grid.shape[1], -1, *stack.shape[3:])


def split(mosaic: NDArray[np.uint8], tiles: Tiles) -> NDArray[np.uint8]:
    """Take a mosaic apart, the inverse of `join`.

    Parameters
    ----------
    mosaic : ndarray of shape (rows * H, columns * W, ...), uint8
        The mosaic.
    tiles : Tiles
        Its layout.

    Returns
    -------
    ndarray of shape (T, H, W, ...), uint8
        The tiles.
    """
    width, height = tiles.size
    grid = mosaic.reshape(-1, height, tiles.columns, width, *mosaic.shape[2:]).swapaxes(1, 2)
    return np.ascontiguousarray(grid.reshape(-1, height, width, *mosaic.shape[2:])[: len(tiles.boxes)])
