"""The solver: from trials already made to the next setting worth trying, and to the one to keep.

It knows no images, only numbers. A quantity y (a score, or the logarithm of a size) rises with a setting x (K, or
an encoder's quality); y is dear to measure, but a prior curve of it is known. The prior is bent to the trials: its
error, known where something was tried, is interpolated between trials along log2 x and carried on flat beyond them,
and the bent curve is solved for the goal. With one trial this shifts the prior, with two it is a secant through both
that keeps the prior's curvature, and it never leaves the bracket that the trials have proved. A quality falls steeply
at small settings, so that steps away from a trial are bounded too: down from one that is more than enough, and up from
one that falls far short.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

FARTHEST: Final = 3
"""Factor by which a setting may fall below the least that is known to be more than enough."""

HIGHEST: Final = 2.5
"""Factor by which it may rise above the largest that is known to fall short of a quality."""

WIDE: Final = 1.5
"""Factor between the ends of a bracket from which a quality that jumps between them is looked for by halving."""


@dataclass(frozen=True, slots=True)
class Goal:
    """An interval of y that is good enough, the bounds of x, and how often y may be measured."""

    low: float
    """Least y that serves."""
    high: float
    """Largest y that serves; where only y <= high may be kept, set `ceiling`."""
    first: int
    """Least setting, at least 1."""
    last: int
    """Largest setting."""
    limit: int
    """Most trials."""
    ceiling: bool = False
    """Whether `high` is a bound that the kept setting must respect (a size), rather than `low` (a quality)."""

    slack: float = 0.0
    """How far below `low` the kept setting may lie where the search ends without meeting the interval."""
    firm: bool = False
    """Whether trials go on past `limit`, each aimed lower, until one keeps to the ceiling."""

    def __post_init__(self) -> None:
        """Check that the intervals are not empty."""
        if not (self.low <= self.high and 1 <= self.first <= self.last and self.limit >= 1):
            raise ValueError(f"not a goal: {self}")

    @property
    def aim(self) -> float:
        """The y that the solver drives at: inside the interval, nearer to the bound that must hold."""
        share = 0.6 if self.ceiling else 0.4
        return self.low + share * (self.high - self.low)


Point = tuple[int, float]
"""A setting and the y that it gave."""


def next_setting(prior: Sequence[tuple[float, float]], trials: Sequence[Point], goal: Goal) -> int | None:
    """Return the setting to try next, or None when the search is over.

    Parameters
    ----------
    prior : sequence of (x, y)
        Expected y, by rising x and never falling y; with fewer than two points the bracket is halved instead.
    trials : sequence of (x, y)
        What was measured so far, in the order of measuring.
    goal : Goal

    Returns
    -------
    int or None
        A setting in [goal.first, goal.last] that was not tried yet; None when a trial already serves, when the
        bracket is closed, or when `goal.limit` trials were made, unless a firm ceiling is still to be kept.
    """
    if any(goal.low <= y <= goal.high for _, y in trials):
        return None
    excess = len(trials) + 1 - goal.limit
    if excess > 0 and not (goal.firm and all(y > goal.high for _, y in trials)):
        return None
    below, above = _bracket(trials, goal)
    if below + 1 > above - 1:
        return None
    wide = goal.ceiling or above >= WIDE * below
    stuck = _is_stuck([y > goal.high for _, y in trials]) and not _came_close(trials[-1][1], goal)
    halved = len(prior) < 2 or (wide and stuck)
    aim = goal.aim - max(0, excess) * (goal.high - goal.low)
    guess = math.isqrt(max(1, below) * above) if halved else _solve(prior, trials, aim)
    if above <= goal.last:
        guess = max(guess, -(-above // FARTHEST))
    if below >= goal.first and not (halved or goal.ceiling):
        guess = min(guess, math.ceil(HIGHEST * below))
    return min(max(guess, below + 1), above - 1)


def best_setting(trials: Sequence[Point], goal: Goal) -> int:
    """Return the tried setting to keep.

    For a quality: the least x whose y lies in the interval; else one that misses it by no more than `goal.slack`; else
    the least x above it; else the x with the largest y. For a size: the x with the largest y up to `goal.high`, else
    the x with the least y. Ties go to the smaller x.

    Parameters
    ----------
    trials : sequence of (x, y)
        What was tried, in any order; at least one.
    goal : Goal

    Returns
    -------
    int
        One of the x.

    Raises
    ------
    ValueError
        If nothing was tried.
    """
    if not trials:
        raise ValueError("nothing was tried")
    if goal.ceiling:
        fits = [(-y, x) for x, y in trials if y <= goal.high]
        return min(fits)[1] if fits else min((y, x) for x, y in trials)[1]
    within = [x for x, y in trials if goal.low <= y <= goal.high]
    near = [x for x, y in trials if goal.low - goal.slack <= y < goal.low]
    above = [x for x, y in trials if y > goal.high]
    for kept in (within, near, above):
        if kept:
            return min(kept)
    return min((-y, x) for x, y in trials)[1]


def _bracket(trials: Sequence[Point], goal: Goal) -> tuple[int, int]:
    """Return the tried settings (or the bounds, exclusive) between which the answer lies."""
    below = max((x for x, y in trials if y < goal.low), default=goal.first - 1)
    # y may be uneven: a setting that was enough below one that fell short proves nothing.
    above = min((x for x, y in trials if y > goal.high and x > below), default=goal.last + 1)
    return below, above


def _is_stuck(over: Sequence[bool]) -> bool:
    """Tell whether one end of a bracket has stayed for two trials: y is uneven there, and lines mislead."""
    return len(over) > 2 and over[-1] == over[-2] and len(set(over)) > 1


def _came_close(y: float, goal: Goal) -> bool:
    """Tell whether a quality missed its interval by less than that is wide: from there a line leads on."""
    return not goal.ceiling and max(goal.low - y, y - goal.high) <= goal.high - goal.low


def _solve(prior: Sequence[tuple[float, float]], trials: Sequence[Point], aim: float) -> int:
    """Solve the prior, bent to the trials, for `aim`."""
    x = np.log2([p[0] for p in prior])
    y = np.array([p[1] for p in prior], dtype=np.float64)
    if trials:
        points = sorted(trials)
        at = np.log2([p[0] for p in points])
        expected = np.interp(at, x, y)
        knots = np.union1d(x, at)
        errors = np.interp(knots, at, np.array([p[1] for p in points]) - expected)
        x, y = knots, np.maximum.accumulate(np.interp(knots, x, y) + errors)
    if aim <= y[0]:
        return _extrapolate(float(x[0]), float(y[0]), float(x[1]), float(y[1]), aim)
    if aim >= y[-1]:
        return _extrapolate(float(x[-1]), float(y[-1]), float(x[-2]), float(y[-2]), aim)
    upper = int(np.searchsorted(y, aim))
    span = y[upper] - y[upper - 1]
    part = (aim - y[upper - 1]) / span if span > 0 else 1.0
    exponent = float(x[upper - 1] + part * (x[upper] - x[upper - 1]))
    return round(math.pow(2.0, exponent))


def _extrapolate(x0: float, y0: float, x1: float, y1: float, aim: float) -> int:
    """Carry the line through two points on to `aim`, at most one octave beyond the first."""
    slope = (y1 - y0) / (x1 - x0)
    step = (aim - y0) / slope if slope > 0 else math.copysign(1.0, aim - y0)
    return max(1, round(math.pow(2.0, x0 + max(-1.0, min(1.0, step)))))
