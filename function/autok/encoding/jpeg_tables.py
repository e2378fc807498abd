"""Quantization tables of a JPEG, fitted to SSIMULACRA2.

The steps at scale 1 were found by coordinate descent on the bytes that eight photos need for scores of 50 to 80, each
pair of mirrored frequencies (rings of them above the fourth diagonal) by itself, from a power law of the frequency.
With falling quality every step grows, that of frequency f as ``scale ** (1 - EASE / f)``: the lowest frequencies,
where blocks would show, slower than the rest.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from autok.encoding.jpeg_blocks import ZIGZAG

Rows = tuple[tuple[float, ...], ...]

EASE = 0.18
# fmt: off
LUMA: Rows = (
    (2.9, 4.9, 14.4, 9.9, 16.2, 19.0, 21.5, 23.9),
    (4.9, 6.1, 13.8, 11.9, 16.6, 19.3, 21.7, 24.0),
    (14.4, 13.8, 12.5, 15.0, 17.6, 20.0, 22.3, 24.5),
    (9.9, 11.9, 15.0, 16.9, 19.0, 21.1, 23.2, 29.0),
    (16.2, 16.6, 17.6, 19.0, 20.7, 22.5, 28.0, 30.1),
    (19.0, 19.3, 20.0, 21.1, 22.5, 27.6, 29.5, 31.4),
    (21.5, 21.7, 22.3, 23.2, 28.0, 29.5, 31.2, 32.9),
    (23.9, 24.0, 24.5, 29.0, 30.1, 31.4, 32.9, 34.4),
)
"""Luma's steps at scale 1; rows are vertical frequencies."""
CHROMA: Rows = (
    (2.1, 5.5, 8.8, 9.3, 10.7, 11.9, 13.0, 14.0),
    (5.5, 6.5, 9.3, 9.5, 10.8, 12.0, 13.1, 14.1),
    (8.8, 9.3, 9.0, 10.2, 11.3, 12.3, 13.4, 14.3),
    (9.3, 9.5, 10.2, 11.0, 11.9, 12.8, 13.7, 14.6),
    (10.7, 10.8, 11.3, 11.9, 12.6, 13.4, 14.2, 15.0),
    (11.9, 12.0, 12.3, 12.8, 13.4, 14.1, 14.8, 15.5),
    (13.0, 13.1, 13.4, 13.7, 14.2, 14.8, 15.4, 16.1),
    (14.0, 14.1, 14.3, 14.6, 15.0, 15.5, 16.1, 16.6),
)
"""Chroma's steps at scale 1."""
# fmt: on


def make_tables(quality: float, coarseness: float = 1.0) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Make the tables of a quality.

    Parameters
    ----------
    quality : float
        1 to 100.
    coarseness : float, optional
        Factor on the steps of chroma, at least 1; the default is 1.

    Returns
    -------
    luma, chroma : ndarray of shape (64,), uint8
        Steps in zigzag order, 1 to 255.
    """
    scale = quality_scale(quality)
    return _steps(LUMA, scale), _steps(CHROMA, scale * coarseness)


def quality_scale(quality: float) -> float:
    """Turn a quality into the factor on every step.

    Parameters
    ----------
    quality : float
        1 to 100.

    Returns
    -------
    float
        1 at about 82; falls in a straight line to 0.04 at 100, rises in one to 3.8 at 30, and doubles every 16 steps
        below. Scores then are those of jpegli at the same quality, within a point on average.
    """
    line = 0.04 + (100 - max(quality, 30)) * 0.0535
    return float(line * 2.0 ** (max(0, 30 - quality) / 16))


def _steps(rows: Rows, scale: float) -> NDArray[np.uint8]:
    vertical, horizontal = np.divmod(ZIGZAG, 8)
    frequency = np.sqrt(vertical**2 + horizontal**2)
    frequency[0] = np.inf
    steps = np.array(rows).reshape(64)[ZIGZAG] * scale ** (1 - EASE / frequency)
    whole: NDArray[np.uint8] = np.clip(np.rint(steps), 1, 255).astype(np.uint8)
    return whole
