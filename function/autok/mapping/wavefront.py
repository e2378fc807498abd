"""Decisions that depend on the pixels before them, without a loop over pixels.

A pixel needs its left neighbour and the three above it. On the skewed line t = x + 2 y all pixels with the same t
are independent of each other: one numpy call handles them all. The image is worked through in bands of rows, so that
memory stays bounded; what a band leaves at its lower edge is handed to the next. A wide band is cut into stripes, which
take their steps together and hand nothing to each other: a band of h rows takes w + 2 h steps, w being the width of a
stripe, and a call has the more pixels to share its overhead. What needs no neighbour is computed for a block of lines
at once.

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
from autok.mapping.skewing import Band, Edge, Trail, blocks

START_RATE: Final = 0.6
"""Cost of the first pixel of a match, in literals."""
ACTIVITY_BITS: Final = 8
"""Of what is known of a pixel, below the position of its colour."""
_RANKS: Final = np.array([256, 512], np.int32)[:, None, None]
_KEY_BITS: Final = 10
"""Of an entry and its rank, below the cost in a key."""
_COST_BITS: Final = 31 - _KEY_BITS
_MOST_COST: Final = (1 << _COST_BITS) - 1
"""Above it costs are alike."""


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

    @property
    def spare_bits(self) -> int:
        """How many of the lowest bits costs are compared without, so that the greatest penalty counts in full."""
        if self.penalties is None:
            return 0
        return max(0, int(self.penalties.max() + self.literals.max()).bit_length() - _COST_BITS)


def choose_band(
    pixels: NDArray[np.uint32], band: Band, chooser: Chooser, above: Edge
) -> tuple[NDArray[np.uint8], Edge]:
    """Choose the entries of one band.

    Parameters
    ----------
    pixels : ndarray of the band's shape, uint32
        Positions of the pixels' colours in `chooser.points`, above `ACTIVITY_BITS` of local luma deviation in half
        steps; C-contiguous.
    band : Band
        How the pixels are laid out.
    chooser : Chooser
        The palette and the weights.
    above : Edge
        What the band above left.

    Returns
    -------
    entries : ndarray of the band's shape, uint8
    edge : Edge
        For the band below.
    """
    chosen, dimensions = np.zeros(band.shape, np.uint8), len(chooser.points)
    trail, below = Trail.start(dimensions, band), Edge.start(dimensions, band)
    line = _Line(chooser, trail, band)
    for block in blocks(band):
        trail.move(block, above)
        line.prepare(block.of(pixels))
        for number in range(block.steps):
            line.choose(number, block.own(number), block.rows.start)
        trail.write(block, chosen, below)
    return chosen, below


class _Room:
    """Room for what is computed of some rows of all stripes on the way: contiguous, so that a call is one loop."""

    def __init__(self, pool: NDArray[np.int64], axes: int, stripes: int, rows: int) -> None:
        count = stripes * rows
        self.best, pool = pool[:count].view(np.intp), pool[count:]
        self.found, pool = pool[:count].view(np.uint8)[:count], pool[count:]
        sizes = np.array([axes, axes, axes, 2 * axes, 2, 2, 1, 1, 1]) * count
        parts = np.split(pool.view(np.int32)[: sizes.sum()], np.cumsum(sizes)[:-1])
        self.wanted, self.term, self.color_by_row = (part.reshape(axes, stripes, rows) for part in parts[:3])
        self.apart, self.spent = parts[3].reshape(2, axes, stripes, rows), parts[4].reshape(2, stripes, rows)
        self.cells = parts[5].reshape(2, count)
        self.cost, self.literal, self.key = (part.reshape(stripes, rows) for part in parts[6:])
        # The same, seen by pixel or by stripe and row.
        self.flat_wanted, self.color = self.wanted.reshape(axes, count), self.color_by_row.reshape(axes, count)
        self.best_by_row = self.best.reshape(stripes, rows)

    @staticmethod
    def pool(axes: int, band: Band) -> NDArray[np.int64]:
        """Return memory for the longest lines of a band; shorter ones use its beginning."""
        rows = min(band.height, -(-band.width // 2))
        return np.empty((2 + (5 * axes + 8) // 2) * band.stripes * rows, np.int64)


class _Line:
    """The decisions along the skewed lines of a block."""

    def __init__(self, chooser: Chooser, trail: Trail, band: Band) -> None:
        self._chooser, self._trail, self._spare_bits = chooser, trail, chooser.spare_bits
        self._pool, self._rooms = _Room.pool(len(chooser.points), band), dict[int, _Room]()
        # Whether each row's latest entry differs from that of its left, and of its upper neighbour.
        self._fresh = np.ones((2, band.stripes, band.height), np.int32)

    def prepare(self, pixels: NDArray[np.uint32]) -> None:
        """Look up what the lines of a block need of each pixel alone."""
        chooser = self._chooser
        # A copy along the lines: what looks up reads it several times.
        words = np.array(pixels, order="C")
        places = (words >> ACTIVITY_BITS).astype(np.intp)
        self._wanted = chooser.points.take(places, axis=1, mode="clip")
        if chooser.grid is None:
            self._nearest = chooser.first.take(places, mode="clip")
        if chooser.penalties is not None:
            words &= (1 << ACTIVITY_BITS) - 1
            self._penalty = chooser.penalties.take(words, mode="clip")
            self._start = (self._penalty * round(START_RATE * 256)) >> 8

    def choose(self, number: int, own: slice, first: int) -> None:
        """Choose the entries of the rows `own` of a line; `first` is the first row of the block."""
        chooser, count = self._chooser, own.stop - own.start
        place = slice(own.start - first, own.stop - first)
        if count not in self._rooms:
            self._rooms[count] = _Room(self._pool, len(chooser.points), self._fresh.shape[1], count)
        room = self._rooms[count]
        if chooser.grid is None:
            room.wanted[:] = self._wanted[:, number, :, place]
            room.best_by_row[:] = self._nearest[number, :, place]
        else:
            self._inherit(number, own, room)
            room.wanted += self._wanted[:, number, :, place]
            room.best[:] = chooser.grid.look_up(room.flat_wanted, room.cells, room.found)
        chooser.palette.take(room.best, axis=1, mode="clip", out=room.color)
        if chooser.penalties is not None:
            self._weigh(room, self._penalty[number, :, place])
            self._repeat(number, own, room, self._start[number, :, place])
            chooser.palette.take(room.best, axis=1, mode="clip", out=room.color)
        self._trail.note(number, own, room.best_by_row, room.color_by_row, room.wanted)

    def _inherit(self, number: int, own: slice, room: _Room) -> None:
        """Set what is wanted to the share of the neighbours' errors that falls to each pixel of a line."""
        moved, term = room.wanted, room.term
        left, upper = slice(own.start + 1, own.stop + 1), own
        one, two, three = (self._trail.errors[number + back] for back in (2, 1, 0))
        np.multiply(one[..., left], 7, out=moved)
        np.multiply(two[..., upper], 5, out=term)
        moved += term
        np.multiply(one[..., upper], 3, out=term)
        moved += term
        moved += three[..., upper]
        moved *= self._chooser.strength
        # Sixteenths of Floyd and Steinberg's weights and 1/256 of the strength, in one shift.
        moved >>= 12

    def _weigh(self, room: _Room, penalty: NDArray[np.int32]) -> None:
        """Set the cost of the nearest entries: none where they meet the pixel exactly."""
        apart = np.subtract(room.wanted, room.color_by_row, out=room.term)
        _add_squares(apart, room.cost)
        self._chooser.literals.take(room.best_by_row, out=room.literal, mode="clip")
        room.literal += penalty
        # No rate where there is no error: flat grounds and crisp lines keep their exact entry.
        room.literal *= np.minimum(room.cost, 1, out=room.key)
        room.cost += room.literal

    def _repeat(self, number: int, own: slice, room: _Room, start: NDArray[np.int32]) -> None:
        """Put the entry of the left or the upper neighbour where it costs less.

        The least of the keys cost, rank, entry tells all three at once; among equal costs the nearest entry is first.
        """
        keys, key, fresh = room.spent, room.key, self._fresh[..., own]
        entries = self._trail.neighbours[number, ..., own]
        apart = np.subtract(room.wanted, self._trail.colors_beside[number, ..., own], out=room.apart)
        _add_squares(apart.swapaxes(0, 1), keys)
        np.multiply(fresh, start, out=fresh)
        keys += fresh
        if self._spare_bits:
            keys >>= self._spare_bits
            room.cost >>= self._spare_bits
        np.minimum(keys, _MOST_COST, out=keys)
        keys <<= _KEY_BITS
        keys += entries
        keys += _RANKS
        np.minimum(room.cost, _MOST_COST, out=key)
        key <<= _KEY_BITS
        key += room.best_by_row
        for other in keys:
            np.minimum(key, other, out=key)
        # The lowest eight bits of a key are the entry, those above them its rank.
        key &= 255
        room.best_by_row[:] = key
        np.bitwise_xor(key, entries, out=fresh)
        np.minimum(fresh, 1, out=fresh)


def _add_squares(apart: NDArray[np.int32], total: NDArray[np.int32]) -> None:
    """Sum squares along the first axis; what is squared is overwritten."""
    np.multiply(apart, apart, out=apart)
    np.add(apart[0], apart[1], out=total)
    for axis in apart[2:]:
        total += axis
