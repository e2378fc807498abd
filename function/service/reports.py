"""The report as an object: read with its generation, replaced only where nobody else was faster."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from autok import __version__
from autok.errors import AutokError, StorageError
from service.events import Upload, read_number
from service.names import PAGE_PREFIX, SOURCE_GENERATION, is_name, name_report
from service.storage import Attributes, Storage

FINAL: Final = frozenset({"done", "failed", "skipped"})
"""What a report says when its upload is finished with."""

STATUS_METADATA: Final = "autok-status"
"""Custom metadata of a report: its status, so that whoever watches or lists the bucket need not read it; beside it
stands the upload's generation, as it does on results."""

_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class ReportState:
    """A report as it lies in the results bucket; an absent one has generation 0 and no content."""

    content: Mapping[str, Any] = field(default_factory=dict)
    generation: int = 0

    @property
    def source_generation(self) -> int:
        """The upload's generation that it speaks of; 0 where it speaks of none."""
        source = self.content.get("source")
        value = source.get("generation") if isinstance(source, Mapping) else None
        # Whoever may write the results bucket may have put anything under this name.
        return read_number(value) or 0

    @property
    def status(self) -> str:
        """``working``, one of `FINAL`, or empty."""
        return str(self.content.get("status", ""))

    @property
    def attempt(self) -> int:
        """Attempts begun at this source generation, less those that ended in good order."""
        value = self.content.get("attempt")
        return value if isinstance(value, int) else 0

    @property
    def results(self) -> tuple[str, ...]:
        """Names in the results bucket that this report, or one before it, gave to a result or a preview.

        What no object can be called is left out: the storage refuses even to be asked for it, and the event would come
        again for ever.
        """
        output, preview, earlier = (self.content.get(key) for key in ("output", "preview", "replaces"))
        names = list(earlier) if isinstance(earlier, list) else []
        names += [output.get("name")] if isinstance(output, Mapping) else []
        names += [preview]
        return tuple(dict.fromkeys(name for name in names if isinstance(name, str) and is_name(name)))

    def age(self, now: float) -> float:
        """Return the seconds between its last sign of life and now; without one it is infinitely old."""
        text = self.content.get("updated")
        try:
            # One far in the future was dated by a wrong clock, and would hold the upload up until then.
            return abs(now - datetime.fromisoformat(str(text)).timestamp())
        except ValueError:
            return float("inf")


def parse_report(data: bytes) -> dict[str, Any]:
    """Read a report; anything that is none is an empty one, so that a damaged report is replaced, not obeyed."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def read_report(storage: Storage, bucket: str, upload: str) -> ReportState:
    """Return the report on an upload with its generation.

    Raises
    ------
    StorageError
        When the storage does not answer, or the report changes faster than it can be read.
    """
    name = name_report(upload)
    for _ in range(_TRIES):
        there = storage.stat(bucket, name)
        if there is None:
            return ReportState()
        # Content and generation have to be of one write: without the generation a newer content could be read under it.
        data = storage.read(bucket, name, there.generation)
        if data is not None:
            return ReportState(parse_report(data), there.generation)
    raise StorageError("The report changes faster than it can be read; trying again later helps.")


def write_report(
    storage: Storage, bucket: str, upload: str, content: Mapping[str, Any], expected: int
) -> ReportState | None:
    """Replace the report whose generation is `expected`; None where that is not the live one any more."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # A sentence that quotes a rules file can hold half a character, of which no retry would make a whole one.
    data = text.encode("utf-8", "replace")
    metadata = {
        STATUS_METADATA: str(content.get("status", "")),
        SOURCE_GENERATION: str(ReportState(content).source_generation),
    }
    attributes = Attributes("application/json", cache_control="private, no-store", metadata=metadata)
    generation = storage.write(bucket, name_report(upload), data, attributes, expected)
    return None if generation is None else ReportState(content, generation)


def show_time(now: float) -> str:
    """Return seconds since 1970 as RFC 3339 in UTC, with milliseconds."""
    return datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def describe_source(upload: Upload) -> dict[str, Any]:
    """Return the report's ``source``; the generation is text, as it exceeds what a browser's numbers hold."""
    return {"bucket": upload.bucket, "name": upload.name, "generation": str(upload.generation)}


def begin_report(upload: Upload, attempt: int, run: str, replaces: tuple[str, ...], now: float) -> dict[str, Any]:
    """Return the report of work that begins.

    Parameters
    ----------
    upload : Upload
    attempt : int
        Counted from 1.
    run : str
        Tells this run from every other, so that two identical reports cannot both seem to have been written.
    replaces : tuple of str
        Objects of an earlier generation that are removed before the finished report is written.
    now : float
        Seconds since 1970.
    """
    return {
        "version": __version__,
        "status": "working",
        "stage": "starting",
        "attempt": attempt,
        "updated": show_time(now),
        "run": run,
        "source": describe_source(upload),
        "replaces": list(replaces),
    }


def fail_report(
    working: Mapping[str, Any], error: AutokError, options: Mapping[str, Any] | None, now: float
) -> dict[str, Any]:
    """Return the report of work that failed for good."""
    ended = _end(working, "failed", now)
    return {**ended, "options": options, "error": error.as_dict()} if options else {**ended, "error": error.as_dict()}


def skip_report(working: Mapping[str, Any], skipped: Mapping[str, Any], now: float) -> dict[str, Any]:
    """Return the report of an upload that is left alone."""
    return {**_end(working, "skipped", now), "skipped": dict(skipped)}


def _end(working: Mapping[str, Any], status: str, now: float) -> dict[str, Any]:
    kept = {key: working[key] for key in ("version", "attempt", "source", "replaces") if working.get(key)}
    return {**kept, "status": status, "updated": show_time(now)}


def cache_control(upload: str) -> str:
    """Return how long a browser may keep what was made of an upload; shared caches never may."""
    return "private, no-store" if upload.startswith(PAGE_PREFIX) else "private, max-age=3600"
