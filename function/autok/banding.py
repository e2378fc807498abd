"""Banding: steps where the picture had a gradient, which scores made for codecs hardly see.

SSIMULACRA2 was trained on what lossy codecs do; a sky in six flat bands still gets a good score from it. What the eye
sees there is the distance between the gradient and its bands, so that is measured: over the colours of the smooth
areas, how far the nearest palette entry lies in OKLab. Error diffusion hides the steps, so that it only counts where
there is none.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autok.color import to_space
from autok.models import Analysis

SMOOTH_BELOW: Final = 2.5
"""Activity, in 8-bit luma steps, under which a colour counts as part of a smooth area."""

POINTS_PER_UNIT: Final = 130.0
"""Points that a score loses with each hundredth of OKLab by which smooth areas are off in the root mean square; set by
looking: at 70, bands are just seen at twice the size."""

OPAQUE: Final = 250.0
"""Alpha from which a colour counts: bands in what is half seen are not."""

SMOOTH_AREA: Final = 0.25
"""Share of the picture from which a smooth area counts in full; a smaller one loses its share of the points, since
bands in a corner are seen less than in a sky."""


def banding_score(analysis: Analysis, palette: NDArray[np.uint8]) -> float:
    """Return the highest score that a palette deserves for its smooth areas.

    Parameters
    ----------
    analysis : Analysis
    palette : ndarray of shape (K, 4), uint8
        sRGB and alpha.

    Returns
    -------
    float
        At most 100, on the scale of the perceptual score; 100 where the picture has no smooth areas.
    """
    histogram = analysis.histogram
    visible = histogram.counts * (histogram.colors[:, 3] / 255.0)
    smooth = (histogram.activity < SMOOTH_BELOW) & (histogram.colors[:, 3] >= OPAQUE)
    entries = palette[palette[:, 3] >= OPAQUE]
    share = float(visible[smooth].sum() / max(visible.sum(), 1.0))
    if not smooth.any() or not len(entries):
        return 100.0
    error = _squared_distances(_points(histogram.colors[smooth]), _points(entries))
    weights = visible[smooth]
    rms = math.sqrt(float((error * weights).sum() / weights.sum()))
    # Not cut off below: of two palettes that both band badly the better has to be told.
    return 100.0 - POINTS_PER_UNIT * rms * min(1.0, share / SMOOTH_AREA)


def _points(colors: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
    """Return coordinates in the space of colours with alpha, whose roots are not steep at black.

    A black ground with a speck of noise has a mean a hair above black; the published axes make that a step.
    """
    solid = np.array(colors, np.float32)
    solid[:, 3] = 255.0
    return np.asarray(to_space(solid, "oklab"))


def _squared_distances(points: NDArray[np.float32], entries: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return each point's squared distance to its nearest entry, without BLAS: its rounding varies by processor."""
    nearest = np.full(len(points), np.inf)
    for entry in entries.astype(np.float64):
        np.minimum(nearest, ((points - entry) ** 2).sum(axis=1), out=nearest)
    return nearest
