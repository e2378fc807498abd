"""Nearest entries for colours that diffusion has moved: the working space cut into cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autok.color import BOUNDS, GRID, TRANSLUCENT_BOUNDS
from autok.devices import CPU, Device
from autok.mapping.nearest import nearest_on

_CELL_BITS: Final[dict[str, tuple[int, int, int, int]]] = {
    "oklab": (4, 5, 5, 6),
    "cielab": (4, 5, 5, 6),
    "rgb": (5, 5, 5, 6),
}
"""Grid steps in a cell along each axis, as powers of two, by space."""
_COARSE: Final = 8
"""Cells along each side of the blocks that serve where no colour of the picture is near."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a space, in grid steps, as plain numbers: an operation with arrays of them takes twice the time."""

    low: int
    """Least coordinate."""
    high: int
    """Greatest coordinate."""
    bits: int
    """Grid steps in a cell, as a power of two."""
    stride: int
    """Cells between one and the next along the axis."""


@dataclass(frozen=True, slots=True)
class SpaceGrid:
    """The cells of a space, each with the nearest entry; exact near the picture's colours, roughly so elsewhere."""

    axes: tuple[Axis, ...]
    """D of them."""
    entries: NDArray[np.uint8]
    """(cells,): nearest entry of each cell."""

    @classmethod
    def over(cls, palette: NDArray[np.int32], points: NDArray[np.int32], space: str, device: Device = CPU) -> SpaceGrid:
        """Cut a space.

        Parameters
        ----------
        palette : ndarray of shape (K, D), int32
            Grid coordinates of the entries.
        points : ndarray of shape (N, D), int32
            Grid coordinates of the picture's colours.
        space : {"oklab", "cielab", "rgb"}
            The working space.
        device : Device, optional
            Where the nearest entries are found; the default is the processor.
        """
        axes = range(palette.shape[1])
        widest = TRANSLUCENT_BOUNDS if len(axes) == 4 else BOUNDS
        bounds = np.array(widest[space][: len(axes)]) * GRID[space]
        low, high = np.floor(bounds[:, 0]).astype(np.int32), np.ceil(bounds[:, 1]).astype(np.int32)
        # Four dimensions are cut half as fine, so that the table stays small.
        bits = np.array(_CELL_BITS[space][: len(axes)], np.int32) + int(len(axes) == 4)
        shape = tuple(int(count) for count in (high - low >> bits) + 1)
        strides = np.array([int(np.prod(shape[axis + 1 :])) for axis in axes], np.int32)
        near = _grown(((points - low) >> bits) @ strides.astype(np.int64), shape)
        cells = np.stack(np.unravel_index(near, shape), axis=1).astype(np.int32)
        entries = _coarse_entries(palette, low, bits, shape)
        entries[near] = nearest_on(device, (cells << bits) + (1 << bits >> 1) + low, palette)
        parts = zip(low.tolist(), high.tolist(), bits.tolist(), strides.tolist(), strict=True)
        return cls(tuple(Axis(*part) for part in parts), entries)

    def look_up(
        self, points: NDArray[np.int32], cells: NDArray[np.int32], entries: NDArray[np.uint8]
    ) -> NDArray[np.uint8]:
        """Return the nearest entry of points.

        Parameters
        ----------
        points : ndarray of shape (D, n), int32
            Coordinates; what lies beyond the space, where diffused errors can carry a colour, is moved onto its edge.
        cells : ndarray of shape (2, n), int32
            Room, overwritten.
        entries : ndarray of shape (n,), uint8
            Where the result is written.

        Returns
        -------
        ndarray of shape (n,), uint8
            `entries`.
        """
        place, term = cells
        place[:] = 0
        for row, axis in zip(points, self.axes, strict=True):
            np.maximum(row, axis.low, out=row)
            np.minimum(row, axis.high, out=row)
            np.subtract(row, axis.low, out=term)
            term >>= axis.bits
            term *= axis.stride
            place += term
        return self.entries.take(place, out=entries, mode="clip")


def _grown(cells: NDArray[np.int64], shape: tuple[int, ...]) -> NDArray[np.intp]:
    """Return the cells and all that lie within one cell of them along each axis."""
    near = np.zeros(int(np.prod(shape)), np.bool_)
    near[cells] = True
    near = near.reshape(shape)
    for axis in range(len(shape)):
        inner = near.copy()
        rows, others = np.moveaxis(near, axis, 0), np.moveaxis(inner, axis, 0)
        rows[1:] |= others[:-1]
        rows[:-1] |= others[1:]
    return np.flatnonzero(near)


def _coarse_entries(
    palette: NDArray[np.int32], low: NDArray[np.int32], bits: NDArray[np.int32], shape: tuple[int, ...]
) -> NDArray[np.uint8]:
    """Return for each cell the entry nearest to the middle of its block."""
    middles = [
        low[axis] + (np.arange(0, count, _COARSE) + _COARSE // 2 << bits[axis]) for axis, count in enumerate(shape)
    ]
    points = np.stack(np.meshgrid(*middles, indexing="ij"), axis=-1).reshape(-1, len(shape)).astype(np.int32)
    entries = nearest_on(CPU, points, palette).reshape([len(axis) for axis in middles])
    for axis in range(len(shape)):
        entries = np.repeat(entries, _COARSE, axis=axis)
    return np.ascontiguousarray(entries[tuple(slice(count) for count in shape)]).ravel()
