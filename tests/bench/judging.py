"""What judges every contender alike: the full score on all pixels, and sizes at equal score."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from autok.metrics import Reference, prepare
from autok.metrics.grounds import flatten

NOTHING: Final = "-"
"""In a cell without a number."""

SMALLEST_SIDE: Final = 256
"""Side below which a picture is mirrored: the published metric leaves out scales there, and calls anything good."""


class Judge:
    """Scores pictures against one original on all pixels; with alpha, the lower of the scores on black and on white."""

    def __init__(self, original: Image.Image) -> None:
        self._original = original

    @cached_property
    def _references(self) -> tuple[Reference, ...]:
        return tuple(prepare(ground) for ground in flatten(_continue(np.asarray(self._original))))

    def score(self, image: Image.Image) -> float:
        """Return the SSIMULACRA2 of a picture of any mode and the original's size."""
        pixels = _continue(np.asarray(image.convert(self._original.mode)))
        pairs = zip(self._references, flatten(pixels), strict=True)
        return min(reference.score(ground) for reference, ground in pairs)


def _continue(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    below, right = (max(0, SMALLEST_SIDE - side) for side in pixels.shape[:2])
    return np.pad(pixels, ((0, below), (0, right), (0, 0)), mode="symmetric") if below or right else pixels


def sizes_at(scores: Sequence[float], points: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """Return the bytes that each score costs, read off a contender's points.

    Parameters
    ----------
    scores : sequence of float
        Where to read.
    points : sequence of (score, bytes)
        What was measured, in any order.

    Returns
    -------
    ndarray of shape (N,), float64
        ln(bytes) is interpolated along the frontier of the points (no point both larger and worse counts); NaN where
        the score lies outside.
    """
    frontier: list[tuple[float, float]] = []
    for score, size in sorted(points, key=lambda point: (point[1], -point[0])):
        if not frontier or score > frontier[-1][0]:
            frontier.append((score, math.log(size)))
    at, logs = zip(*frontier, strict=True)
    return np.asarray(np.exp(np.interp(scores, at, logs, left=np.nan, right=np.nan)))


def geometric_mean(values: NDArray[np.float64]) -> float:
    """Return the geometric mean of what is no NaN; NaN where nothing is left."""
    known = values[~np.isnan(values)]
    return float(np.exp(np.log(known).mean())) if known.size else math.nan


def cell(value: float, form: str = ".2f") -> str:
    """Return a number for a table, a dash for NaN."""
    return NOTHING if math.isnan(value) else format(value, form)
