"""Samples, forecasts and caps."""

from __future__ import annotations

import random

import pytest

from service.commands.backfill.forecast import Caps, Cut, draw_sample, find_cut, fit_line, sum_up, trim
from service.commands.backfill.listing import Page
from service.commands.backfill.working import Ending
from service.events import Upload

SUMS = sum_up([Ending("done", size, size // 2, 1.0 + size / 1e6, 1000 + size) for size in (10, 500, 2000, 9000)])


def uploads(count: int, size: int = 100) -> list[Upload]:
    """Return uploads in the order of their names."""
    return [Upload("uploads", f"{number:04d}.png", 7, size) for number in range(count)]


def pages_of(found: list[Upload], size: int) -> list[Page]:
    """Return uploads as pages."""
    return [Page(found[at].name, tuple(found[at : at + size])) for at in range(0, len(found), size)]


def allowed(pages: list[Page], caps: Caps) -> list[Upload]:
    """Return what the caps let through, the pages seen in any order."""
    shuffled = random.Random(3).sample(pages, len(pages))
    cut = find_cut([(page.first, [each.size for each in page.todo]) for page in shuffled], caps, SUMS)
    return [upload for page in pages for upload in trim(page, cut)]


def test_a_sample_is_the_same_however_the_bucket_is_cut() -> None:
    """Drawn from one list, or from samples of its parts, it is the same, and not the first of the names."""
    found = uploads(200)
    whole = draw_sample([found], 10)
    parts = [draw_sample([found[at::7]], 10) for at in range(7)]
    assert draw_sample(parts, 10) == whole
    assert whole != found[:10]
    assert len({upload.name for upload in whole}) == 10


def test_a_line_through_points_on_a_line_is_that_line() -> None:
    """Fixed part and part per byte are found again, and nothing is in doubt."""
    line = fit_line(SUMS, "nano_usd")
    assert line.fixed == pytest.approx(1000)
    assert line.slope == pytest.approx(1)
    assert line.doubt == pytest.approx(0, abs=1e-4)
    assert line.total(3, 1000) == pytest.approx(4000)


@pytest.mark.parametrize(
    ("points", "total"),
    [
        ([(10, 5)], 50),
        ([(10, 5), (10, 7)], 60),
        ([(10, 9), (20, 6), (30, 3)], 60),
        ([(10, 0), (20, 40), (30, 80)], None),
    ],
    ids=["one", "alike", "falling", "through zero"],
)
def test_neither_part_of_a_line_is_below_zero(points: list[tuple[int, int]], total: float | None) -> None:
    """One point, equal sizes and costs that fall give a mean; what would begin below zero grows from zero."""
    line = fit_line(sum_up([Ending("done", size, size, 0.0, cost) for size, cost in points]), "nano_usd")
    assert line.fixed >= 0
    assert line.slope >= 0
    if total is not None:
        assert line.total(10, 200) == pytest.approx(total)


def test_scattered_points_are_in_doubt() -> None:
    """Two standard errors of 100 values that scatter by half are about a tenth of their mean; of few they are all."""
    rng = random.Random(5)
    points = [Ending("done", 100, 50, 0.0, round(1e6 * rng.gauss(1, 0.5))) for _ in range(100)]
    assert fit_line(sum_up(points), "nano_usd").doubt == pytest.approx(0.1, rel=0.3)
    assert fit_line(sum_up(points[:2]), "nano_usd").doubt == 1.0


def test_what_failed_tells_a_forecast_nothing() -> None:
    """An image that was not brought to an end is not in the sums."""
    assert sum_up([Ending("failed:busy", 10, 10, 0.0, 0)]) == {}
    assert fit_line({}, "millis").total(10, 10) == 0


@pytest.mark.parametrize("cap", [1, 7, 20, 33, 60, 61])
def test_a_cap_on_objects_is_kept_to_the_object(cap: int) -> None:
    """Over all pages together, whatever their size, the first so many names are let through and no more."""
    found = uploads(60)
    for size in (1, 8, 60):
        assert allowed(pages_of(found, size), Caps(objects=cap)) == found[:cap]


def test_a_cap_on_dollars_counts_the_forecast_the_sample_and_the_listing() -> None:
    """What is let through is forecast to fit into what sample and listing leave, and one more would not."""
    found = uploads(60, size=4000)
    pages = pages_of(found, 20)
    overhead = SUMS["nano_usd"] + 1e9 * 9 * 5e-6
    caps = Caps(usd=(overhead + 5000 * 30.5) / 1e9)
    assert allowed(pages, caps) == found[:30]
    assert allowed(pages, Caps(usd=overhead / 1e9)) == []
    assert allowed(pages, Caps(usd=1.0)) == found
    assert allowed(pages, Caps(objects=10, usd=caps.usd)) == found[:10]


def test_doubt_undershoots_a_cap() -> None:
    """The more the sample scatters, the less is let through."""
    scattered = sum_up([Ending("done", 100, 50, 0.0, cost) for cost in (100, 900, 1700)])
    steady = sum_up([Ending("done", 100, 50, 0.0, 900)] * 3)
    pages = [("a", [100] * 100)]
    caps = Caps(usd=(2700 + 900 * 50 + 15_000) / 1e9)
    few, many = (find_cut(pages, caps, sums) for sums in (scattered, steady))
    assert few.objects < many.objects == 50


def test_without_reaching_a_cap_there_is_no_cut() -> None:
    """A cap above everything lets every page through whole."""
    assert find_cut([("a", [1, 2])], Caps(objects=2), {}) == Cut(None)


def test_a_cap_bounds_its_sample() -> None:
    """A tenth of the dollars at the usual price, at least one image, and what was wanted where there is no such cap."""
    assert Caps(usd=0.02).bound_sample(50) == 20
    assert Caps(usd=0.0001).bound_sample(50) == 1
    assert Caps(usd=100).bound_sample(50) == 50
    assert Caps(objects=3).bound_sample(50) == 50
