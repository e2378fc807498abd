"""What the simulation of a fleet under load does, held against what queueing theory knows."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from bench.crowd import Fleet, draw_from, simulate

ENDLESS = float("inf")


def always(seconds: float) -> Callable[[random.Random], float]:
    """Return a draw that is the same each time."""
    return lambda _: seconds


def erlang(servers: int, load: float) -> float:
    """Return the probability of having to wait in a queue with so many servers (Erlang's C formula)."""
    terms = [load**k / math.factorial(k) for k in range(servers)]
    last = load**servers / math.factorial(servers) * servers / (servers - load)
    return last / (sum(terms) + last)


def test_with_instances_enough_an_image_takes_its_work_and_its_start() -> None:
    """Nobody waits for another, and whoever comes to no free instance waits for one to start."""
    course = simulate(Fleet(1000, cold=3.0, patience=60.0), 5.0, 2000, always(2.0))
    assert len(course.waits) == 2000
    assert min(course.waits) == pytest.approx(2.0)
    assert max(course.waits) <= 5.0 + 1e-9
    assert course.refused == 0
    assert course.percentile(0.5) == pytest.approx(2.0)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (3, 2.1), (10, 8.0)])
def test_waits_are_those_of_the_theory(servers: int, load: float) -> None:
    """Without starts or refusals, and work drawn exponentially, the mean wait is within 8% of M/M/c's."""
    fleet = Fleet(servers, cold=0.0, patience=ENDLESS, idle=ENDLESS)
    course = simulate(fleet, load, 200_000, lambda rng: rng.expovariate(1.0))
    wait = erlang(servers, load) / (servers - load)
    assert sum(course.waits) / len(course.waits) - 1 == pytest.approx(wait, rel=0.08)
    assert course.busy / course.span == pytest.approx(load, rel=0.02)


def test_the_same_seed_gives_the_same_course() -> None:
    """Two runs agree to the last digit, and another seed differs."""
    fleet = Fleet(3, cold=2.0, patience=5.0, faults=0.1)
    first, second, other = (simulate(fleet, 2.0, 500, draw_from((1, 2), (0.5, 0.5), 0.1), seed) for seed in (1, 1, 2))
    assert first == second
    assert first != other


def test_no_image_is_lost_where_most_are_turned_away() -> None:
    """A fleet that is far too small turns many away, keeps to its limit, and brings every image to its end once."""
    course = simulate(Fleet(2, cold=1.0, patience=3.0), 10.0, 1000, always(1.0))
    assert len(course.waits) == 1000
    assert course.refused > 1000
    assert course.peak == 2
    assert course.busy == pytest.approx(1000)
    assert course.span >= 500


def test_faults_come_again_and_are_worked_on_again() -> None:
    """A tenth of the work ends in a fault; each costs a pause of ten seconds or more and the work once more."""
    course = simulate(Fleet(100, cold=0.0, patience=60.0, faults=0.1), 1.0, 2000, always(2.0))
    assert course.faults == pytest.approx(2000 / 9, rel=0.2)
    assert course.busy == pytest.approx(2.0 * (2000 + course.faults))
    assert max(course.waits) > 10
    assert course.percentile(0.5) == pytest.approx(2.0)


def test_idle_instances_are_taken_down() -> None:
    """At one image in an hour each finds none and starts one; at one a minute they stay."""
    fleet = Fleet(10, cold=5.0, patience=60.0)
    rare = simulate(fleet, 1 / 36_000, 200, always(2.0))
    often = simulate(fleet, 1 / 30, 200, always(2.0))
    assert rare.starts > 190
    assert rare.peak <= 2
    assert often.starts < 10


def test_service_times_are_drawn_by_their_shares() -> None:
    """The mean of many draws is that of the sizes by their shares, with the overhead on top."""
    rng = random.Random(4)
    draw = draw_from((1.0, 10.0), (0.75, 0.25), 0.5)
    drawn = [draw(rng) for _ in range(20_000)]
    assert sum(drawn) / len(drawn) == pytest.approx(0.5 + 0.75 + 2.5, rel=0.03)
    assert min(drawn) >= 1.3 - 1e-9
    assert max(drawn) <= 12.5 + 1e-9
