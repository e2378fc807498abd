"""Sessions of resumable uploads, and the Content-Range of their parts."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from local.emulator.faces.resumable import SESSION_SECONDS, ContentRange, Session, SessionBook, parse_content_range
from local.emulator.objects.drafts import draft_from_resource
from local.emulator.objects.preconditions import Preconditions
from local.emulator.objects.staging import Staging
from local.emulator.refusals import Refusal


def session(folder: Path, started: float | None = None) -> Session:
    """Return a session with a few bytes in it."""
    staging = Staging(folder, 100)
    staging.write(b"abc")
    made = Session(draft_from_resource("bucket", "x", {}, None), Preconditions(), staging, {})
    made.started = time.monotonic() if started is None else started
    return made


def test_a_session_is_found_by_its_secret_alone(tmp_path: Path) -> None:
    """Ids cannot be guessed, and an unknown one is told so that a client starts anew."""
    book = SessionBook()
    first, second = session(tmp_path), session(tmp_path)
    ids = [book.open(first), book.open(second)]
    assert [book.find(each) for each in ids] == [first, second]
    assert all(len(each) >= 43 for each in ids)
    with pytest.raises(Refusal) as caught:
        book.find("guess")
    assert (caught.value.status, caught.value.code) == (404, "NoSuchUpload")
    book.close_all()


def test_a_closed_session_leaves_no_bytes(tmp_path: Path) -> None:
    """Its file goes, and the others' stay until all are closed."""
    book = SessionBook()
    ids = [book.open(session(tmp_path)) for _ in range(3)]
    book.close(ids[0])
    assert len([*tmp_path.iterdir()]) == 2
    with pytest.raises(Refusal):
        book.close(ids[0])
    book.close_all()
    assert [*tmp_path.iterdir()] == []


def test_a_week_ends_a_session(tmp_path: Path) -> None:
    """Whoever opens one clears away what is older than seven days, and nothing younger."""
    book, now = SessionBook(), time.monotonic()
    young, old = (book.open(session(tmp_path, now - SESSION_SECONDS + shift)) for shift in (60, -1))
    assert book.find(old)
    book.open(session(tmp_path))
    assert book.find(young)
    with pytest.raises(Refusal):
        book.find(old)
    assert len([*tmp_path.iterdir()]) == 2
    book.close_all()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bytes 0-99/100", ContentRange(0, 99, 100)),
        ("bytes 5-5/*", ContentRange(5, 5, None)),
        ("bytes */100", ContentRange(None, None, 100)),
        ("bytes */0", ContentRange(None, None, 0)),
        ("bytes */*", ContentRange(None, None, None)),
    ],
)
def test_every_form_of_a_range_is_read(text: str, expected: ContentRange) -> None:
    """A part of known or unknown size, and a question after what has arrived."""
    assert parse_content_range(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "bytes 0-99",
        "bytes 9-5/100",
        "bytes 0-100/100",
        "bytes -5/9",
        "0-9/10",
        "bytes 0-9/10 ",
        "bytes a-b/c",
    ],
)
def test_other_ranges_are_refused(text: str | None) -> None:
    """What cannot be read, ends before it begins or beyond the whole is the client's fault."""
    with pytest.raises(Refusal) as caught:
        parse_content_range(text)
    assert caught.value.status == 400
