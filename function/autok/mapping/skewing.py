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
_REACH: Final = 3
"""Lines back to the farthest neighbour."""
_OUTSIDE: Final = 20_000
"""Coordinate of the colour outside the picture: so far away that it is never chosen, and its square fits int32."""
_Item = TypeVar("_Item", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines that follow each other, and the rows that have pixels in them."""

    first: int
    """The first step."""
    steps: int
    height: int
    width: int

    @property
    def rows(self) -> slice:
        """The rows with a pixel in any of the lines."""
        return slice(self.own(0).start, self.own(self.steps - 1).stop)

    def own(self, number: int) -> slice:
        """Return the rows that have a pixel in a line of the block."""
        step = self.first + number
        return slice(max(0, (step - self.width) // 2 + 1), min(self.height, step // 2 + 1))

    def of(self, picture: NDArray[_Item]) -> NDArray[_Item]:
        """View a C-contiguous band (h, W) along the lines, shape (steps, rows); what is no pixel of a line is any."""
        item, rows = picture.itemsize, self.rows
        lines = (self.width + 2 * (self.height - 1), self.height)
        # Pixel (x, y) lies in line x + 2 y. A block has no more lines than a row has pixels: no view leaves the band.
        skewed = as_strided(picture, lines, (item, (self.width - 2) * item))
        return skewed[self.first : self.first + self.steps, rows]

    def holds(self) -> NDArray[np.bool_]:
        """Return where `of` shows pixels of the lines."""
        columns = np.arange(self.first, self.first + self.steps)[:, None] - 2 * np.arange(self.height)[self.rows]
        return np.asarray((columns >= 0) & (columns < self.width))


def blocks(height: int, width: int) -> Iterator[Block]:
    """Give the blocks of a band, in the order in which its pixels depend on each other."""
    steps, lines = min(BLOCK_STEPS, width), width + 2 * (height - 1)
    for first in range(0, lines, steps):
        yield Block(first, min(steps, lines - first), height, width)


@dataclass(frozen=True, slots=True)
class Edge:
    """What a band hands to the next: the choices and errors of its last row; four columns beyond are outside."""

    entries: NDArray[np.intp]
    """(W + 4,)."""
    colors: NDArray[np.int32]
    """(D, W + 4): coordinates of the entries."""
    errors: NDArray[np.int32]
    """(D, W + 4)."""

    @classmethod
    def start(cls, dimensions: int, width: int) -> Edge:
        """Return the edge above the first row."""
        columns = width + 4
        far = np.full((dimensions, columns), _OUTSIDE, np.int32)
        return cls(np.zeros(columns, np.intp), far, np.zeros((dimensions, columns), np.int32))


@dataclass(frozen=True, slots=True)
class Trail:
    """The lines of a block after the three before them; place 0 of a line is the row above the band."""

    entries: NDArray[np.intp]
    """(B + 3, h + 1)."""
    colors: NDArray[np.int32]
    """(B + 3, D, h + 1): coordinates of the entries."""
    errors: NDArray[np.int32]
    """(B + 3, D, h + 1)."""
    neighbours: NDArray[np.intp]
    """(B, 2, h): the entries to the left of and above the pixels of each line, a view."""
    colors_beside: NDArray[np.int32]
    """(B, 2, D, h): their colours, a view."""

    @classmethod
    def start(cls, rows: int, dimensions: int) -> Trail:
        """Return a trail outside of the picture."""
        lines = BLOCK_STEPS + _REACH
        entries = np.zeros((lines, rows + 1), np.intp)
        colors = np.full((lines, dimensions, rows + 1), _OUTSIDE, np.int32)
        return cls(entries, colors, np.zeros_like(colors), _beside(entries), _beside(colors))

    def move(self, block: Block, above: Edge) -> None:
        """Go on to a block: keep what it can see of the lines before, and lay out the row above."""
        if block.first:
            last = min(BLOCK_STEPS, block.width)
            for kind in (self.entries, self.colors, self.errors):
                kind[:_REACH] = kind[last : last + _REACH].copy()
        self.entries[_REACH:], self.colors[_REACH:], self.errors[_REACH:] = 0, _OUTSIDE, 0
        start = _REACH if block.first else 1
        steps = block.first + np.arange(start - _REACH, block.steps)
        columns = np.minimum(steps + 2, len(above.entries) - 1)
        fresh = slice(start, _REACH + block.steps)
        self.entries[fresh, 0] = above.entries[columns]
        self.colors[fresh, :, 0] = above.colors[:, columns].T
        self.errors[fresh, :, 0] = above.errors[:, columns].T

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
        self.entries[line, place] = entries
        self.colors[line, :, place] = colors
        np.subtract(wanted, colors, out=self.errors[line, :, place])

    def write(self, block: Block, chosen: NDArray[np.uint8], below: Edge) -> None:
        """Write the block's entries into the band (h, W), and its last row into the edge for the next."""
        lines, rows = slice(_REACH, _REACH + block.steps), block.rows
        places = slice(rows.start + 1, rows.stop + 1)
        np.copyto(block.of(chosen), self.entries[lines, places], casting="unsafe", where=block.holds())
        column = block.first - 2 * (block.height - 1)
        late = slice(_REACH + max(0, -column), _REACH + block.steps)
        if late.start < late.stop:
            columns = slice(max(0, column), column + block.steps)
            below.entries[columns] = self.entries[late, -1]
            below.colors[:, columns] = self.colors[late, :, -1].T
            below.errors[:, columns] = self.errors[late, :, -1].T


def _beside(lines: NDArray[_Item]) -> NDArray[_Item]:
    """View lines (B + 3, ..., h + 1) as what lies left of and above their rows, shape (B, 2, ..., h)."""
    left = lines[_REACH - 1 :, ..., 1:]
    # The left neighbour is one line before, the upper one two lines before and one row up.
    back = -(lines.strides[0] + lines.itemsize)
    shape = (len(lines) - _REACH, 2, *left.shape[1:])
    return as_strided(left, shape, (lines.strides[0], back, *lines.strides[1:]))
