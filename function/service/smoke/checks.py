"""One thing that was looked at, and the table of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """What was expected, whether it is so, and what was seen."""

    name: str
    passed: bool | None
    """None where nothing is expected and the observation is what counts."""
    seen: str = ""


def render_table(checks: Sequence[Check]) -> str:
    """Return the checks as a table, one a line."""
    width = max(len(check.name) for check in checks)
    marks = {True: "ok", False: "FAILED", None: "seen"}
    return "".join(f"{marks[check.passed]:6}  {check.name:{width}}  {check.seen}".rstrip() + "\n" for check in checks)


def all_passed(checks: Sequence[Check]) -> bool:
    """Tell whether none failed."""
    return all(check.passed is not False for check in checks)
