from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.events import (
    FINALIZED,
    FOLDER,
    LONG_NAME,
    MALFORMED,
    OWN_REPORT,
    RULES_FILE,
    WRONG_BUCKET,
    WRONG_TYPE,
    Skip,
    Upload,
    parse_event,
)

OBJECT = {"bucket": "uploads", "name": "a/cat.png", "generation": "1700000000000001", "size": "12"}


def test_an_object_in_the_uploads_bucket_is_an_upload() -> None:
    """Name, generation, size, type and metadata are read; keys of the metadata in lower case."""
    data = OBJECT | {"contentType": "image/png", "metadata": {"Autok-Colors": "8"}}
    assert parse_event(FINALIZED, data, "uploads") == Upload(
        "uploads", "a/cat.png", 1_700_000_000_000_001, 12, "image/png", {"autok-colors": "8"}
    )


@pytest.mark.parametrize(
    ("kind", "change", "reason"),
    [
        ("google.cloud.storage.object.v1.deleted", {}, WRONG_TYPE),
        (FINALIZED, {"bucket": "results"}, WRONG_BUCKET),
        (FINALIZED, {"name": "a/b/"}, FOLDER),
        (FINALIZED, {"name": ".autok.json"}, RULES_FILE),
        (FINALIZED, {"name": "a/.autok.json"}, RULES_FILE),
        (FINALIZED, {"name": "a/cat.png.autok.json"}, OWN_REPORT),
        (FINALIZED, {"name": "ü" * 506 + "nn"}, LONG_NAME),
        (FINALIZED, {"name": ""}, MALFORMED),
        (FINALIZED, {"name": ".."}, MALFORMED),
        (FINALIZED, {"name": "a\nb.png"}, MALFORMED),
        (FINALIZED, {"name": "\ud800.png"}, MALFORMED),
        (FINALIZED, {"name": 5}, MALFORMED),
        (FINALIZED, {"bucket": None}, MALFORMED),
        (FINALIZED, {"generation": ""}, MALFORMED),
        (FINALIZED, {"generation": "0"}, MALFORMED),
        (FINALIZED, {"generation": "-1"}, MALFORMED),
        (FINALIZED, {"generation": "٣"}, MALFORMED),
        (FINALIZED, {"generation": True}, MALFORMED),
        (FINALIZED, {"size": "many"}, MALFORMED),
    ],
)
def test_what_asks_for_no_work_is_skipped_with_its_reason(kind: str, change: dict[str, Any], reason: Skip) -> None:
    """Each kind of event that is not to be worked on has its own name."""
    assert parse_event(kind, OBJECT | change, "uploads") == reason


@pytest.mark.parametrize("name", ["../../etc/passwd", "%2e%2e/x", "a\0b.png", "ü" * 506, " ", "C:\\x.png"])
def test_odd_names_are_names(name: str) -> None:
    """A name is respected as it is, never resolved as a path."""
    parsed = parse_event(FINALIZED, OBJECT | {"name": name}, "uploads")
    assert isinstance(parsed, Upload)
    assert parsed.name == name


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(data=_JSON | st.fixed_dictionaries(dict.fromkeys([*OBJECT, "metadata"], _JSON)))
def test_any_data_is_an_upload_or_a_reason(data: Any) -> None:
    """Whatever an event holds, reading it raises nothing."""
    assert isinstance(parse_event(FINALIZED, data, "uploads"), Upload | Skip)
