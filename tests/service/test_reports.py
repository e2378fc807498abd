"""Reports as objects: read as hostile bytes, replaced only where nobody else was faster."""

from __future__ import annotations

import json
from typing import Any

import pytest

from autok.errors import CorruptImageError, StorageError
from service.events import Upload
from service.reports import (
    ReportState,
    begin_report,
    cache_control,
    fail_report,
    parse_report,
    read_report,
    show_time,
    skip_report,
    write_report,
)
from support.memory_storage import MemoryStorage

NOW = 1_777_863_721.5
UPLOAD = Upload("uploads", "shop/cat.png", 9_007_199_254_740_993, 9)
REPORT = "shop/cat.png.autok.json"


@pytest.fixture
def storage() -> MemoryStorage:
    """Return an empty store."""
    return MemoryStorage()


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b"null", b"7", b"\xff\xfe", b"[" * 100_000, b'"text"'])
def test_what_is_no_report_is_an_empty_one(data: bytes) -> None:
    """A damaged report is replaced and never obeyed."""
    assert parse_report(data) == {}


@pytest.mark.parametrize(
    "content",
    [
        {}, {"source": []}, {"source": {"generation": "-1"}}, {"source": {"generation": 1.5}}, {"attempt": "7"},
        {"attempt": None}, {"output": "x", "replaces": None, "preview": 7}, {"updated": "yesterday"}, {"updated": 5},
        {"source": {"generation": "\u00b2"}}, {"source": {"generation": "9" * 5000}}, {"replaces": 5},
        {"replaces": "abc"}, {"replaces": ["", "..", "\ud800", "a\rb", "x" * 1025]},
        {"output": {"name": ""}, "preview": ""},
    ],
)  # fmt: skip
def test_senseless_contents_say_nothing(content: dict[str, Any]) -> None:
    """Fields of the wrong kind are as absent: no generation, no attempt, no results, infinitely old."""
    state = ReportState(content)
    assert (state.source_generation, state.attempt, state.results) == (0, 0, ())
    assert (state.status, state.age(NOW)) == ("", float("inf"))


def test_a_report_of_work_that_begins() -> None:
    """It names attempt, run and source; the generation is text, which no browser rounds."""
    content = begin_report(UPLOAD, 3, "run", ("old.png",), NOW)
    state = ReportState(content)
    assert content["source"] == {"bucket": "uploads", "name": "shop/cat.png", "generation": "9007199254740993"}
    assert (state.status, state.attempt, state.results) == ("working", 3, ("old.png",))
    assert state.source_generation == UPLOAD.generation
    assert state.age(NOW + 7.25) == pytest.approx(7.25)


def test_results_are_named_once_in_their_order() -> None:
    """What is replaced comes first, then the result and its preview; what stands twice is named once."""
    content = {"replaces": ["a", "b"], "output": {"name": "b"}, "preview": "c"}
    assert ReportState(content).results == ("a", "b", "c")


def test_times_are_utc_with_milliseconds() -> None:
    """They read alike everywhere and sort as text."""
    assert show_time(NOW) == "2026-05-04T03:02:01.500Z"
    assert show_time(0) == "1970-01-01T00:00:00.000Z"


def test_an_end_keeps_what_belongs_to_the_upload() -> None:
    """Version, attempt, source and what is replaced stay; run and stage go with the work."""
    working = begin_report(UPLOAD, 2, "run", ("old.png",), NOW)
    failed = fail_report(working, CorruptImageError("It is damaged."), {"quality": 50}, NOW + 1)
    skipped = skip_report(working, {"reason": "rule"}, NOW + 1)
    for ended, status in ((failed, "failed"), (skipped, "skipped")):
        assert {"run", "stage"}.isdisjoint(ended)
        assert {key: ended[key] for key in ("version", "attempt", "source", "replaces")} == {
            key: working[key] for key in ("version", "attempt", "source", "replaces")
        }
        assert (ended["status"], ended["updated"]) == (status, show_time(NOW + 1))
    assert failed["error"]["code"] == "corrupt_image"
    assert failed["options"] == {"quality": 50}
    assert "options" not in fail_report(working, CorruptImageError("x"), None, NOW)
    assert skipped["skipped"] == {"reason": "rule"}


def test_a_report_is_replaced_at_its_generation_alone(storage: MemoryStorage) -> None:
    """What is written is read again with its generation, and whoever holds an older one comes too late."""
    assert read_report(storage, "results", UPLOAD.name) == ReportState()
    first = write_report(storage, "results", UPLOAD.name, begin_report(UPLOAD, 1, "a", (), NOW), 0)
    assert first == read_report(storage, "results", UPLOAD.name)
    assert write_report(storage, "results", UPLOAD.name, {}, 0) is None
    assert write_report(storage, "results", UPLOAD.name, {"status": "done"}, first.generation) is not None
    assert read_report(storage, "results", UPLOAD.name).status == "done"


def test_a_report_tells_its_status_beside_its_bytes(storage: MemoryStorage) -> None:
    """Whoever lists the bucket sees status and generation, the text is UTF-8, and no cache keeps it."""
    content = {**begin_report(UPLOAD, 1, "ü", (), NOW), "status": "done"}
    write_report(storage, "results", UPLOAD.name, content, 0)
    held = storage.objects["results", REPORT]
    assert held.attributes.metadata == {"autok-status": "done", "autok-source-generation": "9007199254740993"}
    assert (held.attributes.content_type, held.attributes.cache_control) == ("application/json", "private, no-store")
    assert "ü".encode() in held.data
    assert json.loads(held.data) == content


def test_half_a_character_is_written_as_a_question_mark(storage: MemoryStorage) -> None:
    """What is quoted of a user's file is written in some form, whatever it holds."""
    content = {"status": "failed", "error": {"detail": "a\ud800 is not known"}}
    assert write_report(storage, "results", UPLOAD.name, content, 0) is not None
    assert json.loads(storage.objects["results", REPORT].data)["error"]["detail"] == "a? is not known"


def test_a_report_that_has_no_json_is_a_fault(storage: MemoryStorage) -> None:
    """Numbers that JSON lacks are refused before anything is written."""
    with pytest.raises(ValueError, match="JSON"):
        write_report(storage, "results", UPLOAD.name, {"score": float("nan")}, 0)
    assert storage.names("results") == []


@pytest.mark.parametrize(("changes", "found"), [(4, True), (5, False)])
def test_a_report_that_changes_while_it_is_read(storage: MemoryStorage, changes: int, found: bool) -> None:
    """It is looked at again, five times at most; then later helps."""
    left = [changes]
    storage.put("results", REPORT, b'{"status": "done"}')

    def change(verb: str, bucket: str, name: str, done: bool) -> None:
        if verb == "stat" and done and left[0]:
            left[0] -= 1
            storage.put(bucket, name, b'{"status": "failed"}')

    storage.fault = change
    if found:
        assert read_report(storage, "results", UPLOAD.name).status == "failed"
    else:
        with pytest.raises(StorageError, match="faster than it can be read"):
            read_report(storage, "results", UPLOAD.name)


def test_a_page_keeps_nothing() -> None:
    """What the page sent stays in no cache; what came otherwise may, for an hour, in the browser's own."""
    assert cache_control("web/" + "a" * 32) == "private, no-store"
    assert cache_control("shop/web/cat.png") == "private, max-age=3600"
