"""The nearest palette entry, found once for each distinct colour and looked up for each pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autok.color import BOUNDS, GRID, to_space

FEW_COLORS: Final = 8192
"""Distinct colours up to which each is looked up exactly; above, colours are told apart by 7 bits a channel."""

_CHUNK: Final = 1 << 14
_AXIS_CELLS: Final[dict[str, tuple[int, int, int, int]]] = {
    "oklab": (128, 64, 64, 16),
    "cielab": (64, 96, 96, 16),
    "rgb": (64, 64, 64, 16),
}


def coordinates(colors: NDArray[np.uint8] | NDArray[np.float32], space: str) -> NDArray[np.int32]:
    """Return colours as whole steps of the space's grid.

    Parameters
    ----------
    colors : ndarray of shape (N, 3) or (N, 4), uint8 or float32
        sRGB, and alpha where it matters.
    space : {"oklab", "cielab", "rgb"}
        The working space.

    Returns
    -------
    ndarray of the same shape, int32
        Coordinates times `autok.color.GRID`.
    """
    return np.rint(to_space(colors, space) * GRID[space]).astype(np.int32)


def nearest(points: NDArray[np.int32], palette: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Return the nearest entry of each point.

    Parameters
    ----------
    points : ndarray of shape (N, D), int32
        Grid coordinates.
    palette : ndarray of shape (K, D), int32
        Grid coordinates of the entries, K at most 256.

    Returns
    -------
    ndarray of shape (N,), uint8
        The entry at the least distance, the first of equals. All products and sums are whole numbers that
        float32 holds exactly, so every matrix kernel gives the same answer.
    """
    entries = palette.astype(np.float32)
    halves = (entries * entries).sum(axis=1) * np.float32(0.5)
    found = np.empty(len(points), np.uint8)
    for start in range(0, len(points), _CHUNK):
        cost = points[start : start + _CHUNK].astype(np.float32) @ -entries.T
        cost += halves
        found[start : start + _CHUNK] = np.argmin(cost, axis=1)
    return found


@dataclass(frozen=True, slots=True)
class ColorTable:
    """The distinct colours of some pixels, and where each pixel's is found."""

    colors: NDArray[np.float32]
    """(N, C): distinct colours, sRGB and alpha."""
    keys: NDArray[np.int64] | None
    """(N,): sorted exact codes; None where `slots` serves."""
    slots: NDArray[np.int32] | None
    """Positions in `colors` by code of few bits; None where `keys` serves."""

    def positions(self, pixels: NDArray[np.uint8]) -> NDArray[np.int32]:
        """Return the position of each pixel's colour, shape (h, w)."""
        if self.keys is not None:
            return np.searchsorted(self.keys, exact_codes(pixels)).astype(np.int32)
        assert self.slots is not None
        return self.slots[coarse_codes(pixels)]

    @classmethod
    def exact(cls, colors: NDArray[np.uint8]) -> ColorTable:
        """Make a table of known distinct colours, shape (N, C)."""
        codes = exact_codes(colors)
        order = np.argsort(codes, kind="stable")
        return cls(colors[order].astype(np.float32), codes[order], None)

    @classmethod
    def coarse(cls, seen: NDArray[np.bool_], channels: int) -> ColorTable:
        """Make a table of the codes that occur; each stands for the middle of its cell."""
        codes = np.flatnonzero(seen)
        slots = np.zeros(len(seen), np.int32)
        slots[codes] = np.arange(len(codes), dtype=np.int32)
        bits = 7 if channels == 3 else 6
        step = 1 << 8 - bits
        shifts = [bits * place for place in reversed(range(channels))]
        floor = np.stack([codes >> shift & (1 << bits) - 1 for shift in shifts], axis=1) * step
        # The ends of the range are kept: white must stay white, and opaque opaque.
        colors = np.where(floor == 256 - step, 255.0, np.where(floor == 0, 0.0, floor + (step - 1) / 2))
        return cls(colors.astype(np.float32), None, slots)


def exact_codes(pixels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return pixels (..., C) as numbers, eight bits a channel; what is hidden under no alpha is 0."""
    codes = pixels[..., 0].astype(np.int64)
    for channel in range(1, pixels.shape[-1]):
        codes <<= 8
        codes |= pixels[..., channel]
    return codes if pixels.shape[-1] == 3 else np.where(pixels[..., 3] == 0, 0, codes)


def coarse_codes(pixels: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Return pixels (..., C) as numbers, seven bits a channel, six with alpha; hidden pixels are 0."""
    bits = 7 if pixels.shape[-1] == 3 else 6
    codes = (pixels[..., 0] >> (8 - bits)).astype(np.int32)
    for channel in range(1, pixels.shape[-1]):
        codes <<= bits
        codes |= pixels[..., channel] >> (8 - bits)
    return codes if pixels.shape[-1] == 3 else np.where(pixels[..., 3] == 0, np.int32(0), codes)


@dataclass(frozen=True, slots=True)
class SpaceGrid:
    """The working space cut into cells, each with its nearest entry; for colours that diffusion has moved."""

    low: NDArray[np.int32]
    """(D, 1): least coordinate."""
    high: NDArray[np.int32]
    """(D, 1): greatest coordinate."""
    cell: NDArray[np.int32]
    """(D, 1): grid steps in a cell."""
    strides: NDArray[np.int32]
    """(D, 1): of the cells."""
    entries: NDArray[np.uint8]
    """Nearest entry of each cell."""

    @classmethod
    def over(cls, palette: NDArray[np.int32], space: str) -> SpaceGrid:
        """Cut the space and find the entry nearest to the middle of each cell."""
        dimensions = palette.shape[1]
        bounds = np.array(BOUNDS[space][:dimensions]) * GRID[space]
        low, high = np.floor(bounds[:, 0]).astype(np.int32), np.ceil(bounds[:, 1]).astype(np.int32)
        cells = np.array(_AXIS_CELLS[space][:dimensions]) // (2 if dimensions == 4 else 1)
        cell = (-(-(high - low + 1) // cells)).astype(np.int32)
        counts = -(-(high - low + 1) // cell)
        strides = np.array([int(np.prod(counts[axis + 1 :])) for axis in range(dimensions)], np.int32)
        middles = [low[axis] + cell[axis] * np.arange(counts[axis]) + cell[axis] // 2 for axis in range(dimensions)]
        points = np.stack(np.meshgrid(*middles, indexing="ij"), axis=-1).reshape(-1, dimensions).astype(np.int32)
        column = (slice(None), None)
        return cls(low[column], high[column], cell[column], strides[column], nearest(points, palette))

    def look_up(self, points: NDArray[np.int32]) -> NDArray[np.uint8]:
        """Return the nearest entry of points (D, n) within the bounds."""
        cells = (points - self.low) // self.cell
        return np.asarray(self.entries[(cells * self.strides).sum(axis=0)])
