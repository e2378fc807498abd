"""Decisions that depend on the pixels before them, without a loop over pixels.

A pixel needs its left neighbour and the three above it. On the skewed line t = x + 2 y all pixels with the same t
are independent of each other: one numpy call handles them all, and an image of W x H takes W + 2 H steps. The
image is worked through in bands of rows, so that memory stays bounded; what a band leaves at its lower edge is
handed to the next.

At each pixel the entry is chosen that minimises squared error + lambda x (0 where the entry is that of the left or
the upper neighbour, else 1). Repeated entries are what the PNG encoder's matches live on. The error that the choice
leaves is diffused with the weights of Floyd and Steinberg (1976), in the working space, in whole grid steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from autok.mapping.nearest import SpaceGrid

BAND_ROWS: Final = 768
"""Rows in a band: long vectors at 12 megapixels, and a few tens of megabytes."""

_NONE: Final = -1
_Item = TypeVar("_Item", np.int32, np.uint8)


@dataclass(frozen=True, slots=True)
class Chooser:
    """What the decisions need beside the pixels."""

    points: NDArray[np.int32]
    """(D, N): coordinates of the distinct colours."""
    first: NDArray[np.uint8]
    """(N,): their nearest entries."""
    palette: NDArray[np.int32]
    """(D, K): coordinates of the entries."""
    grid: SpaceGrid | None
    """Nearest entries anywhere in the space; None without diffusion."""
    strength: int
    """Share of the error that is diffused, in 1/256."""
    penalty: int
    """Lambda, in squared grid steps."""


@dataclass(frozen=True, slots=True)
class Edge:
    """What a band hands to the next: the choices and errors of its last row."""

    entries: NDArray[np.int32]
    """(W + 4,): entries of the row above, -1 where there is none."""
    errors: NDArray[np.int32]
    """(D, W + 4): errors of the row above."""

    @classmethod
    def start(cls, dimensions: int, width: int) -> Edge:
        """Return the edge above the first row."""
        return cls(np.full(width + 4, _NONE, np.int32), np.zeros((dimensions, width + 4), np.int32))


@dataclass(frozen=True, slots=True)
class _Front:
    """The last four skewed lines; place 0 of a line is the row above the band."""

    entries: NDArray[np.int32]
    """(4, h + 1)."""
    errors: NDArray[np.int32]
    """(4, D, h + 1)."""

    @classmethod
    def start(cls, rows: int, above: Edge) -> _Front:
        """Return the lines before the first step."""
        front = cls(np.full((4, rows + 1), _NONE, np.int32), np.zeros((4, len(above.errors), rows + 1), np.int32))
        for step in (-2, -1):
            front.enter_above(above, step)
        return front

    def enter_above(self, above: Edge, step: int) -> None:
        """Put the pixel of the row above that belongs to a step into its line."""
        column = min(step + 2, len(above.entries) - 1)
        self.entries[step % 4, 0] = above.entries[column]
        self.errors[step % 4, :, 0] = above.errors[:, column]

    def forget(self, step: int, top: int) -> None:
        """Clear what rows that have ended left in the line of a step."""
        ended = slice(max(1, top - 3), top + 1)
        self.entries[step % 4, ended] = _NONE
        self.errors[step % 4, :, ended] = 0


def choose_band(positions: NDArray[np.int32], chooser: Chooser, above: Edge) -> tuple[NDArray[np.uint8], Edge]:
    """Choose the entries of one band of rows.

    Parameters
    ----------
    positions : ndarray of shape (h, W), int32
        Positions of the pixels' colours in `chooser.points`.
    chooser : Chooser
        The palette and the weights.
    above : Edge
        What the band above left.

    Returns
    -------
    entries : ndarray of shape (h, W), uint8
    edge : Edge
        For the band below.
    """
    rows, width = positions.shape
    steps = width + 2 * (rows - 1)
    skewed = np.zeros((steps, rows), np.int32)
    _unskewed(skewed, width)[...] = positions
    chosen = np.zeros((steps, rows), np.uint8)
    front, below = _Front.start(rows, above), Edge.start(len(chooser.points), width)
    for step in range(steps):
        top, bottom = max(0, (step - width) // 2 + 1), min(rows, step // 2 + 1)
        front.enter_above(above, step)
        front.forget(step, top)
        _choose_line(skewed[step, top:bottom], chooser, front, step, slice(top, bottom))
        chosen[step] = front.entries[step % 4, 1:]
        if bottom == rows:
            column = step - 2 * (rows - 1)
            below.entries[column], below.errors[:, column] = (
                front.entries[step % 4, rows],
                front.errors[step % 4, :, rows],
            )
    return np.ascontiguousarray(_unskewed(chosen, width)), below


def _choose_line(positions: NDArray[np.int32], chooser: Chooser, front: _Front, step: int, above: slice) -> None:
    """Choose the entries of one skewed line and note them with their errors."""
    own = slice(above.start + 1, above.stop + 1)
    now, one, two, three = (step % 4, (step - 1) % 4, (step - 2) % 4, (step - 3) % 4)
    wanted = chooser.points.take(positions, axis=1)
    if chooser.grid is None:
        best = chooser.first.take(positions).astype(np.int32)
    else:
        errors = front.errors
        moved = errors[one, :, own] * 7
        moved += errors[two, :, above] * 5
        moved += errors[one, :, above] * 3
        moved += errors[three, :, above]
        moved *= chooser.strength
        moved >>= 12
        wanted += moved
        np.clip(wanted, chooser.grid.low, chooser.grid.high, out=wanted)
        best = chooser.grid.look_up(wanted).astype(np.int32)
    error = wanted - chooser.palette.take(best, axis=1)
    if chooser.penalty:
        cost = (error * error).sum(axis=0) + chooser.penalty
        for neighbour in (front.entries[two, above], front.entries[one, own]):
            other = wanted - chooser.palette.take(neighbour, axis=1)
            spent = (other * other).sum(axis=0)
            better = (spent < cost) & (neighbour >= 0)
            best = np.where(better, neighbour, best)
            cost = np.where(better, spent, cost)
            error = np.where(better, other, error)
    front.entries[now, own] = best
    front.errors[now, :, own] = error


def _unskewed(lines: NDArray[_Item], width: int) -> NDArray[_Item]:
    """View skewed lines (T, h) as rows (h, W): pixel (x, y) lies in line x + 2 y."""
    step, item = lines.strides
    return as_strided(lines, (lines.shape[1], width), (2 * step + item, step))
