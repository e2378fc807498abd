"""The maps of SSIMULACRA2 on one plane at one scale: structure lost, edges made, edges lost.

Both pictures are blurred with a Gaussian of sigma 1.5. Written in the difference e = distorted - reference, the
structural term needs three blurs for each candidate (of e, e*e and e*reference), loses no digits when the two are
nearly equal, and is exactly zero when they are equal; everything that the reference alone decides is kept.

The work is cut into pieces that stay in a core's cache, and every pass is over contiguous memory: a blur along rows
is a sum of shifted copies of the whole padded piece, and what leaks from one row into the next stays in the padding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from autok.arrays import Array, beside, into, namespace, portion, to_host

Floats = Array

RADIUS = 5
"""Pixels that the blur reaches to each side."""
_SIGMA = 1.5
_C2 = 0.0009
_PIECE_PIXELS = 1 << 16


def _kernel() -> tuple[float, ...]:
    offsets = np.arange(RADIUS + 1)
    half = np.exp(-0.5 * (offsets / _SIGMA) ** 2)
    half /= half[0] + 2.0 * half[1:].sum()
    return tuple(float(np.float32(weight)) for weight in half)


_KERNEL = _kernel()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which maps of a plane carry weight."""

    structure: bool
    artifact: bool
    detail: bool

    @property
    def edges(self) -> bool:
        """Whether either edge map is wanted."""
        return self.artifact or self.detail


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a plane, with all that its reference decides."""

    tiles: slice
    rows: slice
    reference: Floats
    """(R + 10, T, W + 10): the padded reference."""
    mean: Floats
    """Flat: the blurred reference."""
    spread: Floats
    """Flat: twice the local variance of the reference, plus the constant that keeps the quotient finite."""
    contrast: Floats
    """Flat: distance of the reference from its mean; empty where no edge map is wanted."""


_Window = tuple[tuple[int, int, int], slice, slice]


@dataclass(frozen=True, slots=True)
class Counted:
    """The pixels of a plane that count; the others are only the surroundings that a blur needs."""

    top: int
    bottom: int
    side: int = 0

    def inside(self, rows: slice, padded: tuple[int, ...]) -> _Window:
        """Give the shape of a part's maps, and which of their rows and columns count."""
        shape = (padded[0] - 2 * RADIUS, padded[1], padded[2])
        first, last = max(0, self.top - rows.start), max(0, min(shape[0], self.bottom - rows.start))
        return shape, slice(min(first, last), last), slice(RADIUS + self.side, shape[2] - RADIUS - self.side)


