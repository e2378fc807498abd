"""Decisions that depend on the pixels before them, without a loop over pixels.

A pixel needs its left neighbour and the three above it. On the skewed line t = x + 2 y all pixels with the same t
are independent of each other: one numpy call handles them all, and an image of W x H takes W + 2 H steps. The
image is worked through in bands of rows, so that memory stays bounded; what a band leaves at its lower edge is
handed to the next. What needs no neighbour is computed for a block of lines at once.

Theory
------
At each pixel that entry is chosen which costs least, squared error + lambda x rate, among three: the nearest entry,
the entry of the left neighbour, and that of the upper one. The rate stands for what the PNG encoder will write:

- a neighbour's entry continues a match (a run, or a copy of the row above) that the previous pixel was part of:
  0; it has to start one: `START_RATE`;
- the nearest entry is a literal: 1, and more or less than 1 where it is rare or common (Huffman's code lengths).

A pixel that its nearest entry meets exactly keeps it, so that flat grounds and crisp lines stay what they are.

Lambda grows with the activity around the pixel, since errors in busy texture are seen less (contrast masking). The
error that the choice leaves is diffused with the weights of Floyd and Steinberg, "An adaptive algorithm for
spatial greyscale" (1976), in the working space. All of it is whole numbers: the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autok.mapping.grid import SpaceGrid
from autok.mapping.skewing import Edge, Trail, blocks

START_RATE: Final = 0.6
"""Cost of the first pixel of a match, in literals."""
_RANKS: Final = np.array([[256], [512]])
_KEY_BITS: Final = 10
"""Of an entry and its rank, below the cost in a key."""


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
    penalties: NDArray[np.int32] | None
    """(256,): lambda by activity in half steps, in squared grid steps; None where the rate does not count."""
    literals: NDArray[np.int32]
    """(K,): what an entry's code length adds to the penalty, in squared grid steps."""


def choose_band(
    positions: NDArray[np.int32], activity: NDArray[np.uint8], chooser: Chooser, above: Edge
) -> tuple[NDArray[np.uint8], Edge]:
    """Choose the entries of one band of h rows.

    Parameters
    ----------
    positions : ndarray of shape (h, W), int32
        Positions of the pixels' colours in `chooser.points`, C-contiguous.
    activity : ndarray of the same shape, uint8
        Local luma deviation in half steps, C-contiguous.
    chooser : Chooser
        The palette and the weights.
    above : Edge
        What the band above left.

    Returns
    -------
    entries : ndarray of the same shape, uint8
    edge : Edge
        For the band below.
    """
    rows, width = positions.shape
    chosen = np.zeros(positions.shape, np.uint8)
    trail, below = Trail.start(rows, len(chooser.points)), Edge.start(len(chooser.points), width)
    line = _Line(chooser, trail)
    for block in blocks(rows, width):
        trail.move(block, above)
        line.prepare(block.of(positions), block.of(activity))
        for number in range(block.steps):
            line.choose(number, block.own(number), block.rows.start)
        trail.write(block, chosen, below)
    return chosen, below


