"""Listings, compared with the plain definition."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from local.emulator.objects.listing import ListQuery, list_page

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
