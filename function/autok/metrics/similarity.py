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

Floats = NDArray[np.float32]

RADIUS = 5
"""Pixels that the blur reaches to each side."""
_SIGMA = 1.5
_C2 = np.float32(0.0009)
_ONE = np.float32(1.0)
_PIECE_PIXELS = 1 << 16


def _kernel() -> tuple[np.float32, ...]:
    offsets = np.arange(RADIUS + 1)
    half = np.exp(-0.5 * (offsets / _SIGMA) ** 2)
    half /= half[0] + 2.0 * half[1:].sum()
    return tuple(np.float32(weight) for weight in half)


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


def pieces(shape: tuple[int, int, int]) -> Iterator[tuple[slice, slice]]:
    """Cut a stack of planes into parts that fit a core's cache.

    Parameters
    ----------
    shape : tuple of three int
        Tiles, rows and columns.

    Yields
    ------
    tiles, rows : slice
        Several whole tiles, or several rows of one tile.
    """
    count, height, width = shape
    if height * width <= _PIECE_PIXELS:
        step = max(1, _PIECE_PIXELS // (height * width))
        for first in range(0, count, step):
            yield slice(first, min(count, first + step)), slice(0, height)
        return
    step = max(16, _PIECE_PIXELS // width)
    for tile in range(count):
        for top in range(0, height, step):
            yield slice(tile, tile + 1), slice(top, min(height, top + step))


def _padded(plane: Floats, tiles: slice, rows: slice, whole: bool) -> Floats:
    """Copy a part with `RADIUS` pixels of context.

    Outside a whole picture black lies beside it, and
    what lies above and below mirrors it, as the Python package of the metric has it.
    """
    height, width = plane.shape[1:]
    wanted = _mirrored(rows.start - RADIUS, rows.stop + RADIUS, height)
    top, bottom = max(0, rows.start - RADIUS), min(height, rows.stop + RADIUS)
    above, below = top - (rows.start - RADIUS), rows.stop + RADIUS - bottom
    part = plane[tiles].transpose(1, 0, 2)
    padded = np.empty((len(wanted), part.shape[1], width + 2 * RADIUS), np.float32)
    inner = padded[:, :, RADIUS:-RADIUS]
    inner[above : len(wanted) - below] = part[top:bottom]
    inner[:above] = part[wanted[:above]]
    inner[len(wanted) - below :] = part[wanted[len(wanted) - below :]]
    if whole:
        padded[:, :, :RADIUS] = padded[:, :, -RADIUS:] = 0.0
    else:
        columns = _mirrored(-RADIUS, width + RADIUS, width) + RADIUS
        padded[:, :, :RADIUS] = padded[:, :, columns[:RADIUS]]
        padded[:, :, -RADIUS:] = padded[:, :, columns[-RADIUS:]]
    return padded


@lru_cache(maxsize=256)
def _mirrored(first: int, last: int, length: int) -> NDArray[np.intp]:
    """Give the places that a line mirrored at its ends, its end pixels repeated, has from `first` to `last`."""
    places = np.arange(first, last) % (2 * length)
    return np.minimum(places, 2 * length - 1 - places)


def _blur(padded: Floats) -> Floats:
    """Blur a padded part; flat, without the padding rows but with the padding columns, whose values mean nothing."""
    stride = padded.shape[1] * padded.shape[2]
    flat = padded.reshape(-1)
    size = flat.size - 2 * RADIUS * stride
    vertical = flat[RADIUS * stride :][:size] * _KERNEL[0]
    term = np.empty_like(vertical)
    for offset in range(1, RADIUS + 1):
        np.add(flat[(RADIUS - offset) * stride :][:size], flat[(RADIUS + offset) * stride :][:size], out=term)
        term *= _KERNEL[offset]
        vertical += term
    blurred = np.zeros_like(vertical)
    inner = blurred[RADIUS:-RADIUS]
    np.multiply(vertical[RADIUS:-RADIUS], _KERNEL[0], out=inner)
    size -= 2 * RADIUS
    term = term[:size]
    for offset in range(1, RADIUS + 1):
        np.add(vertical[RADIUS - offset :][:size], vertical[RADIUS + offset :][:size], out=term)
        term *= _KERNEL[offset]
        inner += term
    return blurred


def _inside(padded: Floats) -> Floats:
    return padded[RADIUS:-RADIUS].reshape(-1)


def prepare_plane(plane: Floats, wanted: Wanted, whole: bool) -> tuple[Piece, ...]:
    """Compute all that a reference plane decides.

    Parameters
    ----------
    plane : ndarray of shape (T, H, W), float32
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
    for tiles, rows in pieces((plane.shape[0], plane.shape[1], plane.shape[2])):
        reference = _padded(plane, tiles, rows, whole)
        mean = _blur(reference)
        spread = _blur(reference * reference)
        spread -= mean * mean
        spread += spread
        spread += _C2
        contrast = np.abs(_inside(reference) - mean) if wanted.edges else mean[:0]
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
    plane : ndarray of shape (T, H, W), float32
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
    sums = np.zeros((plane.shape[0], 6))
    for part in parts:
        error = _padded(plane, part.tiles, part.rows, whole)
        error -= part.reference
        mean = _blur(error)
        window = counted.inside(part.rows, error.shape)
        here = sums[part.tiles]
        if wanted.edges:
            change = _edge_change(part, error, mean)
            if wanted.artifact:
                _accumulate(here, 1, np.maximum(change, np.float32(0)), window)
            if wanted.detail:
                _accumulate(here, 2, np.minimum(change, np.float32(0), out=change), window)
        if wanted.structure:
            _accumulate(here, 0, _structure(part, error, mean), window)
    sums /= (counted.bottom - counted.top) * (plane.shape[2] - 2 * counted.side)
    return sums


def _structure(part: Piece, error: Floats, mean: Floats) -> Floats:
    """1 - (1 - m^2) (1 - v / s): m the error's mean, v its variance, s the two pictures' variances and C2."""
    covariance = _blur(error * part.reference)
    error *= error
    variance = _blur(error)
    covariance -= mean * part.mean
    covariance += covariance
    mean = mean * mean
    variance -= mean
    np.maximum(variance, np.float32(0), out=variance)
    covariance += variance
    covariance += part.spread
    variance /= covariance
    np.subtract(_ONE, mean, out=covariance)
    variance *= covariance
    variance += mean
    return variance


def _edge_change(part: Piece, error: Floats, mean: Floats) -> Floats:
    """Contrast of the distorted pixel to its surroundings over that of the reference, less 1."""
    change = _inside(error) - mean
    change += _inside(part.reference)
    change -= part.mean
    np.abs(change, out=change)
    change -= part.contrast
    change /= part.contrast + _ONE
    return change


def _accumulate(sums: NDArray[np.float64], kind: int, values: Floats, window: _Window) -> None:
    """Add each tile's sum of the values and of their fourth powers, of the pixels that count."""
    shape, rows, columns = window
    inner = values.reshape(shape)[rows, :, columns]
    sums[:, kind] += np.abs(inner.sum(axis=2, dtype=np.float32).sum(axis=0, dtype=np.float64))
    values *= values
    values *= values
    sums[:, kind + 3] += inner.sum(axis=2, dtype=np.float32).sum(axis=0, dtype=np.float64)
