"""What the end of a job's process is told as."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from autok.errors import AutokError, CrashError, MemoryLimitError, TimeLimitError, TooManyPixelsError
from service.sandbox.outcomes import explain, succeeded
from service.settings import ChildLimits

LIMITS = ChildLimits(memory=512 * 1024**2, cpu=7, wall=11)


@pytest.mark.parametrize(
    ("outcome", "code", "kind", "words"),
    [
        ({"late": True}, 0, TimeLimitError, "longer than 11 s"),
        ({}, -signal.SIGALRM, TimeLimitError, "longer than 11 s"),
        ({}, -signal.SIGXCPU, TimeLimitError, "7 s of processor time"),
        ({"error": "too_many_pixels", "detail": "64 of 63"}, 1, TooManyPixelsError, "64 of 63"),
        ({"error": "too_many_pixels", "detail": "64 of 63"}, -signal.SIGKILL, TooManyPixelsError, "64 of 63"),
        ({"memory": True}, 1, MemoryLimitError, "512 MiB"),
        ({}, -signal.SIGKILL, MemoryLimitError, "512 MiB"),
        ({"fault": "ValueError", "where": "jpeg.py:7"}, 1, CrashError, "ValueError in jpeg.py:7"),
        ({}, -signal.SIGSEGV, CrashError, "status -11"),
        ({}, 3, CrashError, "status 3"),
        ({"done": True}, 3, CrashError, "status 3"),
    ],
)
def test_every_end_has_its_error(outcome: dict[str, Any], code: int, kind: type[AutokError], words: str) -> None:
    """What the process said last and how it ended lead to one error, with the limit's number in its sentence."""
    assert not succeeded(outcome, code)
    error = explain(outcome, code, LIMITS)
    assert type(error) is kind
    assert words in str(error)


def test_only_a_job_that_said_so_and_ended_well_is_done() -> None:
    """Neither the word alone nor the exit status alone is a success."""
    assert succeeded({"done": True}, 0)
    assert not succeeded({"done": True}, -9)
    assert not succeeded({"done": 1}, 0)
    assert not succeeded({}, 0)
