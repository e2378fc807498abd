"""The bookkeeping of the wavefront: skewed lines, taken in blocks, and what they left of themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

BLOCK_STEPS: Final = 16
"""Lines in a block: many enough that a call's overhead is shared, few enough that their pixels stay in the cache."""
STRIPE_WIDTH: Final = 512
"""Least width of the stripes into which a band is cut that is wide enough for two of them."""
_REACH: Final = 3
"""Lines back to the farthest neighbour."""
_OUTSIDE: Final = 20_000
"""Coordinate of the colour outside the picture: so far away that it is never chosen, and its square fits int32."""
_Item = TypeVar("_Item", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Band:
    """How some rows of a picture are laid out: in stripes side by side, a gap before, between and behind them.

    The lines of a block reach beyond the pixels at the ends of their rows, by less than a gap.
    """

    height: int
    stripes: int
    width: int
    """Of a stripe."""

    @classmethod
    def over(cls, height: int, width: int) -> Band:
        """Cut rows of a picture into stripes of much the same width, which together have at least the picture's."""
        stripes = max(1, width // STRIPE_WIDTH)
        return cls(height, stripes, -(-width // stripes))

    @property
    def shape(self) -> tuple[int, int]:
        """Of an array that holds something of each pixel."""
        return self.height, self.stripes * (self.width + BLOCK_STEPS) + BLOCK_STEPS

    def lay_out(self, rows: NDArray[_Item], out: NDArray[_Item]) -> None:
        """Lay rows of a picture (n, W) out in `out`, the rows of an array of `shape` that they belong to."""
        for here, there in self._columns(rows.shape[1]):
            out[:, there] = rows[:, here]

    def collect(self, laid: NDArray[_Item], out: NDArray[_Item]) -> None:
        """Write what is laid out in an array of `shape` into the rows of a picture (n, W)."""
        for here, there in self._columns(out.shape[1]):
            out[:, here] = laid[:, there]

    def _columns(self, width: int) -> Iterator[tuple[slice, slice]]:
        """Give each stripe's columns in a picture of some width, and in an array of `shape`."""
        for first in range(0, width, self.width):
            last, moved = min(width, first + self.width), (first // self.width + 1) * BLOCK_STEPS
            yield slice(first, last), slice(first + moved, last + moved)


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines that follow each other, in all stripes at once, and the rows that have pixels in them."""

    first: int
    """The first step."""
    steps: int
    band: Band

    @property
    def rows(self) -> slice:
        """The rows with a pixel in any of the lines."""
        return slice(self.own(0).start, self.own(self.steps - 1).stop)

    def own(self, number: int) -> slice:
        """Return the rows that have a pixel in a line of the block."""
        step = self.first + number
        return slice(max(0, (step - self.band.width) // 2 + 1), min(self.band.height, step // 2 + 1))

    def of(self, laid: NDArray[_Item]) -> NDArray[_Item]:
        """View a C-contiguous array of the band's shape along the lines, shape (steps, S, rows).

        What is no pixel of a line lies in a gap.
        """
        item, band, rows = laid.itemsize, self.band, self.rows
        # Pixel (x, y) of a stripe lies in line x + 2 y.
        strides = (item, (band.width + BLOCK_STEPS) * item, laid.strides[0] - 2 * item)
        corner = laid[rows.start :, BLOCK_STEPS + self.first - 2 * rows.start :]
        return as_strided(corner, (self.steps, band.stripes, rows.stop - rows.start), strides)


def blocks(band: Band) -> Iterator[Block]:
    """Give the blocks of a band, in the order in which its pixels depend on each other."""
    lines = band.width + 2 * (band.height - 1)
    for first in range(0, lines, BLOCK_STEPS):
        yield Block(first, min(BLOCK_STEPS, lines - first), band)


@dataclass(frozen=True, slots=True)
class Edge:
    """What a band hands to the next: the choices and errors of its last row; four columns beyond are outside."""

    entries: NDArray[np.int32]
    """(S, w + 4)."""
    colors: NDArray[np.int32]
    """(D, S, w + 4): coordinates of the entries."""
    errors: NDArray[np.int32]
    """(D, S, w + 4)."""

    @classmethod
    def start(cls, dimensions: int, band: Band) -> Edge:
        """Return the edge above the first row."""
        shape = (band.stripes, band.width + 4)
        far = np.full((dimensions, *shape), _OUTSIDE, np.int32)
        return cls(np.zeros(shape, np.int32), far, np.zeros((dimensions, *shape), np.int32))


@dataclass(frozen=True, slots=True)
class Trail:
    """The lines of a block after the three before them; place 0 of a line is the row above the band."""

    entries: NDArray[np.int32]
    """(B + 3, S, h + 1)."""
    colors: NDArray[np.int32]
    """(B + 3, D, S, h + 1): coordinates of the entries."""
    errors: NDArray[np.int32]
    """(B + 3, D, S, h + 1)."""
    neighbours: NDArray[np.int32]
    """(B, 2, S, h): the entries to the left of and above the pixels of each line, a view."""
    colors_beside: NDArray[np.int32]
    """(B, 2, D, S, h): their colours, a view."""

    @classmethod
    def start(cls, dimensions: int, band: Band) -> Trail:
        """Return a trail outside of the picture."""
        lines = BLOCK_STEPS + _REACH
        entries = np.zeros((lines, band.stripes, band.height + 1), np.int32)
        colors = np.full((lines, dimensions, band.stripes, band.height + 1), _OUTSIDE, np.int32)
        return cls(entries, colors, np.zeros_like(colors), _beside(entries), _beside(colors))

    def move(self, block: Block, above: Edge) -> None:
        """Go on to a block: keep what it can see of the lines before, and lay out the row above."""
        seen = slice(max(0, block.rows.start - 1), block.rows.stop + 1)
        if block.first:
            for kind in (self.entries, self.colors, self.errors):
                kind[:_REACH, ..., seen] = kind[-_REACH:, ..., seen]
        self.entries[_REACH:, ..., seen] = 0
        self.colors[_REACH:, ..., seen] = _OUTSIDE
        self.errors[_REACH:, ..., seen] = 0
        if seen.start:
            return
        start = _REACH if block.first else 1
        steps = block.first + np.arange(start - _REACH, block.steps)
        columns = np.minimum(steps + 2, above.entries.shape[-1] - 1)
        fresh = slice(start, _REACH + block.steps)
        self.entries[fresh, :, 0] = above.entries[:, columns].T
        self.colors[fresh, ..., 0] = np.moveaxis(above.colors[..., columns], -1, 0)
        self.errors[fresh, ..., 0] = np.moveaxis(above.errors[..., columns], -1, 0)

    def note(
        self,
        number: int,
        own: slice,
        entries: NDArray[np.intp],
        colors: NDArray[np.int32],
        wanted: NDArray[np.int32],
    ) -> None:
        """Leave what was chosen for the rows `own` of a line of the block."""
        line, place = number + _REACH, slice(own.start + 1, own.stop + 1)
        self.entries[line, :, place] = entries
        self.colors[line, ..., place] = colors
        np.subtract(wanted, colors, out=self.errors[line, ..., place])

    def write(self, block: Block, chosen: NDArray[np.uint8], below: Edge) -> None:
        """Lay the block's entries out, and write its last row into the edge for the next band."""
        lines, rows = slice(_REACH, _REACH + block.steps), block.rows
        places = slice(rows.start + 1, rows.stop + 1)
        block.of(chosen)[:] = self.entries[lines, :, places]
        column = block.first - 2 * (block.band.height - 1)
        late = slice(_REACH + max(0, -column), _REACH + block.steps)
        if late.start < late.stop:
            columns = slice(max(0, column), column + block.steps)
            below.entries[:, columns] = self.entries[late, :, -1].T
            below.colors[..., columns] = np.moveaxis(self.colors[late, ..., -1], 0, -1)
            below.errors[..., columns] = np.moveaxis(self.errors[late, ..., -1], 0, -1)


def _beside(lines: NDArray[_Item]) -> NDArray[_Item]:
    """View lines (B + 3, ..., h + 1) as what lies left of and above their rows, shape (B, 2, ..., h)."""
    left = lines[_REACH - 1 :, ..., 1:]
    # The left neighbour is one line before, the upper one two lines before and one row up.
    back = -(lines.strides[0] + lines.itemsize)
    shape = (len(lines) - _REACH, 2, *left.shape[1:])
    return as_strided(left, shape, (lines.strides[0], back, *lines.strides[1:]))
