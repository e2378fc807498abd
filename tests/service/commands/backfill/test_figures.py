"""What a run came to: counts, their summary, and the words for a terminal."""

from __future__ import annotations

from collections import Counter

import pytest

from service.commands.backfill.figures import SAMPLE, count_ending, sample_of, show_summary, summarize
from service.commands.backfill.forecast import Caps, sum_up
from service.commands.backfill.working import Ending

ENDINGS = [
    Ending("done", 1000, 400, 1.5, 2_000_000), Ending("done", 3000, 600, 0.5, 3_000_000),
    Ending("kept", 500, 500, 0.25, 1_000_000), Ending("skipped:rule", 700, 700, 0.1, 100_000),
    Ending("already", 900, 900, 0.05, 50_000), Ending("failed:busy", 800, 800, 0.6, 10_000),
]  # fmt: skip


def counted(*, sample: bool = False, **more: int) -> Counter[str]:
    """Return the counts of the endings, and with `sample` those of a sample that was drawn from them."""
    counts: Counter[str] = Counter(more)
    for ending in ENDINGS:
        counts.update(count_ending(ending))
    if sample:
        counts.update({SAMPLE + name: value for name, value in sum_up(ENDINGS[:3]).items()})
    return counts


def test_only_results_count_for_the_saving() -> None:
    """Bytes are those of what was done or kept; time and money are those of everything."""
    counts = counted()
    assert (counts["bytes_before"], counts["bytes_after"]) == (4500, 1500)
    assert (counts["millis"], counts["nano_usd"]) == (3000, 6_160_000)
    assert (counts["done"], counts["skipped:rule"], counts["failed:busy"]) == (2, 1, 1)


def test_the_sample_is_told_apart() -> None:
    """Its sums come out under their own names, and nothing else with them."""
    assert sample_of({"done": 3, "sample/n": 2, "sample/bytes": 9}) == {"n": 2, "bytes": 9}


def test_a_summary_adds_up() -> None:
    """Endings alone are counted as such, images are those that were worked on, money is in dollars, time in seconds."""
    summary = summarize(counted(todo=7, todo_bytes=70, left=2, left_bytes=20), Caps(9, 0.5), 4, 12.3456, dry=False)
    assert summary["counts"] == {"already": 1, "done": 2, "failed:busy": 1, "kept": 1, "skipped:rule": 1}
    assert summary["images"] == 5
    assert (summary["usd"], summary["seconds"], summary["elapsed"]) == (pytest.approx(0.00616), 3.0, 12.346)
    assert (summary["todo"], summary["left"]) == ({"images": 7, "bytes": 70}, {"images": 2, "bytes": 20})
    assert summary["caps"] == {"objects": 9, "usd": 0.5}
    assert "forecast" not in summary


def test_a_forecast_goes_by_the_sample() -> None:
    """Bytes shrink as those of the sample did, and hours are seconds shared by the workers."""
    summary = summarize(counted(sample=True, todo=10, todo_bytes=15_000), Caps(), 2, 1.0, dry=True)
    forecast = summary["forecast"]
    assert forecast["sample"] == 3
    assert forecast["bytes_after"] == 15_000 * 1500 // 4500
    assert forecast["hours"] == pytest.approx(forecast["seconds"] / 2 / 3600)
    assert forecast["sample_usd"] == pytest.approx(0.006)
    assert forecast["usd"] == pytest.approx(0.02, rel=0.3)


def test_the_words_after_a_run() -> None:
    """What was done comes first, endings are spoken in words, sizes and rates follow, and what is left beyond a cap."""
    counts = counted(todo=6, todo_bytes=6900, left=2, left_bytes=2_000_000)
    lines = show_summary(summarize(counts, Caps(objects=6), 2, 2.5, dry=False)).splitlines()
    spoken = ("2 done", "1 kept as they were", "1 finished before", "1 failed, busy", "1 skipped, rule")
    assert tuple(" ".join(line.split()) for line in lines[:5]) == spoken
    assert "3.0 s of work in 2.5 s with 2 at once: 2.00 images a second" in lines[5]
    assert "$0.0062 at the prices of" in lines[5]
    assert lines[6] == "Cap of 6 images: 6 are within it."
    assert lines[7] == "2 images of 2 MB are left beyond the cap; another run goes on."


def test_the_words_of_a_rehearsal() -> None:
    """It says that nothing was written, what the sample came to, the forecast, and its share of a cap."""
    counts = counted(sample=True, todo=10, todo_bytes=15_000)
    text = show_summary(summarize(counts, Caps(usd=1.0), 2, 1.0, dry=True))
    assert text.startswith("10 images of 15 kB are to be done; nothing was written.\nOf a sample of 3,")
    assert "Forecast: 15 kB -> 5 kB" in text
    assert "1 were finished before." in text
    assert text.splitlines()[-1].startswith("Cap of $1.0000: the forecast uses ")
    assert "the run with its sample" not in text


def test_an_empty_run_has_words_too() -> None:
    """Nothing found divides by nothing."""
    for dry in (True, False):
        assert show_summary(summarize({}, Caps(usd=1.0), 1, 0.0, dry=dry))
