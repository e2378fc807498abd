"""The middleware that lets requests suffer the faults that were ordered."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from local.emulator.faces.addressing import Address, parse_address
from local.emulator.faces.multipart import parse_head, read_boundary
from local.emulator.faults import Fault, FaultBook
from local.emulator.refusals import Refusal

TRANSPORT: Final = "transport"
"""Under which key of the ASGI state the server leaves the connection's transport."""


class FaultInjector:
    """Stands before the application.

    Parameters
    ----------
    app : ASGI application
    book : FaultBook
    hosts : sequence of str
        Names under which the emulator answers.
    """

    def __init__(self, app: ASGIApp, book: FaultBook, hosts: Sequence[str]) -> None:
        self._app = app
        self._book = book
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, harmed if an order wants it."""
        is_local = scope["type"] != "http" or scope["path"].startswith("/_local")
        if is_local or not self._book.waits_for_requests():
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            address = parse_address(scope["raw_path"].decode("ascii"), headers.get("host", ""), self._hosts)
        except Refusal:
            await self._app(scope, receive, send)
            return
        name, receive = await _find_name(scope, address, headers, receive)
        fault = self._book.take_request(scope["method"], address.api, address.bucket, name)
        if fault is None:
            await self._app(scope, receive, send)
        else:
            await self._harm(fault, address, scope, receive, send)

    async def _harm(self, fault: Fault, address: Address, scope: Scope, receive: Receive, send: Send) -> None:
        match fault.kind:
            case "status":
                await _read_away(receive)
                await _answer(fault, address, scope, receive, send)
            case "stall":
                await asyncio.sleep(fault.seconds)
                await self._app(scope, receive, send)
            case "reset":
                await _cut(scope, receive, reset=True)
            case "lost_reply":
                await self._app(scope, receive, _swallow)
                await _answer(fault, address, scope, receive, send)
            case "corrupt" if fault.where == "request":
                await self._app(scope, _Corrupter(fault.after_bytes).receiver(receive), send)
            case "corrupt":
                await self._app(scope, receive, _Corrupter(fault.after_bytes).sender(send))
            case "broken_stream" if fault.where == "request":
                await self._app(scope, _break_request(fault.after_bytes, scope, receive), send)
            case _:
                await self._app(scope, receive, _break_response(fault.after_bytes, scope, receive, send))


async def _find_name(scope: Scope, address: Address, headers: Headers, receive: Receive) -> tuple[str | None, Receive]:
    """Return the object that a request is about, and a `receive` from which nothing is missing."""
    if address.api != "upload":
        return address.name, receive
    query = parse_qs(scope["query_string"].decode("latin-1"))
    if "name" in query or query.get("uploadType") != ["multipart"]:
        return query.get("name", [None])[0], receive
    read: list[Message] = []
    head = None
    body = b""
    while head is None and (not read or read[-1].get("more_body")):
        read.append(await receive())
        body += read[-1].get("body", b"")
        try:
            head = parse_head(body, read_boundary(headers.get("content-type", "")))
        except Refusal:
            break

    async def replay() -> Message:
        return read.pop(0) if read else await receive()

    return (str(head.resource.get("name")) if head else None), replay


async def _read_away(receive: Receive) -> None:
    while (message := await receive())["type"] == "http.request" and message.get("more_body"):
        pass


async def _answer(fault: Fault, address: Address, scope: Scope, receive: Receive, send: Send) -> None:
    headers = {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
    refusal = Refusal(fault.status, "InternalError", "We encountered an internal error. Try again.", headers=headers)
    response = refusal.as_xml() if address.api == "xml" else refusal.as_json()
    await response(scope, receive, send)


async def _swallow(message: Message) -> None:
    """Take an answer that no one is to see."""


async def _cut(scope: Scope, receive: Receive, *, reset: bool) -> None:
    """Close the connection, politely or not, and wait until the server has noticed."""
    transport = scope["state"][TRANSPORT]
    if reset:
        linger = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        transport.abort()
    else:
        transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass


def _break_response(after: int, scope: Scope, receive: Receive, send: Send) -> Send:
    """Return a `send` that closes the connection once `after` bytes of the body are out."""
    left = after
    cut = False

    async def broken(message: Message) -> None:
        nonlocal left, cut
        if cut:
            return
        if message["type"] != "http.response.body":
            await send(message)
            return
        body = message.get("body", b"")
        if len(body) < left or (message.get("more_body") and len(body) == left):
            left -= len(body)
            await send({**message, "more_body": True})
            if message.get("more_body"):
                return
        else:
            await send({"type": "http.response.body", "body": body[:left], "more_body": True})
        cut = True
        await _cut(scope, receive, reset=False)

    return broken


def _break_request(after: int, scope: Scope, receive: Receive) -> Receive:
    """Return a `receive` that closes the connection once `after` bytes of the body are in."""
    left = after

    async def broken() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left > 0 and message.get("more_body"):
            return message
        await _cut(scope, receive, reset=True)
        return {"type": "http.disconnect"}

    return broken


class _Corrupter:
    """Flips one bit of a body, at byte `at` or, where it is shorter, nowhere."""

    def __init__(self, at: int) -> None:
        self._at = at

    def sender(self, send: Send) -> Send:
        async def corrupt(message: Message) -> None:
            await send(self._flip(message))

        return corrupt

    def receiver(self, receive: Receive) -> Receive:
        async def corrupt() -> Message:
            return self._flip(await receive())

        return corrupt

    def _flip(self, message: Message) -> Message:
        body = bytearray(message.get("body", b""))
        if 0 <= self._at < len(body):
            body[self._at] ^= 1
        self._at -= len(body)
        return {**message, "body": bytes(body)} if body else message
