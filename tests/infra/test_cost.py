"""What images cost, from recorded seconds: within the limit, and counted as the bill counts."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from bench.cost import (
    API_GIB,
    GIB,
    GOAL,
    VCPU,
    Price,
    burn_daily,
    count_free,
    count_signs,
    judge,
    main,
    price,
    read_record,
)
from service.cost import CLASS_A, CLASS_B, REQUEST
from support.terraform import find_blocks, find_locals, find_named

PHOTO: dict[str, Any] = {"megapixels": 12, "seconds": 2.0, "bytes_in": 2_000_000, "bytes_out": 500_000}


def prices() -> dict[int, Price]:
    """Return the price of each recorded size."""
    return {photo["megapixels"]: price(photo) for photo in read_record()["photos"]}


def test_twelve_megapixels_meet_the_goal() -> None:
    """At the recorded seconds, 1,000 photos of 12 megapixels cost no more compute and operations than the goal."""
    assert prices()[12].bounded <= GOAL


def test_the_goal_is_judged_by_the_price() -> None:
    """What meets the goal is said to meet it, and what misses it is told how many seconds would do."""
    assert judge(price({**PHOTO, "seconds": 2.3})).endswith("which is met.")
    assert "missed: 2.3 s a photo would meet it, 2.80 s does not" in judge(price({**PHOTO, "seconds": 2.8}))


def test_the_record_is_whole() -> None:
    """The record has a date, a machine, and 2, 12 and 48 megapixels, each smaller afterwards, larger ones slower."""
    record = read_record()
    assert datetime.date.fromisoformat(record["measured"])
    assert record["machine"]
    assert [photo["megapixels"] for photo in record["photos"]] == [2, 12, 48]
    assert all(0 < photo["bytes_out"] <= photo["bytes_in"] for photo in record["photos"])
    seconds = [photo["seconds"] for photo in record["photos"]]
    assert seconds == sorted(seconds)


def test_the_price_is_that_of_the_formula() -> None:
    """Two seconds cost 2 vCPU-s and 4 GiB-s; four requests, writes (too short for a sign of life) and reads."""
    made = price(PHOTO)
    assert made.compute == pytest.approx(1000 * 2.0 * (24e-6 + 2 * 2.5e-6))
    assert made.operations == pytest.approx(1000 * (4 * REQUEST + 4 * CLASS_A + 4 * CLASS_B), rel=1e-4)
    assert made.storage == pytest.approx(1000 * 2.5e-3 * 0.020 / 30)
    assert made.egress == pytest.approx(1000 * 0.5e-3 * 0.12)


def test_more_seconds_cost_more() -> None:
    """A slower engine is a dearer one, and would break the goal."""
    assert price({**PHOTO, "seconds": 4.0}).bounded > GOAL > price({**PHOTO, "seconds": 1.0}).bounded


@pytest.mark.parametrize(("seconds", "count"), [(0.5, 0), (2.4, 0), (2.5, 1), (7.4, 1), (7.5, 2), (15.5, 3), (24, 4)])
def test_signs_of_life_are_counted(seconds: float, count: int) -> None:
    """Signs of life come after 2.5 s, then after pauses of 5, 8, 8 and 8 s."""
    assert count_signs(seconds) == count


def test_the_free_tier_carries_tens_of_thousands() -> None:
    """At two seconds, the processor seconds that are free decide how many images a month cost no compute."""
    assert count_free(2.0) == int(180_000 / 2.3)


def test_the_worst_day_of_computing_is_what_the_variables_say() -> None:
    """The compute of the worst day at the defaults is under $30, and the variables' descriptions name its parts."""
    variables = find_named("variable")
    workers, apis = (variables[f"{name}_max_instances"]["default"] for name in ("worker", "api"))
    assert burn_daily(workers, apis, 2.0)["compute"] < 30
    for name, burn in (("worker", burn_daily(workers, 0, 2.0)), ("api", burn_daily(0, apis, 2.0))):
        assert f"${burn['compute']:.2f}" in variables[f"{name}_max_instances"]["description"]


def test_the_instances_are_those_of_the_configuration() -> None:
    """The prices are reckoned with the processors and the memory that the functions are given."""
    assert (find_locals()["_worker_vcpu"], find_locals()["_worker_gib"]) == (VCPU, GIB)
    (api,) = find_blocks("google_cloudfunctions2_function")["api"]["service_config"]
    assert api["available_memory"] == f"{API_GIB * 1024:.0f}Mi"


def test_the_tables_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints the sizes, the others' prices, the free tier and the worst day."""
    main()
    shown = capsys.readouterr().out
    for words in ("12  ", "TinyPNG", "ShortPixel", "Cloudinary", "free tier", "worst day", "egress"):
        assert words in shown
