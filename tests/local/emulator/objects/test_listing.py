"""Listings, compared with the plain definition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.emulator.objects.listing import ListQuery, list_page
from local.emulator.refusals import Refusal

NAMES = st.lists(st.text(alphabet="ab/ü", min_size=1, max_size=6), unique=True).map(sorted)


@given(
    names=NAMES,
    prefix=st.text(alphabet="ab/", max_size=2),
    delimiter=st.sampled_from(["", "/"]),
    size=st.integers(1, 4),
    trailing=st.booleans(),
)
def test_pages_together_are_the_whole(names: list[str], prefix: str, delimiter: str, size: int, trailing: bool) -> None:
    """Every name under the prefix appears once, itself or as its folder, whatever the size of a page."""
    query = {"prefix": prefix, "delimiter": delimiter, "maxResults": str(size)}
    query["includeTrailingDelimiter"] = "true" if trailing else "false"
    found: list[str] = []
    folders: list[str] = []
    token: str | None = ""
    while token is not None:
        page = list_page(names, ListQuery.from_query({**query, "pageToken": token}))
        found += page.names
        folders += page.prefixes
        token = page.next_token
    inside = [name for name in names if name.startswith(prefix)]
    deep = [name for name in inside if delimiter and delimiter in name[len(prefix) :]]
    heads = {prefix + name[len(prefix) :].partition("/")[0] + "/" for name in deep}
    assert folders == sorted(heads)
    assert found == [name for name in inside if name not in deep or (trailing and name in heads)]


@given(names=NAMES, start=st.text(alphabet="ab/ü", max_size=3), end=st.text(alphabet="ab/ü", max_size=3))
def test_offsets_are_a_half_open_stretch(names: list[str], start: str, end: str) -> None:
    """The first name is within, the last one is not, and an empty one leaves its side open."""
    page = list_page(names, ListQuery.from_query({"startOffset": start, "endOffset": end}))
    assert list(page.names) == [name for name in names if name >= start and not (end and name >= end)]


@pytest.mark.parametrize("size", ["0", "-1", "many", "", "1.5", "9" * 5000, "\u0663"])
def test_a_page_of_no_size_is_refused(size: str) -> None:
    """What is no number from 1 is the caller's mistake, told as the storage tells it."""
    with pytest.raises(Refusal) as refused:
        ListQuery.from_query({"maxResults": size})
    assert refused.value.status == 400


@pytest.mark.parametrize("token", ["not a token!", "gA==", "a"])
def test_a_token_that_no_listing_gave_is_refused(token: str) -> None:
    """Neither noise nor bytes that are no text begin a page somewhere."""
    with pytest.raises(Refusal) as refused:
        ListQuery.from_query({"pageToken": token})
    assert refused.value.status == 400


def test_a_page_holds_a_thousand_at_most() -> None:
    """However many are asked for, as in the cloud; what is behind them has a token."""
    names = [f"{number:05d}" for number in range(1001)]
    page = list_page(names, ListQuery.from_query({"maxResults": "5000"}))
    assert len(page.names) == 1000
    assert page.next_token is not None
    rest = list_page(names, ListQuery.from_query({"pageToken": page.next_token}))
    assert (rest.names, rest.next_token) == (("01000",), None)


def test_a_name_that_comes_between_two_pages_is_seen() -> None:
    """A token says where a page ended, not how many names there were: what is put behind it is listed."""
    page = list_page(["a", "b", "d"], ListQuery.from_query({"maxResults": "2"}))
    later = ListQuery.from_query({"maxResults": "2", "pageToken": page.next_token or ""})
    assert list_page(["a", "b", "c", "d"], later).names == ("c", "d")
