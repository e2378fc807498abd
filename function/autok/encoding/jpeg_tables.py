"""Quantization tables of a JPEG, from a formula that was fitted to SSIMULACRA2.

A step grows with its frequency f, in half periods a block, as ``offset + slope * f ** power``; the mean of a block
has its own. With falling quality every step grows, that of frequency f as ``scale ** (1 - EASE / f)``: the lowest
frequencies, where blocks would show, slower than the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autok.encoding.jpeg_blocks import ZIGZAG


@dataclass(frozen=True, slots=True)
class Slope:
    """How a table's steps grow with frequency, at the quality where the scale is 1."""

    mean: float
    """Step of a block's mean."""
    offset: float
    slope: float
    power: float


LUMA = Slope(mean=2.89, offset=-5, slope=9.9, power=0.55)
EASE = 0.15
CHROMA = Slope(mean=2.4, offset=0.3, slope=5.192, power=0.5)


def make_tables(quality: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Make the tables of a quality.

    Parameters
    ----------
    quality : int
        1 to 100.

    Returns
    -------
    luma, chroma : ndarray of shape (64,), uint8
        Steps in zigzag order, 1 to 255.
    """
    scale = quality_scale(quality)
    return _steps(LUMA, scale), _steps(CHROMA, scale)


def quality_scale(quality: int) -> float:
    """Turn a quality into the factor on every step.

    Parameters
    ----------
    quality : int
        1 to 100.

    Returns
    -------
    float
        1 at about 82; falls in a straight line to 0.04 at 100, rises in one to 3.8 at 30, and doubles every 16 steps
        below. Scores then are those of jpegli at the same quality, within a point on average.
    """
    line = 0.04 + (100 - max(quality, 30)) * 0.0535
    return float(line * 2.0 ** (max(0, 30 - quality) / 16))


def _steps(slope: Slope, scale: float) -> NDArray[np.uint8]:
    rows, columns = np.divmod(ZIGZAG, 8)
    frequency = np.sqrt(rows**2 + columns**2)
    frequency[0] = np.inf
    growth = scale ** (1 - EASE / frequency)
    frequency[0] = 1
    steps = slope.offset + slope.slope * frequency**slope.power
    steps[0] = slope.mean
    whole: NDArray[np.uint8] = np.clip(np.rint(steps * growth), 1, 255).astype(np.uint8)
    return whole
