"""What smoke reads out of the worker's log, with a gcloud that prints what it is told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from service.smoke.worker import check_sandbox
from support.deployment import DEPLOYMENT


class Log:
    """A log that stays empty for some looks, and then holds some lines, the newest first."""

    def __init__(self, lines: list[dict[str, Any]], late: int = 0) -> None:
        self.lines, self.late = lines, late
        self.said: list[Sequence[str]] = []

    def __call__(self, arguments: Sequence[str]) -> str:
        self.said.append(arguments)
        return json.dumps([{"jsonPayload": line} for line in self.lines] if len(self.said) > self.late else [])


@pytest.mark.parametrize(("bounded", "passed"), [(True, True), (False, False), (None, False)])
def test_only_a_limit_that_was_seen_to_hold_passes(bounded: bool | None, passed: bool) -> None:
    """The newest line decides, and the memory is the most of all lines."""
    log = Log([{"bounded": bounded, "peak_bytes": 100 * 2**20}, {"bounded": True, "peak_bytes": 900 * 2**20}])
    checks = check_sandbox(DEPLOYMENT, log)
    assert [check.passed for check in checks] == [passed, None]
    assert checks[1].seen == "900 MiB"
    assert 'resource.labels.service_name="autok-worker"' in log.said[0][2]


def test_a_line_that_comes_late_is_waited_for() -> None:
    """The log is looked at again until it has a line; one without any is a failure, not a crash."""
    pauses: list[float] = []
    assert check_sandbox(DEPLOYMENT, Log([{"bounded": True}], late=3), pauses.append)[0].passed
    assert len(pauses) == 3
    (check,) = check_sandbox(DEPLOYMENT, Log([]), lambda _: None)
    assert check.passed is False
