"""Receipts: whether a report and an original lead to the very bytes that the report names."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from autok.decoding import Limits
from autok.options import Options
from autok.pipeline import compress
from autok.reporting import engine_versions

_MOST_PIXELS: Final = 268_402_689
_LONGEST_SIDE: Final = 65_535


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the bytes match, and the sentence that says so."""

    matches: bool
    why: str

    def __bool__(self) -> bool:
        """Return whether the bytes match."""
        return self.matches


def verify(report: Mapping[str, Any], original: bytes, result: bytes | None = None) -> Verdict:
    """Compress an original again as its report says, and compare the bytes by their SHA-256.

    Parameters
    ----------
    report : mapping
        The report as JSON values, of a command line or of the service.
    original : bytes
        The file that was compressed.
    result : bytes, optional
        A file said to be the result; where given, it has to match too.

    Returns
    -------
    Verdict
        False too for a report that is of no finished job or speaks of another file.

    Raises
    ------
    AutokError
        When the original cannot be compressed here.

    Examples
    --------
    >>> from autok.verification import verify
    >>> verify({"status": "failed"}, b"").why
    'The report is not of a finished job (status failed), so there are no bytes to compare.'
    """
    if report.get("status") != "done":
        status = str(report.get("status", "missing"))[:20]
        return Verdict(
            False, f"The report is not of a finished job (status {status}), so there are no bytes to compare."
        )
    try:
        named, expected = str(report["input"]["sha256"]), str(report["output"]["sha256"])
        given, limits = dict(report["options"]), _admit(report["input"])
        made_with = {str(key): str(value) for key, value in dict(report["engine"]).items()}
    except (KeyError, TypeError, ValueError, OverflowError):
        return Verdict(False, "The report lacks hashes, options or versions, so nothing can be compared.")
    if _hash(original) != named:
        return Verdict(
            False, f"The report speaks of another original, with SHA-256 {named}; this has {_hash(original)}."
        )
    if result is not None and _hash(result) != expected:
        return Verdict(
            False, f"The report speaks of another result, with SHA-256 {expected}; this has {_hash(result)}."
        )
    made, _ = compress(original, Options.parse(given), limits=limits)
    if _hash(made) == expected:
        return Verdict(True, f"The bytes match: {len(made)} bytes with SHA-256 {expected}.")
    return Verdict(False, f"The bytes differ: the report names SHA-256 {expected}, here it is {_hash(made)}."
                   + _compare(made_with))  # fmt: skip


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _admit(described: Mapping[str, Any]) -> Limits:
    """Return limits that admit the original where a service with higher ones had admitted it, up to a bound."""
    usual = Limits()
    width, height = int(described["width"]), int(described["height"])
    return replace(
        usual,
        max_bytes=max(usual.max_bytes, int(described["bytes"])),
        max_pixels=max(usual.max_pixels, min(width * height, _MOST_PIXELS)),
        max_side=max(usual.max_side, min(max(width, height), _LONGEST_SIDE)),
    )


def _compare(made_with: Mapping[str, str]) -> str:
    """Name the versions that differ, as they are the usual reason."""
    here = engine_versions()
    other = [f"{key} {value} (here {here.get(key, 'absent')})" for key, value in sorted(made_with.items())
             if here.get(key) != value]  # fmt: skip
    return f" It was made with {', '.join(other)}." if other else " The versions are the same."
