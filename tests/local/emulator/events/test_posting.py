"""One POST over a connection of its own, against servers of a few lines."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import h11
import pytest

from local.emulator.events.posting import post

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def posted(serve: Serve, path: str = "/", headers: dict[str, str] | None = None, body: bytes = b"") -> int:
    """Return the status that a server answers with."""

    async def run() -> int:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await serve(reader, writer)
            finally:
                writer.close()

        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await asyncio.wait_for(post(f"http://127.0.0.1:{port}{path}", headers or {}, body), 10)

    return asyncio.run(run())


def answering(text: bytes, seen: list[bytes] | None = None) -> Serve:
    """Return a server that reads a request with its body and answers with `text`, a byte at a time."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        if seen is not None:
            seen.extend((head, await reader.readexactly(length)))
        for at in range(len(text)):
            writer.write(text[at : at + 1])
            await writer.drain()

    return serve


@pytest.mark.parametrize(("path", "target"), [("", b"/"), ("/a%20b?x=1&y", b"/a%20b?x=1&y"), ("/a/", b"/a/")])
def test_the_request_says_all_that_was_asked(path: str, target: bytes) -> None:
    """Path, query, headers and body arrive, with host and length, and the connection is not kept."""
    seen: list[bytes] = []
    assert posted(answering(b"HTTP/1.1 204 No Content\r\n\r\n", seen), path, {"ce-id": "7"}, b"body") == 204
    head, body = seen
    lines = head.lower().split(b"\r\n")
    assert head.startswith(b"POST " + target + b" HTTP/1.1\r\n")
    assert {b"ce-id: 7", b"content-length: 4", b"connection: close"} <= set(lines)
    assert any(line.startswith(b"host: 127.0.0.1:") for line in lines)
    assert body == b"body"


@pytest.mark.parametrize("status", [200, 302, 404, 503])
def test_the_status_is_returned_as_it_is(status: int) -> None:
    """No redirection is followed, and an error of the target is an answer; an interim one is none."""
    text = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 %d X\r\nLocation: /other\r\nContent-Length: 9\r\n\r\n" % status
    assert posted(answering(text)) == status


@pytest.mark.parametrize("text", [b"", b"HTTP/1.1 20"])
def test_a_connection_that_ends_early_is_no_answer(text: bytes) -> None:
    """Closed before the status is whole, the delivery has failed."""
    with pytest.raises((ConnectionError, h11.RemoteProtocolError)):
        posted(answering(text))


def test_what_is_no_http_is_told() -> None:
    """Another protocol on the port is an error of its own."""
    with pytest.raises(h11.RemoteProtocolError):
        posted(answering(b"220 mail.example ESMTP\r\n\r\n"))


def test_nobody_listens() -> None:
    """A refused connection is an error of the system."""
    with pytest.raises(OSError, match="Connect call failed"):
        asyncio.run(post("http://127.0.0.1:1/", {}, b""))


def test_a_cancelled_post_leaves_no_connection() -> None:
    """When its time is over the server sees the end of the connection at once."""
    ended = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        ended.append(await reader.read())

    async def run() -> None:
        finished = asyncio.Event()

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await serve(reader, writer)
            writer.close()
            finished.set()

        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(post(f"http://127.0.0.1:{port}/", {}, b""), 0.1)
            await asyncio.wait_for(finished.wait(), 10)

    asyncio.run(run())
    assert ended == [b""]
