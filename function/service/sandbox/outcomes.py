"""What a job in a process of its own can come to: an answer, or one of the errors."""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autok.errors import AutokError, CrashError, MemoryLimitError, TimeLimitError
from service.sandbox.messages import revive
from service.settings import ChildLimits


@dataclass(frozen=True, slots=True)
class Usage:
    """What a child used."""

    cpu_seconds: float
    peak_bytes: int
    """Resident memory at its most; what it shares with the helper counts too."""
    wall_seconds: float
    bounded: bool | None = None
    """Whether the memory limit was seen to hold on this system; None where nobody looked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a child answered."""

    content: Mapping[str, Any]
    files: Sequence[bytes]
    usage: Usage


def too_late(limits: ChildLimits) -> TimeLimitError:
    """Return the error of a job whose time on the clock is over."""
    return TimeLimitError(f"The image took longer than {limits.wall} s; a smaller one, or fewer demands on it, may do.")


def succeeded(outcome: Mapping[str, Any], code: int) -> bool:
    """Tell whether a process said that it was done, and ended well; only that counts as success.

    Parameters
    ----------
    outcome : mapping
        What it said last: ``done``, ``error`` with ``detail``, ``memory``, ``fault`` with ``where``, or nothing.
    code : int
        Its exit status, negative for a signal.
    """
    return outcome.get("done") is True and code == 0


def explain(outcome: Mapping[str, Any], code: int, limits: ChildLimits) -> AutokError:
    """Return the error of a job that did not succeed; parameters as in `succeeded`."""
    number = -code
    if "late" in outcome or number == getattr(signal, "SIGALRM", None):
        return too_late(limits)
    if isinstance(outcome.get("error"), str):
        return revive(outcome["error"], str(outcome.get("detail", "")))
    if number == getattr(signal, "SIGXCPU", None):
        return TimeLimitError(f"The image took more than {limits.cpu} s of processor time; a smaller one may do.")
    if "memory" in outcome or number == getattr(signal, "SIGKILL", None):
        return MemoryLimitError(
            f"The image needs more than the {limits.memory // 1024**2} MiB of memory that one may use; take a smaller."
        )
    how = f"{outcome['fault']} in {outcome.get('where')}" if "fault" in outcome else f"status {code}"
    return CrashError(f"The image brought its process down ({how}); saving it anew with another program may help.")
