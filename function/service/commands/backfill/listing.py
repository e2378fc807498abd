"""What is to be done: the uploads in pages, less those that a final report speaks of; ranges of names to share.

A page of uploads is held against the same stretch of the results bucket, so that the reports are told from the
listing: two or three requests a thousand uploads, and none for each.
"""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

from service.events import FINALIZED, Skip, Upload, parse_event, read_number
from service.names import REPORT_SUFFIX, SOURCE_GENERATION, name_report
from service.reports import FINAL, STATUS_METADATA, read_report
from service.settings import Settings
from service.storage import Storage, Stored

LAST: Final = chr(0x10FFFF)
"""Sorts behind every character that a name has."""

Range = tuple[str, str]
"""The first name, and the first that is beyond; an empty text leaves that side open."""


class Lister(Storage, Protocol):
    """A storage that lists by pages and ranges."""

    def pages(
        self, bucket: str, prefix: str = "", start: str = "", end: str = "", size: int = 1000
    ) -> Iterator[list[Stored]]:
        """See `service.storage.CloudStorage.pages`."""
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing."""

    first: str
    """Name of its first object; no two pages share it."""
    todo: tuple[Upload, ...] = ()
    """The uploads without a final report, in the order of their names."""
    counts: Counter[str] = field(default_factory=Counter)
    """``already``, and ``skipped:REASON`` of what never becomes an upload."""

    @property
    def size(self) -> int:
        """Bytes of what is to be done."""
        return sum(upload.size for upload in self.todo)


def read_pages(storage: Lister, settings: Settings, prefix: str, names: Range, size: int = 1000) -> Iterator[Page]:
    """Yield the pages of a range of names.

    Parameters
    ----------
    storage : Lister
    settings : Settings
        Names the two buckets.
    prefix : str
        What every name begins with.
    names : tuple of str
    size : int
        Most objects of a page; the default is 1000.

    Raises
    ------
    StorageError
        When the storage does not answer.
    """
    for listed in storage.pages(settings.uploads_bucket, prefix, *names, size=size):
        if listed:
            yield _judge(storage, settings, prefix, listed)


def _judge(storage: Lister, settings: Settings, prefix: str, listed: list[Stored]) -> Page:
    finished = _find_finished(storage, settings.results_bucket, prefix, [stored.name for stored in listed])
    counts: Counter[str] = Counter()
    todo = []
    for stored in listed:
        upload = _parse(stored, settings.uploads_bucket)
        if isinstance(upload, Skip):
            counts[f"skipped:{upload.reason}"] += 1
        elif finished.get(upload.name, 0) >= upload.generation:
            counts["already"] += 1
        else:
            todo.append(upload)
    return Page(listed[0].name, tuple(todo), counts)


def _parse(stored: Stored, bucket: str) -> Upload | Skip:
    """Read a listed object as the worker reads the event that announced it."""
    said = {
        "bucket": bucket,
        "name": stored.name,
        "generation": stored.generation,
        "size": stored.size,
        "contentType": stored.content_type,
        "metadata": stored.metadata,
    }
    return parse_event(FINALIZED, said, bucket)


def _find_finished(storage: Lister, bucket: str, prefix: str, names: list[str]) -> dict[str, int]:
    """Return by name the generation that an upload's final report speaks of.

    Notes
    -----
    The report of a name sorts between the first and the last name of the page, save where the last begins with the
    name; these few are asked for one by one.
    """
    last = names[-1]
    reports = {
        stored.name.removesuffix(REPORT_SUFFIX): stored
        for page in storage.pages(bucket, prefix, names[0], last)
        for stored in page
        if stored.name.endswith(REPORT_SUFFIX)
    }
    for name in names:
        there = storage.stat(bucket, name_report(name)) if last.startswith(name) else None
        if there is not None:
            reports[name] = there
    return {name: _read_generation(storage, bucket, name, stored) for name, stored in reports.items()}


def _read_generation(storage: Storage, bucket: str, name: str, report: Stored) -> int:
    if report.metadata.get(STATUS_METADATA) not in FINAL:
        return 0
    told = read_number(report.metadata.get(SOURCE_GENERATION))
    return read_report(storage, bucket, name).source_generation if told is None else told


def find_ranges(storage: Lister, bucket: str, prefix: str, count: int, size: int = 1000) -> list[Range]:
    """Cut a bucket into ranges of names that can be listed at the same time.

    Parameters
    ----------
    storage : Lister
    bucket, prefix : str
    count : int
        How many ranges are wanted; there are fewer where names do not allow it, and one where a page holds all.
    size : int
        Most objects of a page; the default is 1000.

    Returns
    -------
    list of tuple
        In the order of names, side by side; nothing lies outside of them.
    """
    begin = storage.pages(bucket, prefix, size=size)
    first = next(begin, [])
    if count < 2 or not first or not next(begin, []):
        return [("", "")]

    def probe(start: str, end: str) -> str | None:
        found = next(storage.pages(bucket, prefix, start, end, size=1), [])
        return found[0].name if found else None

    starts, open_ = [first[0].name], [True]
    while len(starts) < count and any(open_):
        for place in [place for place, fresh in enumerate(open_) if fresh][::-1]:
            end = starts[place + 1] if place + 1 < len(starts) else prefix + LAST
            border = _find_border(probe, starts[place], end) if len(starts) < count else None
            open_[place] = border is not None
            if border is not None:
                starts.insert(place + 1, border)
                open_.insert(place + 1, True)
    return [*zip(["", *starts[1:]], [*starts[1:], ""], strict=True)]


def _find_border(probe: Callable[[str, str], str | None], first: str, end: str) -> str | None:
    """Return a name in the middle of a stretch of names, or None where it holds one alone.

    Notes
    -----
    First, by halving, how much of its first name all names begin with; then, by halving again, a character behind it
    that some names stay below and others reach.
    """
    shared = bisect.bisect_left(range(len(first)), True, key=lambda k: probe(first[: k + 1] + LAST, end) is not None)
    head, low = first[:shared], ord(first[shared]) if shared < len(first) else -1
    high = 0x80 if probe(head + "\x80", end) is None else ord(LAST)
    while high - low > 1:
        middle = (low + high) // 2
        found = probe(head + _character(middle), end)
        if found is not None and found != first:
            return found
        high = middle
    return None


def _character(place: int) -> str:
    """Return a character by its number; halves of a pair, which are none, give the last one below them."""
    return chr(0xD7FF if 0xD800 <= place <= 0xDFFF else place)
