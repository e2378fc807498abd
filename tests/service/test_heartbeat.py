"""Signs of life: how often they are written, and what becomes of a write that fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autok.errors import StorageError
from service.heartbeat import FIRST_PAUSE, LAST_PAUSE, Heartbeat
from service.reports import ReportState


class Report:
    """A report in memory, with a clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.written: list[tuple[float, str, int]] = []
        self.answer: Any = None
        self.beat = Heartbeat(ReportState({"status": "working"}, 1), self.write, lambda: self.now)

    def write(self, content: Mapping[str, Any], generation: int) -> ReportState | None:
        """Take a write, and answer as it was told to."""
        self.written.append((self.now, content["stage"], generation))
        if isinstance(self.answer, Exception):
            raise self.answer
        return ReportState(content, generation + 1) if self.answer is None else None


def test_pauses_double_up_to_the_longest() -> None:
    """A stage every tenth of a second leaves writes after 2.5, 5, 8, 8 and 8 seconds, each on the last generation."""
    report = Report()
    for tick in range(1, 320):
        report.now = tick / 10
        report.beat(f"stage {tick}")
    times = [time for time, _, _ in report.written]
    assert times == [FIRST_PAUSE, 7.5, 7.5 + LAST_PAUSE, 7.5 + 2 * LAST_PAUSE, 7.5 + 3 * LAST_PAUSE]
    assert [generation for _, _, generation in report.written] == [1, 2, 3, 4, 5]
    assert (report.beat.state.generation, report.beat.writes) == (6, 5)


def test_the_report_keeps_what_it_said() -> None:
    """A stage is added to the report, and the time of the write."""
    report = Report()
    report.now = 5.0
    report.beat("search")
    assert report.beat.state.content["status"] == "working"
    assert report.beat.state.content["stage"] == "search"
    assert report.beat.state.content["updated"].startswith("1970-01-01T00:00:05")


def test_a_write_that_fails_changes_nothing() -> None:
    """Neither a fault of the storage nor somebody who was faster ends the work; the state stays what it was."""
    for answer in (StorageError("503"), "taken"):
        report = Report()
        report.answer, report.now = answer, 5.0
        before = report.beat.state
        report.beat("search")
        assert len(report.written) == 1
        assert report.beat.state is before
