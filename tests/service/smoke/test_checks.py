"""The table of what was looked at."""

from __future__ import annotations

import pytest

from service.smoke.checks import Check, all_passed, render_table


def test_the_table_has_a_line_for_each() -> None:
    """Mark, name and what was seen stand in columns, and no line ends in spaces."""
    checks = [Check("short", True, "200"), Check("a longer name", False), Check("only seen", None, "3 s")]
    assert render_table(checks).splitlines() == [
        "ok      short          200",
        "FAILED  a longer name",
        "seen    only seen      3 s",
    ]


@pytest.mark.parametrize(("passed", "whole"), [((True, True), True), ((True, None), True), ((None, False), False)])
def test_only_what_failed_is_a_failure(passed: tuple[bool | None, ...], whole: bool) -> None:
    """What is merely seen counts for neither side."""
    assert all_passed([Check("x", each) for each in passed]) == whole
