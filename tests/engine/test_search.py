"""The solver, on curves whose answer is known."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autok.search import Goal, Point, best_setting, next_setting

PRIOR = [(k, 12.0 * math.log2(k)) for k in (2, 4, 8, 16, 32, 64, 128, 256)]


def walk(measure: Callable[[int], float], goal: Goal) -> list[Point]:
    """Run the solver to its end and return every trial."""
    trials: list[Point] = []
    while (setting := next_setting(PRIOR, trials, goal)) is not None:
        trials.append((setting, measure(setting)))
        assert len(trials) <= goal.limit
    return trials


def test_a_right_prior_needs_one_trial() -> None:
    """Where the prior is the truth, the first trial serves."""
    goal = Goal(low=59.0, high=61.0, first=2, last=256, limit=4)
    trials = walk(lambda k: 12.0 * math.log2(k), goal)
    assert len(trials) == 1
    assert 59.0 <= trials[0][1] <= 61.0


@pytest.mark.parametrize("offset", [-25.0, -8.0, 8.0, 25.0])
@pytest.mark.parametrize("slope", [9.0, 12.0, 15.0])
def test_a_wrong_prior_is_bent_to_the_trials(offset: float, slope: float) -> None:
    """A prior that is off in height and slope still leads into the interval within four trials."""
    goal = Goal(low=49.0, high=51.5, first=2, last=256, limit=4)
    trials = walk(lambda k: offset + slope * math.log2(k), goal)
    reachable = any(49.0 <= offset + slope * math.log2(k) <= 51.5 for k in range(2, 257))
    assert not reachable or 49.0 <= trials[-1][1] <= 51.5


def test_an_unreachable_quality_ends_at_the_last_setting() -> None:
    """Where even the last setting stays below, it is the one to keep."""
    goal = Goal(low=95.0, high=97.0, first=2, last=256, limit=4)
    trials = walk(lambda k: 8.0 * math.log2(k), goal)
    assert best_setting(trials, goal) == 256


def test_the_least_setting_that_reaches_a_quality_is_kept() -> None:
    """Of several trials that reach the quality the one with the fewest colours is kept, whatever their order."""
    goal = Goal(low=60.0, high=61.0, first=2, last=256, limit=9)
    assert best_setting([(64, 66.0), (40, 60.5), (30, 55.0), (50, 61.5)], goal) == 40


def test_an_end_that_stays_twice_has_the_bracket_halved() -> None:
    """Under a ceiling, two trials in a row on the same side tell of a step, into whose middle the next one goes."""
    goal = Goal(low=4.9, high=5.0, first=1, last=1000, limit=9, ceiling=True)
    prior = [(1.0, 0.0), (1000.0, 10.0)]
    assert next_setting(prior, [(100, 4.8), (200, 9.0), (150, 8.9)], goal) == 122
    assert next_setting(prior, [(100, 4.8), (200, 9.0)], goal) < 110


def test_a_quality_that_jumps_in_a_wide_bracket_is_looked_for_by_halving() -> None:
    """Two scores in a row that fall short send the search into the middle, unless the bracket is narrow already."""
    goal = Goal(low=70.0, high=71.0, first=2, last=256, limit=4)
    prior = [(2.0, 0.0), (256.0, 90.0)]
    assert next_setting(prior, [(20, 88.8), (7, 54.0), (10, 67.0)], goal) == 14
    assert next_setting(prior, [(14, 88.8), (7, 54.0), (10, 67.0)], goal) == 11


def test_a_quality_that_was_nearly_met_is_not_left_by_halving() -> None:
    """From a last score within an interval's width of the goal, on either side, the line leads on, not the middle."""
    goal = Goal(low=49.0, high=51.5, first=2, last=256, limit=4)
    prior = [(2.0, 0.0), (256.0, 90.0)]
    assert next_setting(prior, [(36, 69.4), (14, 36.9), (18, 47.6)], goal) == 19
    assert next_setting(prior, [(36, 69.4), (14, 36.9), (18, 46.4)], goal) == 25
    assert next_setting(prior, [(10, 30.0), (36, 69.4), (25, 53.9)], goal) == 22
    assert next_setting(prior, [(10, 30.0), (36, 69.4), (25, 54.1)], goal) == 15


def test_a_size_is_never_exceeded_where_it_can_be_met() -> None:
    """Under a ceiling the largest size that fits is kept, though another is nearer."""
    goal = Goal(low=4.5, high=4.6, first=1, last=100, limit=9, ceiling=True)
    assert best_setting([(50, 4.61), (40, 4.3), (45, 4.55)], goal) == 45
    assert best_setting([(50, 4.9), (40, 4.7)], goal) == 40


