"""Decisions that depend on the pixels before them, without a loop over pixels.

A pixel needs its left neighbour and the three above it. On the skewed line t = x + 2 y all pixels with the same t
are independent of each other: one numpy call handles them all, and an image of W x H takes W + 2 H steps. The
image is worked through in bands of rows, so that memory stays bounded; what a band leaves at its lower edge is
handed to the next.

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
from autok.mapping.skewing import Edge, Front

START_RATE: Final = 0.6
"""Cost of the first pixel of a match, in literals."""


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
    positions : ndarray of shape (W + 2 (h - 1), h), int32
        Positions of the pixels' colours in `chooser.points`, along skewed lines.
    activity : ndarray of the same shape, uint8
        Local luma deviation in half steps, along skewed lines.
    chooser : Chooser
        The palette and the weights.
    above : Edge
        What the band above left.

    Returns
    -------
    entries : ndarray of the same shape, uint8
        Along skewed lines.
    edge : Edge
        For the band below.
    """
    rows = positions.shape[1]
    width = len(positions) - 2 * (rows - 1)
    chosen = np.zeros(positions.shape, np.uint8)
    front, below = Front.start(rows, above), Edge.start(len(chooser.points), width)
    for step in range(len(positions)):
        own = front.enter(above, step, width)
        chosen[step, own] = _choose_line(positions[step, own], activity[step, own], chooser, front, step, own)
        if own.stop == rows:
            below.take(front, step, step - 2 * (rows - 1))
    return chosen, below


def _choose_line(
    positions: NDArray[np.int32],
    activity: NDArray[np.uint8],
    chooser: Chooser,
    front: Front,
    step: int,
    above: slice,
) -> NDArray[np.int32]:
    """Choose the entries of one skewed line and note them with their errors."""
    own = slice(above.start + 1, above.stop + 1)
    wanted = chooser.points.take(positions, axis=1)
    if chooser.grid is None:
        best = chooser.first.take(positions).astype(np.int32)
    else:
        wanted += _inherited(front, step, above, own, chooser.strength)
        np.maximum(wanted, chooser.grid.low, out=wanted)
        np.minimum(wanted, chooser.grid.high, out=wanted)
        best = chooser.grid.look_up(wanted).astype(np.int32)
    color = chooser.palette.take(best, axis=1)
    if chooser.penalties is not None:
        penalty = chooser.penalties.take(activity)
        cost = _squared(wanted - color)
        literal = penalty + chooser.literals.take(best)
        literal *= cost > 0
        cost += literal
        penalty = (penalty * round(START_RATE * 256)) >> 8
        sources = ((front.line(step - 1), own), (front.line(step - 2), above))
        for fresh, ((entries, colors), place) in zip(front.fresh, sources, strict=True):
            spent = _squared(wanted - colors[:, place])
            spent += penalty * fresh[above]
            better = spent < cost
            np.copyto(best, entries[place], where=better)
            np.copyto(color, colors[:, place], where=better)
            np.copyto(cost, spent, where=better)
        for fresh, ((entries, _), place) in zip(front.fresh, sources, strict=True):
            np.not_equal(best, entries[place], out=fresh[above])
    front.note(step, own, best, color, wanted - color)
    return best


def _inherited(front: Front, step: int, above: slice, own: slice, strength: int) -> NDArray[np.int32]:
    """Return the share of the neighbours' errors that falls to each pixel of a line, shape (D, n)."""
    one, two, three = (front.errors[(step - back) % 4] for back in (1, 2, 3))
    moved = one[:, own] * 7
    moved += two[:, above] * 5
    moved += one[:, above] * 3
    moved += three[:, above]
    moved *= strength
    moved >>= 12
    return np.asarray(moved)


def _squared(error: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return squared lengths of the columns; the errors are overwritten."""
    error *= error
    total = error[0]
    for axis in error[1:]:
        total += axis
    return np.asarray(total)
