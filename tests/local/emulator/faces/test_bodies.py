"""Bodies taken in pieces: bounds that are counted, JSON that is checked, and the rest that is read away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from local.emulator.faces.bodies import WatchedReceive, check_length, drain, parse_json, read_json_body, receive
from local.emulator.objects.staging import Staging
from local.emulator.refusals import Refusal


class Wire:
    """An ASGI `receive` that gives a body in pieces and counts what was taken."""

    def __init__(self, *pieces: bytes) -> None:
        self.left = list(pieces)

    async def __call__(self) -> dict[str, Any]:
        """Return the next message."""
        return {"type": "http.request", "body": self.left.pop(0), "more_body": bool(self.left)}


def request(*pieces: bytes, **headers: str) -> Request:
    """Return a request with a body."""
    raw = [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()]
    return Request({"type": "http", "method": "PUT", "headers": raw}, Wire(*pieces))


async def stream(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    """Yield pieces."""
    for piece in pieces:
        yield piece


@pytest.mark.parametrize(("size", "code"), [(3, "EntityTooSmall"), (4, None), (9, None), (10, "EntityTooLarge")])
def test_both_bounds_are_counted(tmp_path: Path, size: int, code: str | None) -> None:
    """4 to 9 bytes are taken where the address asks for them, whatever the pieces; others are refused."""
    pieces = [b"x"] * size
    with Staging(tmp_path, 1 << 20) as staging:
        if code is None:
            asyncio.run(receive(stream(pieces), staging, 4, 9))
            assert staging.size == size
        else:
            with pytest.raises(Refusal) as caught:
                asyncio.run(receive(stream(pieces), staging, 4, 9))
            assert (caught.value.status, caught.value.code) == (400, code)
            assert staging.size <= 9


@pytest.mark.parametrize(("announced", "fits"), [("9", True), ("10", False), ("", True), ("ten", True), ("-1", True)])
def test_an_announced_length_is_refused_before_a_byte_is_read(announced: str, fits: bool) -> None:
    """Only a number over the bound is; what is no number is counted later."""
    asked = request(b"", content_length=announced)
    if fits:
        check_length(asked, 9)
    else:
        with pytest.raises(Refusal, match="larger than the 9 bytes"):
            check_length(asked, 9)


@pytest.mark.parametrize("text", [b"", b"  \n", b"{}"])
def test_no_body_is_an_empty_object(text: bytes) -> None:
    """Nothing, blanks and an empty object say the same."""
    assert parse_json(text) == {}


@pytest.mark.parametrize("text", [b"{", b"[]", b"null", b"7", b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_refused(text: bytes) -> None:
    """Damage, other values and nesting without end are one refusal."""
    with pytest.raises(Refusal) as caught:
        parse_json(text)
    assert (caught.value.status, caught.value.code) == (400, "ParseError")


def test_a_json_body_ends_at_a_mebibyte() -> None:
    """As many bytes are read and one more is refused, in pieces too."""
    text = b'{"a": 1}'.ljust(1 << 20)
    assert asyncio.run(read_json_body(request(text[:7], text[7:]))) == {"a": 1}
    with pytest.raises(Refusal, match="larger than 1048576 bytes"):
        asyncio.run(read_json_body(request(text, b" ")))


def test_the_rest_of_a_refused_body_is_read_away() -> None:
    """A client that is still sending gets to its end; one that waits for leave to send is not waited for."""
    wire = Wire(b"a", b"b", b"c")
    asyncio.run(drain(WatchedReceive(wire), ""))
    assert wire.left == []
    waiting = Wire(b"a")
    asyncio.run(drain(WatchedReceive(waiting), "100-Continue"))
    assert waiting.left == [b"a"]


def test_reading_away_has_an_end() -> None:
    """A body that has ended is not asked again, and an endless one is left after 64 MiB."""
    ended = WatchedReceive(Wire(b"a"))
    asyncio.run(ended())
    assert ended.ended
    asyncio.run(drain(ended, ""))
    piece = bytes(8 << 20)
    endless = Wire(*[piece] * 20)
    asyncio.run(drain(WatchedReceive(endless), ""))
    assert len(endless.left) == 20 - 9