class _Line:
    """The decisions along the skewed lines of a block, with room for what is computed on the way."""

    def __init__(self, chooser: Chooser, trail: Trail) -> None:
        self._chooser, self._trail = chooser, trail
        axes, rows = len(chooser.points), trail.errors.shape[2] - 1
        self._moved, self._term = (np.empty((axes, rows), np.int32) for _ in range(2))
        self._cost, self._literal = (np.empty(rows, np.int32) for _ in range(2))
        self._best, self._found = np.empty(rows, np.intp), np.empty(rows, np.uint8)
        self._apart, self._spent = np.empty((2, axes, rows), np.int32), np.empty((2, rows), np.int32)
        self._better = np.empty(rows, np.bool_)
        self._keys, self._key = np.empty((2, rows), np.int64), np.empty(rows, np.int64)
        # Whether each row's latest entry differs from that of its left, and of its upper neighbour.
        self._fresh = np.ones((2, rows), np.int32)

    def prepare(self, positions: NDArray[np.int32], activity: NDArray[np.uint8]) -> None:
        """Look up what the lines of a block need of each pixel alone."""
        chooser, places = self._chooser, positions.astype(np.intp)
        self._wanted = chooser.points.take(places, axis=1)
        if chooser.grid is None:
            self._nearest = chooser.first.take(places)
        if chooser.penalties is not None:
            self._penalty = chooser.penalties.take(activity)
            self._start = (self._penalty * round(START_RATE * 256)) >> 8

    def choose(self, number: int, own: slice, first: int) -> None:
        """Choose the entries of the rows `own` of a line; `first` is the first row of the block."""
        chooser, trail = self._chooser, self._trail
        place = slice(own.start - first, own.stop - first)
        wanted, best = self._wanted[:, number, place], self._best[: own.stop - own.start]
        if chooser.grid is None:
            best[:] = self._nearest[number, place]
        else:
            wanted += self._inherited(number, own)
            # Diffused errors can carry a colour out of the grid, where the look-up has no entry.
            np.maximum(wanted, chooser.grid.low, out=wanted)
            np.minimum(wanted, chooser.grid.high, out=wanted)
            best[:] = chooser.grid.look_up(wanted, self._term[:, : len(best)], self._found[: len(best)])
        color = chooser.palette.take(best, axis=1, mode="clip")
        if chooser.penalties is not None:
            self._weigh(best, wanted, color, self._penalty[number, place])
            self._repeat(number, own, best, wanted, self._start[number, place])
            color = chooser.palette.take(best, axis=1, mode="clip")
        trail.note(number, own, best, color, wanted)

    def _inherited(self, number: int, own: slice) -> NDArray[np.int32]:
        """Return the share of the neighbours' errors that falls to each pixel of a line, shape (D, n)."""
        count = own.stop - own.start
        moved, term = self._moved[:, :count], self._term[:, :count]
        left, upper = slice(own.start + 1, own.stop + 1), own
        one, two, three = (self._trail.errors[number + back] for back in (2, 1, 0))
        np.multiply(one[:, left], 7, out=moved)
        np.multiply(two[:, upper], 5, out=term)
        moved += term
        np.multiply(one[:, upper], 3, out=term)
        moved += term
        moved += three[:, upper]
        moved *= self._chooser.strength
        # Sixteenths of Floyd and Steinberg's weights and 1/256 of the strength, in one shift.
        moved >>= 12
        return moved

    def _weigh(
        self, best: NDArray[np.intp], wanted: NDArray[np.int32], color: NDArray[np.int32], penalty: NDArray[np.int32]
    ) -> None:
        """Set the cost of the nearest entries: none where they meet the pixel exactly."""
        cost, literal = self._cost[: len(best)], self._literal[: len(best)]
        apart = np.subtract(wanted, color, out=self._term[:, : len(best)])
        _add_squares(apart, cost)
        self._chooser.literals.take(best, out=literal, mode="clip")
        literal += penalty
        # No rate where there is no error: flat grounds and crisp lines keep their exact entry.
        literal *= np.greater(cost, 0, out=self._better[: len(best)])
        cost += literal

    def _repeat(
        self, number: int, own: slice, best: NDArray[np.intp], wanted: NDArray[np.int32], start: NDArray[np.int32]
    ) -> None:
        """Put the entry of the left or the upper neighbour where it costs less.

        The least of the keys cost, rank, entry tells all three at once; among equal costs the nearest entry is first.
        """
        keys, key = self._keys[:, : len(best)], self._key[: len(best)]
        spent, fresh = self._spent[:, : len(best)], self._fresh[:, own]
        entries = self._trail.neighbours[number, :, own]
        apart = np.subtract(wanted, self._trail.colors_beside[number, :, :, own], out=self._apart[:, :, : len(best)])
        _add_squares(apart.swapaxes(0, 1), spent)
        np.multiply(fresh, start, out=fresh)
        spent += fresh
        np.left_shift(spent, _KEY_BITS, out=keys, dtype=np.int64)
        keys += entries
        keys += _RANKS
        np.left_shift(self._cost[: len(best)], _KEY_BITS, out=key, dtype=np.int64)
        key += best
        for other in keys:
            np.minimum(key, other, out=key)
        # The lowest eight bits of a key are the entry, those above them its rank.
        np.bitwise_and(key, 255, out=best)
        np.not_equal(best, entries, out=fresh)


def _add_squares(apart: NDArray[np.int32], total: NDArray[np.int32]) -> None:
    """Sum squares along the first axis; what is squared is overwritten."""
    np.multiply(apart, apart, out=apart)
    np.add(apart[0], apart[1], out=total)
    for axis in apart[2:]:
        total += axis
