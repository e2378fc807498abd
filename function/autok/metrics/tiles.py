"""Which parts of a large picture stand for the whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from autok.metrics.grounds import pixels_in

ALIGNMENT = 16
"""Tile origins are multiples of this, the largest block of a JPEG, so that a tile is coded as in the whole."""
TILE_SIDE = 128
"""Pixels a side of a tile."""
_COLUMNS = 16


@dataclass(frozen=True, slots=True)
class Tiles:
    """Equal parts of a picture, in reading order."""

    boxes: tuple[tuple[int, int, int, int], ...]
    """(left, top, right, bottom) in pixels, half-open; tops and lefts are multiples of `ALIGNMENT`."""
    shares: tuple[float, ...]
    """What part of the picture each stands for; they sum to 1."""

    @property
    def columns(self) -> int:
        """Tiles in a row of the mosaic."""
        return min(_COLUMNS, len(self.boxes))

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


def cover(width: int, height: int) -> Tiles:
    """Cover a picture with tiles that overlap as little as can be.

    Parameters
    ----------
    width, height : int
        Size of the picture in pixels, each at least `TILE_SIDE`.

    Returns
    -------
    Tiles
        Of equal shares; less than `ALIGNMENT` pixels at the right and the bottom stay uncovered.
    """
    boxes = tuple(
        (left, top, left + TILE_SIDE, top + TILE_SIDE) for top in _origins(height) for left in _origins(width)
    )
    return Tiles(boxes, (1.0 / len(boxes),) * len(boxes))


def whole(width: int, height: int) -> Tiles:
    """Give a picture as its own only tile.

    Parameters
    ----------
    width, height : int
        Size of the picture in pixels.

    Returns
    -------
    Tiles
        One.
    """
    return Tiles(((0, 0, width, height),), (1.0,))


def thin(tiles: Tiles, count: int) -> Tiles:
    """Keep some of the tiles, evenly by their number.

    Parameters
    ----------
    tiles : Tiles
        The tiles to choose from.
    count : int
        How many to keep at most.

    Returns
    -------
    Tiles
        Of equal shares.
    """
    total = len(tiles.boxes)
    kept = min(count, total)
    return Tiles(
        tuple(tiles.boxes[(2 * index + 1) * total // (2 * kept)] for index in range(kept)), (1.0 / kept,) * kept
    )


def halve(tiles: Tiles) -> Tiles:
    """Keep every second tile.

    Parameters
    ----------
    tiles : Tiles
        Those that stand for a picture.

    Returns
    -------
    Tiles
        In their old proportions.
    """
    shares = tiles.shares[::2]
    total = sum(shares)
    return Tiles(tiles.boxes[::2], tuple(share / total for share in shares))


def _origins(length: int) -> list[int]:
    count = -(-length // TILE_SIDE)
    spaced = ((length - TILE_SIDE) * index // max(1, count - 1) // ALIGNMENT * ALIGNMENT for index in range(count))
    # Where a side is hardly longer than a tile, both would begin at its edge.
    return sorted(set(spaced))


def cut(image: Image.Image, tiles: Tiles, mode: str | None = None) -> NDArray[np.uint8]:
    """Take the tiles out of a picture.

    Parameters
    ----------
    image : PIL.Image.Image
        Any mode that Pillow converts to the wanted one.
    tiles : Tiles
        The parts to take.
    mode : str, optional
        RGB or RGBA; the default is the picture's own.

    Returns
    -------
    ndarray of shape (T, H, W, C), uint8
        The tiles.
    """
    return np.stack([pixels_in(image.crop(box), mode or image.mode) for box in tiles.boxes])


def take(pixels: NDArray[np.uint8], tiles: Tiles) -> NDArray[np.uint8]:
    """Take the tiles out of an array.

    Parameters
    ----------
    pixels : ndarray of shape (H, W, ...), uint8
        A picture.
    tiles : Tiles
        The parts to take.

    Returns
    -------
    ndarray of shape (T, h, w, ...), uint8
        The tiles.
    """
    return np.stack([pixels[top:bottom, left:right] for left, top, right, bottom in tiles.boxes])


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
