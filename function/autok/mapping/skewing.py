"""The bookkeeping of the wavefront: rows laid out along skewed lines, and the last four lines at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

_OUTSIDE: Final = 20_000
"""Coordinate of the colour outside the picture: so far away that it is never chosen, and its square fits int32."""
_Item = TypeVar("_Item", np.int32, np.uint8)


@dataclass(frozen=True, slots=True)
class Edge:
    """What a band hands to the next: the choices and errors of its last row; four columns beyond are outside."""

    entries: NDArray[np.int32]
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
        return cls(np.zeros(columns, np.int32), far, np.zeros((dimensions, columns), np.int32))

    def take(self, front: Front, step: int, column: int) -> None:
        """Take over the last row's pixel of a step."""
        line = step % 4
        self.entries[column] = front.entries[line, -1]
        self.colors[:, column] = front.colors[line, :, -1]
        self.errors[:, column] = front.errors[line, :, -1]


@dataclass(frozen=True, slots=True)
class Front:
    """The last four skewed lines; place 0 of a line is the row above the band."""

    entries: NDArray[np.int32]
    """(4, h + 1)."""
    colors: NDArray[np.int32]
    """(4, D, h + 1): coordinates of the entries."""
    errors: NDArray[np.int32]
    """(4, D, h + 1)."""
    fresh: NDArray[np.bool_]
    """(2, h): whether each row's latest entry differs from that of its left, and of its upper neighbour."""

    @classmethod
    def start(cls, rows: int, above: Edge) -> Front:
        """Return the lines before the first step."""
        shape = (4, len(above.errors), rows + 1)
        front = cls(
            np.zeros((4, rows + 1), np.int32),
            np.full(shape, _OUTSIDE, np.int32),
            np.zeros(shape, np.int32),
            np.ones((2, rows), np.bool_),
        )
        for step in (-2, -1):
            front._enter_above(above, step)
        return front

    def line(self, step: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return entries and colours of the line of a step."""
        return self.entries[step % 4], self.colors[step % 4]

    def enter(self, above: Edge, step: int, width: int) -> slice:
        """Make a step's line ready and return the rows that have a pixel in it."""
        rows = self.entries.shape[1] - 1
        top, bottom = max(0, (step - width) // 2 + 1), min(rows, step // 2 + 1)
        self._enter_above(above, step)
        # A row that has ended leaves traces in four lines; they must not look like pixels of the picture.
        ended = slice(max(1, top - 3), top + 1)
        self.colors[step % 4, :, ended] = _OUTSIDE
        self.errors[step % 4, :, ended] = 0
        return slice(top, bottom)

    def note(
        self,
        step: int,
        own: slice,
        entries: NDArray[np.int32],
        colors: NDArray[np.int32],
        errors: NDArray[np.int32],
    ) -> None:
        """Write what was chosen into the line of a step."""
        line = step % 4
        self.entries[line, own] = entries
        self.colors[line, :, own] = colors
        self.errors[line, :, own] = errors

    def _enter_above(self, above: Edge, step: int) -> None:
        column = min(step + 2, len(above.entries) - 1)
        self.entries[step % 4, 0] = above.entries[column]
        self.colors[step % 4, :, 0] = above.colors[:, column]
        self.errors[step % 4, :, 0] = above.errors[:, column]


def make_lines(rows: int, width: int, dtype: type[_Item]) -> NDArray[_Item]:
    """Return empty lines (W + 2 (h - 1), h) for `rows` rows of `width` pixels."""
    return np.zeros((width + 2 * (rows - 1), rows), dtype)


def as_rows(lines: NDArray[_Item], width: int) -> NDArray[_Item]:
    """View lines as rows (h, W): pixel (x, y) lies in line x + 2 y."""
    step, item = lines.strides
    return as_strided(lines, (lines.shape[1], width), (2 * step + item, step))
