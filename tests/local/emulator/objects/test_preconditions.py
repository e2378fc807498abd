"""The conditions of requests, in the two languages in which they come."""

from __future__ import annotations

import pytest

from local.emulator.objects.preconditions import Preconditions, read_generation
from local.emulator.objects.records import ObjectRecord
from local.emulator.refusals import Refusal

LIVE = ObjectRecord("b", "n", 7, 2, 1, "", "", "image/png", 0.0, 0.0)


@pytest.mark.parametrize(
    ("query", "record", "fails"),
    [
        ({}, None, None),
        ({}, LIVE, None),
        ({"ifGenerationMatch": "0"}, None, None),
        ({"ifGenerationMatch": "0"}, LIVE, "ifGenerationMatch"),
        ({"ifGenerationMatch": "7"}, LIVE, None),
        ({"ifGenerationMatch": "7"}, None, "ifGenerationMatch"),
        ({"ifMetagenerationMatch": "2"}, LIVE, None),
        ({"ifMetagenerationMatch": "1"}, LIVE, "ifMetagenerationMatch"),
        ({"ifGenerationNotMatch": "7"}, LIVE, "ifGenerationNotMatch"),
        ({"ifGenerationNotMatch": "0"}, None, "ifGenerationNotMatch"),
        ({"ifMetagenerationNotMatch": "2"}, LIVE, "ifMetagenerationNotMatch"),
        ({"ifMetagenerationNotMatch": "3"}, LIVE, None),
    ],
)
def test_a_write_is_refused_by_the_condition_that_fails(
    query: dict[str, str], record: ObjectRecord | None, fails: str | None
) -> None:
    """Generation 0 stands for no object; the answer is 412 and names the condition."""
    conditions = Preconditions.from_query(query)
    if fails is None:
        conditions.check(record)
    else:
        with pytest.raises(Refusal, match=f": {fails}") as refused:
            conditions.check(record)
        assert (refused.value.status, refused.value.code) == (412, "PreconditionFailed")


def test_a_read_of_what_is_known_is_not_modified() -> None:
    """A read that fails a "not match" is answered 304, as caches expect."""
    with pytest.raises(Refusal) as refused:
        Preconditions.from_query({"ifGenerationNotMatch": "7"}).check(LIVE, reading=True)
    assert refused.value.status == 304


def test_the_other_languages_mean_the_same() -> None:
    """The XML API's headers, and the parameters of a copy's source, give the same conditions."""
    headers = {"x-goog-if-generation-match": "7", "x-goog-if-metageneration-match": "2"}
    wanted = Preconditions(generation_match=7, metageneration_match=2)
    assert Preconditions.from_headers(headers) == wanted
    query = {"ifSourceGenerationMatch": "7", "ifSourceMetagenerationMatch": "2", "ifGenerationMatch": "0"}
    assert Preconditions.from_query(query, "ifSource") == wanted


@pytest.mark.parametrize("text", ["", "-1", "1.5", "x", "٣", "1" * 20])
def test_what_is_no_number_is_refused_by_name(text: str) -> None:
    """A generation that is no whole number is a wrong argument, never zero."""
    with pytest.raises(Refusal, match="generation is") as refused:
        read_generation({"generation": text})
    assert refused.value.status == 400
    assert read_generation({}) is None
