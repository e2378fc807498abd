"""Which coefficients of a JPEG are worth their bits.

Plain rounding spends bits on coefficients that nobody sees. Each non-zero coefficient is instead kept, lowered by one
or dropped, whichever gives the least *squared error + lambda x bits*, where the error is counted in quantization
steps and the bits are those of the standard's example codes, runs of zeros included. The decision goes from the
highest frequency down, so that what follows a coefficient is already settled. Lambda rises with the energy of the
block: texture hides error.

References
----------
Crouse, Ramchandran. Joint thresholding and quantizer selection for transform image coding. IEEE Trans. Image
Processing 6(2), 1997. doi:10.1109/83.551698
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from autok.encoding.jpeg_codes import AC_LENGTHS, CATEGORIES, SIXTEEN_ZEROS

LAMBDA = 0.03
"""Squared quantization steps that one bit is worth in a block without detail."""
MASKING = 0.24
"""Power of a block's energy by which lambda rises."""
ENERGY_UNIT = 4.0
"""Energy, in squared quantization steps, at which masking starts."""
ENERGY_LEVELS = 32
"""Levels of block energy, each the square root of two above the last."""


def _run_bits() -> NDArray[np.float32]:
    runs, categories = np.arange(64)[:, None], np.arange(12)[None, :]
    bits: NDArray[np.float32] = (
        AC_LENGTHS[(runs & 15) << 4 | categories] + categories + (runs >> 4) * AC_LENGTHS[SIXTEEN_ZEROS]
    ).astype(np.float32)
    return bits


_RUN_BITS = _run_bits()
"""(64, 12): bits of a coefficient by the zeros before it and its category."""


def quantize_component(coefficients: NDArray[np.float32], table: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Quantize one component, weighing error against bits.

    Parameters
    ----------
    coefficients : ndarray of shape (64, B), float32
        In zigzag order, B blocks.
    table : ndarray of shape (64,), uint8
        Quantization steps in zigzag order, each at least 1.

    Returns
    -------
    ndarray of shape (64, B), int16
        Whole steps in [-1023, 1023], the first row in [-1024, 1024].
    """
    steps = coefficients / table.astype(np.float32)[:, None]
    magnitudes = np.abs(steps)
    levels = np.rint(magnitudes).astype(np.int16)
    levels[1:] = np.minimum(levels[1:], 1023)
    _drop_costly(magnitudes, levels, _block_lambdas(magnitudes))
    signed: NDArray[np.int16] = np.where(steps < 0, -levels, levels)
    return signed


def _block_lambdas(magnitudes: NDArray[np.float32]) -> NDArray[np.float32]:
    # Elementwise sums, and a table instead of a power: both give the same bits on every machine.
    energy = np.zeros(magnitudes.shape[1], dtype=np.float32)
    for row in magnitudes[1:]:
        energy += row * row
    bounds = (2.0 ** (np.arange(1, ENERGY_LEVELS) / 2) - 1) * ENERGY_UNIT
    lambdas = LAMBDA * 2.0 ** (np.arange(ENERGY_LEVELS) / 2 * MASKING)
    chosen: NDArray[np.float32] = lambdas.astype(np.float32)[np.searchsorted(bounds.astype(np.float32), energy)]
    return chosen


def _drop_costly(magnitudes: NDArray[np.float32], levels: NDArray[np.int16], lambdas: NDArray[np.float32]) -> None:
    """Lower or drop, in place, the levels that cost more than they are worth."""
    blocks = levels.shape[1]
    places = np.where(levels > 0, np.arange(64, dtype=np.int8)[:, None], np.int8(0))
    previous = np.maximum.accumulate(places, axis=0)
    following = np.zeros(blocks, dtype=np.int64)
    category = np.zeros(blocks, dtype=np.int64)
    for place in range(63, 0, -1):
        block = np.flatnonzero(levels[place])
        level, magnitude, weight = levels[place, block], magnitudes[place, block], lambdas[block]
        run = place - 1 - previous[place - 1, block].astype(np.int64)
        gap = np.maximum(following[block] - place - 1, 0)
        more = following[block] > 0
        after = np.where(more, _RUN_BITS[gap, category[block]], np.float32(0))
        merged = np.where(more, _RUN_BITS[np.minimum(gap + run + 1, 63), category[block]], np.float32(0))
        kept = (magnitude - level) ** 2 + weight * (_RUN_BITS[run, CATEGORIES[level]] + after)
        lowered = (magnitude - level + 1) ** 2 + weight * (_RUN_BITS[run, CATEGORIES[level - 1]] + after)
        dropped = magnitude**2 + weight * merged
        lowered[level == 1] = np.inf
        best = np.where(lowered < kept, level - 1, level)
        best[dropped < np.minimum(kept, lowered)] = 0
        levels[place, block] = best
        stays = best > 0
        following[block[stays]] = place
        category[block[stays]] = CATEGORIES[best[stays]]
