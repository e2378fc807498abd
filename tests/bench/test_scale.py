"""What the arithmetic and the simulation of rates say."""

from __future__ import annotations

import json

import pytest

from bench.cost import RECORDED
from bench.scale import MIX, OVERHEAD, measure, observe, reckon


def test_needs_are_the_record_times_the_rate() -> None:
    """Instances follow Little's law, and everything grows with the rate."""
    photos = json.loads(RECORDED.read_text())["photos"]
    seconds = sum(share * photo["seconds"] for share, photo in zip(MIX, photos, strict=True)) + OVERHEAD
    small, large = reckon(3_600), reckon(360_000)
    assert sum(MIX) == pytest.approx(1)
    assert small.seconds == pytest.approx(seconds)
    assert small.instances == pytest.approx(seconds)
    assert (small.events, small.reads) == (1, 4)
    assert 3 <= small.writes < 5
    assert large.usd == pytest.approx(100 * small.usd)
    assert large.writes == pytest.approx(100 * small.writes)


def test_a_dollar_is_what_the_price_list_makes_of_it() -> None:
    """An hour at one image a second costs its seconds at the worker's price, and no more than a fifth beside them."""
    need = reckon(3_600)
    compute = 3_600 * need.seconds * (24e-6 + 2 * 2.5e-6)
    assert compute < need.usd < 1.5 * compute


def test_too_small_a_fleet_turns_away_and_a_large_one_does_not() -> None:
    """Below what Little's law asks for images come again and are late; a fifth above it 95% take seconds."""
    rate = 20_000
    busy = reckon(rate).instances
    small, large = (observe(rate, round(share * busy), 2_000) for share in (0.8, 1.3))
    assert small.refused > 0 == large.refused
    assert small.percentile(0.95) > 2 * large.percentile(0.95)
    assert large.percentile(0.95) < 15


def test_a_rare_image_waits_for_a_start() -> None:
    """At one image an hour most find nothing running."""
    course = observe(1, 10, 300)
    assert course.starts > 200
    assert course.percentile(0.5) > 6


def test_the_tables_are_the_same_again() -> None:
    """Two measurements with one seed print the same."""
    assert [table.render() for table in measure(None, 300)] == [table.render() for table in measure(None, 300)]
