"""The clock of the stages."""

from __future__ import annotations

import pytest

from autok.pipeline.stopwatch import Stopwatch


def test_stages_add_up_on_the_given_clock() -> None:
    """Each stage gets the time between its begin and its end, repeated ones together, and total is all of it."""
    times = iter([0.0, 1.0, 1.5, 2.0, 2.25, 3.0])
    seen: list[str] = []
    watch = Stopwatch(lambda: next(times), seen.append)
    with watch.stage("search"):
        pass
    with watch.stage("search"):
        pass
    assert watch.timings_ms() == {"search": 750.0, "total": 3000.0}
    assert seen == ["search", "search"]


def test_a_failing_stage_is_still_timed() -> None:
    """An error passes through and its stage keeps the time it took."""
    times = iter([0.0, 1.0, 4.0, 5.0])
    watch = Stopwatch(lambda: next(times))
    with pytest.raises(ZeroDivisionError), watch.stage("decode"):
        _ = 1 / 0
    assert watch.timings_ms()["decode"] == 3000.0