def pieces(plane: Floats) -> Iterator[tuple[slice, slice]]:
    """Cut a stack of planes into parts that fit a core's cache, or are enough for a GPU.

    Parameters
    ----------
    plane : array of shape (T, H, W)
        Tiles, rows and columns.

    Yields
    ------
    tiles, rows : slice
        Several whole tiles, or several rows of one tile.
    """
    count, height, width = plane.shape
    most = portion(plane, _PIECE_PIXELS)
    if height * width <= most:
        step = max(1, most // (height * width))
        for first in range(0, count, step):
            yield slice(first, min(count, first + step)), slice(0, height)
        return
    step = max(16, most // width)
    for tile in range(count):
        for top in range(0, height, step):
            yield slice(tile, tile + 1), slice(top, min(height, top + step))


def _padded(plane: Floats, tiles: slice, rows: slice, whole: bool) -> Floats:
    """Copy a part with `RADIUS` pixels of context.

    Outside a whole picture black lies beside it, and
    what lies above and below mirrors it, as the Python package of the metric has it.
    """
    xp = namespace(plane)
    height, width = plane.shape[1:]
    wanted = _mirrored(rows.start - RADIUS, rows.stop + RADIUS, height)
    top, bottom = max(0, rows.start - RADIUS), min(height, rows.stop + RADIUS)
    above, below = top - (rows.start - RADIUS), rows.stop + RADIUS - bottom
    part = xp.permute_dims(plane[tiles, :, :], (1, 0, 2))
    padded = xp.empty((len(wanted), part.shape[1], width + 2 * RADIUS), dtype=xp.float32, device=plane.device)
    inner = padded[:, :, RADIUS:-RADIUS]
    inner[above : len(wanted) - below, :, :] = part[top:bottom, :, :]
    if above:
        inner[:above, :, :] = xp.take(part, beside(plane, wanted[:above]), axis=0)
    if below:
        inner[len(wanted) - below :, :, :] = xp.take(part, beside(plane, wanted[len(wanted) - below :]), axis=0)
    if whole:
        padded[:, :, :RADIUS] = padded[:, :, -RADIUS:] = 0.0
    else:
        columns = _mirrored(-RADIUS, width + RADIUS, width) + RADIUS
        padded[:, :, :RADIUS] = xp.take(padded, beside(plane, columns[:RADIUS]), axis=2)
        padded[:, :, -RADIUS:] = xp.take(padded, beside(plane, columns[-RADIUS:]), axis=2)
    return padded


@lru_cache(maxsize=256)
def _mirrored(first: int, last: int, length: int) -> NDArray[np.intp]:
    """Give the places that a line mirrored at its ends, its end pixels repeated, has from `first` to `last`."""
    places = np.arange(first, last) % (2 * length)
    return np.minimum(places, 2 * length - 1 - places)


def _blur(padded: Floats) -> Floats:
    """Blur a padded part; flat, without the padding rows but with the padding columns, whose values mean nothing."""
    xp = namespace(padded)
    stride = padded.shape[1] * padded.shape[2]
    flat = xp.reshape(padded, (-1,))
    size = flat.shape[0] - 2 * RADIUS * stride
    vertical = flat[RADIUS * stride :][:size] * _KERNEL[0]
    term = xp.empty_like(vertical)
    for offset in range(1, RADIUS + 1):
        above, below = flat[(RADIUS - offset) * stride :][:size], flat[(RADIUS + offset) * stride :][:size]
        into(term, "add", above, below)
        term *= _KERNEL[offset]
        vertical += term
    blurred = xp.zeros_like(vertical)
    inner = blurred[RADIUS:-RADIUS]
    into(inner, "multiply", vertical[RADIUS:-RADIUS], beside(vertical, _KERNEL[0]))
    size -= 2 * RADIUS
    term = term[:size]
    for offset in range(1, RADIUS + 1):
        into(term, "add", vertical[RADIUS - offset :][:size], vertical[RADIUS + offset :][:size])
        term *= _KERNEL[offset]
        inner += term
    return blurred


def _inside(padded: Floats) -> Floats:
    return namespace(padded).reshape(padded[RADIUS:-RADIUS, :, :], (-1,))


def prepare_plane(plane: Floats, wanted: Wanted, whole: bool) -> tuple[Piece, ...]:
    """Compute all that a reference plane decides.

    Parameters
    ----------
    plane : array of shape (T, H, W), float32
        One plane of T tiles.
    wanted : Wanted
        The maps that will be asked for.
    whole : bool
        Whether the plane is a whole picture, beside which the metric sees black; the surroundings of a tile mirror it.

    Returns
    -------
    tuple of Piece
        The parts that `compare_plane` takes.
    """
    result = []
    for tiles, rows in pieces(plane):
        reference = _padded(plane, tiles, rows, whole)
        mean = _blur(reference)
        spread = _blur(reference * reference)
        spread -= mean * mean
        spread += spread
        spread += _C2
        contrast = namespace(plane).abs(_inside(reference) - mean) if wanted.edges else mean[:0]
        result.append(Piece(tiles, rows, reference, mean, spread, contrast))
    return tuple(result)


def compare_plane(
    parts: tuple[Piece, ...], plane: Floats, wanted: Wanted, whole: bool, counted: Counted
) -> NDArray[np.float64]:
    """Measure how a plane departs from its reference.

    Parameters
    ----------
    parts : tuple of Piece
        The reference, from `prepare_plane`.
    plane : array of shape (T, H, W), float32
        The distorted plane.
    wanted : Wanted
        The maps to compute; the others stay zero.
    whole : bool
        As in `prepare_plane`.
    counted : Counted
        The pixels that count.

    Returns
    -------
    ndarray of shape (T, 6), float64
        For each tile the means of structure, artifact and detail, then the means of their fourth powers.
    """
    xp = namespace(plane)
    sums, zero = xp.zeros((plane.shape[0], 6), dtype=xp.float64, device=plane.device), beside(plane, 0.0)
    for part in parts:
        error = _padded(plane, part.tiles, part.rows, whole)
        error -= part.reference
        mean = _blur(error)
        window = counted.inside(part.rows, error.shape)
        here = sums[part.tiles, :]
        if wanted.edges:
            change = _edge_change(part, error, mean)
            if wanted.artifact:
                _accumulate(here, 1, xp.maximum(change, zero), window)
            if wanted.detail:
                _accumulate(here, 2, into(change, "minimum", change, zero), window)
        if wanted.structure:
            _accumulate(here, 0, _structure(part, error, mean), window)
    sums /= float((counted.bottom - counted.top) * (plane.shape[2] - 2 * counted.side))
    return to_host(sums)


def _structure(part: Piece, error: Floats, mean: Floats) -> Floats:
    """1 - (1 - m^2) (1 - v / s): m the error's mean, v its variance, s the two pictures' variances and C2."""
    covariance = _blur(error * part.reference)
    error *= error
    variance = _blur(error)
    covariance -= mean * part.mean
    covariance += covariance
    mean = mean * mean
    variance -= mean
    into(variance, "maximum", variance, beside(variance, 0.0))
    covariance += variance
    covariance += part.spread
    variance /= covariance
    into(covariance, "subtract", beside(mean, 1.0), mean)
    variance *= covariance
    variance += mean
    return variance


def _edge_change(part: Piece, error: Floats, mean: Floats) -> Floats:
    """Contrast of the distorted pixel to its surroundings over that of the reference, less 1."""
    change = _inside(error) - mean
    change += _inside(part.reference)
    change -= part.mean
    into(change, "abs", change)
    change -= part.contrast
    change /= part.contrast + 1.0
    return change


def _accumulate(sums: Array, kind: int, values: Floats, window: _Window) -> None:
    """Add each tile's sum of the values and of their fourth powers, of the pixels that count."""
    xp = namespace(values)
    shape, rows, columns = window
    inner = xp.reshape(values, shape)[rows, :, columns]
    sums[:, kind] += xp.abs(_total(inner))
    values *= values
    values *= values
    sums[:, kind + 3] += _total(inner)


def _total(inner: Floats) -> Array:
    """Add up rows in float32 and their sums in float64, for each tile."""
    xp = namespace(inner)
    return xp.sum(xp.sum(inner, axis=2, dtype=xp.float32), axis=0, dtype=xp.float64)
