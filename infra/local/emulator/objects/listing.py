"""Listing a bucket: prefixes, folders by delimiter, pages."""

from __future__ import annotations

import base64
import bisect
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from local.emulator.refusals import invalid

_MOST_PER_PAGE = 1000


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list request asks for."""

    prefix: str = ""
    delimiter: str = ""
    start_offset: str = ""
    """First name, inclusive; empty is the beginning."""
    end_offset: str = ""
    """Last name, exclusive; empty is the end."""
    include_trailing_delimiter: bool = False
    max_results: int = _MOST_PER_PAGE
    after: str = ""
    """The last entry of the page before; empty on the first page."""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> ListQuery:
        """Read the JSON API's parameters.

        Raises
        ------
        Refusal
            400 for a page size or token that cannot be used.
        """
        size = query.get("maxResults", str(_MOST_PER_PAGE))
        if not re.fullmatch(r"[0-9]{1,19}", size) or int(size) < 1:
            raise invalid(f"maxResults is '{size[:20]}'; it takes a number from 1.")
        return cls(
            prefix=query.get("prefix", ""),
            delimiter=query.get("delimiter", ""),
            start_offset=query.get("startOffset", ""),
            end_offset=query.get("endOffset", ""),
            include_trailing_delimiter=query.get("includeTrailingDelimiter") == "true",
            max_results=min(int(size), _MOST_PER_PAGE),
            after=_decode_token(query.get("pageToken", "")),
        )


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing."""

    names: tuple[str, ...]
    prefixes: tuple[str, ...]
    next_token: str | None


def list_page(names: Sequence[str], query: ListQuery) -> Page:
    """Return the page of `names` that `query` asks for.

    Parameters
    ----------
    names : sequence of str
        All names in the bucket, sorted; code points order as UTF-8 bytes do.
    query : ListQuery

    Returns
    -------
    Page
        At most `query.max_results` names and prefixes together.
    """
    first = bisect.bisect_left(names, max(query.prefix, query.start_offset))
    within = itertools.takewhile(
        lambda name: name.startswith(query.prefix) and not (query.end_offset and name >= query.end_offset),
        names[first:],
    )
    found: list[str] = []
    prefixes: list[str] = []
    last = ""
    for key, members in itertools.groupby(within, key=lambda name: _folder_of(name, query) or name):
        if query.after and key <= query.after:
            continue
        if len(found) + len(prefixes) >= query.max_results:
            return Page(tuple(found), tuple(prefixes), _encode_token(last))
        last = key
        name = next(members)
        if folder := _folder_of(name, query):
            prefixes.append(folder)
        if not folder or (query.include_trailing_delimiter and name == folder):
            found.append(name)
    return Page(tuple(found), tuple(prefixes), None)


def _folder_of(name: str, query: ListQuery) -> str:
    """Return the prefix that `name` is rolled up into, or nothing."""
    if not query.delimiter:
        return ""
    head, delimiter, _ = name[len(query.prefix) :].partition(query.delimiter)
    return query.prefix + head + delimiter if delimiter else ""


def _encode_token(last: str) -> str:
    return base64.urlsafe_b64encode(last.encode()).decode()


def _decode_token(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token).decode()
    except ValueError as error:
        raise invalid("The page token is not one that a listing returned.") from error