@given(st.lists(st.floats(-1, 6), min_size=255, max_size=255), st.floats(-15, 400))
def test_a_firm_ceiling_is_kept_however_many_trials_it_takes(steps: list[float], high: float) -> None:
    """Past its limit a firm search goes on until a trial fits or none is left below, and then no further."""
    curve = dict(zip(range(2, 257), itertools.accumulate(steps), strict=True))
    goal = Goal(low=high - 0.5, high=high, first=2, last=256, limit=2, ceiling=True, firm=True)
    trials: list[Point] = []
    while (setting := next_setting(PRIOR, trials, goal)) is not None:
        trials.append((setting, curve[setting]))
    assert any(y <= high for _, y in trials) or (2, curve[2]) in trials
    assert all(y > high for _, y in trials[:-1]) or len(trials) <= goal.limit


@given(
    st.lists(st.floats(0, 6), min_size=255, max_size=255),
    st.floats(-30, 90),
    st.booleans(),
)
def test_the_solver_ends_and_repeats_nothing(steps: list[float], aim: float, ceiling: bool) -> None:
    """On any rising curve the solver stays in its bounds, tries no setting twice and stops within its limit."""
    curve = {}
    height = -20.0
    for k, step in zip(range(2, 257), steps, strict=True):
        height += step
        curve[k] = height
    goal = Goal(low=aim - 1, high=aim + 1, first=2, last=256, limit=12, ceiling=ceiling)
    trials = walk(curve.__getitem__, goal)
    settings = [k for k, _ in trials]
    assert len(set(settings)) == len(settings)
    assert best_setting(trials, goal) in settings


def test_a_near_miss_is_kept_before_a_far_overshoot() -> None:
    """What misses the interval by less than the slack is kept where only a far larger setting reaches it."""
    goal = Goal(low=69.0, high=71.2, first=5, last=98, limit=4, slack=0.5)
    assert best_setting([(68, 78.5), (60, 68.7), (50, 64.2)], goal) == 60
    assert best_setting([(68, 78.5), (60, 68.7), (61, 69.8)], goal) == 61
    assert best_setting([(68, 78.5), (60, 68.2), (50, 64.2)], goal) == 68


def test_a_bent_prior_passes_through_every_trial() -> None:
    """Between two knots of the prior the trials alone lead: a steep stretch is met by the secant through them."""
    prior = [(1, 0.0), (50, 61.0), (70, 70.0), (98, 91.0)]
    goal = Goal(low=69.0, high=71.2, first=5, last=98, limit=9)
    assert next_setting(prior, [(68, 78.5), (50, 64.2), (57, 66.6)], goal) == 60


def test_without_a_prior_the_bracket_is_halved() -> None:
    """A curve of which nothing is known is searched by halving on the scale of x."""
    goal = Goal(low=5.9, high=6.1, first=2, last=256, limit=9)
    assert next_setting([], [], goal) == 16
    assert next_setting([(2, 1.0)], [(16, 4.0)], goal) == 64


def test_a_goal_that_is_no_interval_is_refused() -> None:
    """Bounds in the wrong order are a programming error and say so."""
    with pytest.raises(ValueError, match="not a goal"):
        Goal(low=2.0, high=1.0, first=2, last=256, limit=4)
    with pytest.raises(ValueError, match="nothing was tried"):
        best_setting([], Goal(low=0.0, high=1.0, first=2, last=256, limit=4))


def test_a_step_down_is_bounded() -> None:
    """However far a trial overshoots, the next setting is no less than a third of it."""
    prior = [(2, 0.0), (4, 1.0), (8, 2.0), (24, 3.0), (256, 4.0)]
    goal = Goal(48.0, 52.0, first=2, last=256, limit=4)
    assert next_setting(prior, [(24, 90.0)], goal) == 8


def test_a_step_up_from_a_quality_that_falls_short_is_bounded() -> None:
    """From a setting that falls far short the next is two and a half times it at most; sizes are not bounded so."""
    prior = [(2.0, 0.0), (256.0, 30.0)]
    goal = Goal(low=50.0, high=51.5, first=2, last=256, limit=4)
    assert next_setting(prior, [(8, 5.0)], goal) == 20
    assert next_setting(prior, [(8, 5.0), (20, 30.0)], goal) == 50
    size = Goal(low=50.0, high=51.5, first=2, last=256, limit=4, ceiling=True)
    assert (next_setting(prior, [(8, 5.0)], size) or 0) > 20
