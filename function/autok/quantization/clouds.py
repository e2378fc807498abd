"""The weighted colours that are clustered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autok.color import from_space, to_space
from autok.models import Analysis

MASKING: Final = 3.0
"""Activity, in 8-bit luma steps, at which a colour has half the weight that it has in a flat area."""
AREA_POWER: Final = 0.85
"""Exponent of the pixel count: below 1, small details count for more than their area."""
OPAQUE_FROM: Final = 252.0
"""Alpha from which an entry is opaque: the mean of mostly opaque pixels is not to let anything shine through."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """The weighted colours to be clustered."""

    points: NDArray[np.float32]
    """(N, D): coordinates in the working space, D = 3, or 4 with alpha."""
    weights: NDArray[np.float32]
    """(N,): mean 1."""


def gather(analysis: Analysis, space: str, *, masked: bool = False) -> tuple[Cloud, bool]:
    """Return the colours with their weights, and whether any is translucent.

    Among translucent colours what is hidden is a point, as heavy as all others together: a centroid stays there, and
    none is spent on what is next to nothing. Their activity masks no error unless `masked` says so, since the ground
    shows through, and each weighs what it covers: edges and shadows have many small colours as it is.
    """
    histogram = analysis.histogram
    seen = histogram.colors[:, 3] > 0
    partly = bool(seen.any() and not seen.all())
    colors = histogram.colors[seen] if partly else histogram.colors
    counts = (histogram.counts[seen] if partly else histogram.counts).astype(np.float64)
    activity = (histogram.activity[seen] if partly else histogram.activity).astype(np.float64)
    translucent = bool((colors[:, 3] < 255).any())
    seen_less = 1.0 + activity / MASKING
    if translucent:
        weights = counts / seen_less if masked else counts
    else:
        weights = counts if space == "rgb" else counts**AREA_POWER / seen_less
    weights = weights * (len(weights) / weights.sum())
    points = coordinates(colors, space, translucent)
    if translucent and partly:
        points = np.concatenate([points, np.zeros((1, 4), np.float32)])
        weights = np.append(weights, weights.sum())
    return Cloud(points, weights.astype(np.float32)), translucent


def coordinates(colors: NDArray[np.float32] | NDArray[np.uint8], space: str, translucent: bool) -> NDArray[np.float32]:
    """Return points of as many dimensions as the image needs."""
    return np.asarray(to_space(colors if translucent else colors[:, :3], space))


def to_bytes(points: NDArray[np.float32], space: str) -> NDArray[np.uint8]:
    """Return the nearest sRGB bytes, shape (N, 4), visible entries never without alpha."""
    colors = np.rint(from_space(points, space))
    opaque = np.full((len(colors), 1), 255.0, np.float32)
    alpha = opaque
    if colors.shape[1] == 4:
        # At least 1: an entry rounded to no alpha would turn visible pixels into holes.
        alpha = np.where(colors[:, 3:] >= OPAQUE_FROM, 255.0, np.maximum(colors[:, 3:], 1.0))
    return np.concatenate([colors[:, :3], alpha], axis=1).astype(np.uint8)


def distinct(palette: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Drop repeated colours, keeping the order of first appearance."""
    _, first = np.unique(palette, axis=0, return_index=True)
    return palette[np.sort(first)]
