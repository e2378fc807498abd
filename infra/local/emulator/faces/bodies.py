"""Request bodies, taken in small pieces: straight into a staging file, or a bounded JSON text."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, Final

from starlette.requests import Request
from starlette.types import Message, Receive

from local.emulator.objects.staging import Staging
from local.emulator.refusals import Refusal, invalid

_JSON_LIMIT: Final = 1 << 20
_DRAIN_LIMIT: Final = 64 << 20
_DRAIN_SECONDS: Final = 10.0


async def receive(
    chunks: AsyncIterator[bytes], staging: Staging, smallest: int = 0, largest: int | None = None
) -> None:
    """Write a body into `staging`.

    Parameters
    ----------
    chunks : async iterator of bytes
    staging : Staging
    smallest, largest : int
        Bounds on the bytes that arrive, both included; they are counted, no header is believed.

    Raises
    ------
    Refusal
        400 ``EntityTooLarge`` or ``EntityTooSmall``.
    """
    async for chunk in chunks:
        if largest is not None and staging.size + len(chunk) > largest:
            raise too_large(largest)
        staging.write(chunk)
    if staging.size < smallest:
        message = f"The upload has {staging.size} bytes; the address asks for at least {smallest}."
        raise Refusal(400, "EntityTooSmall", message)


def too_large(largest: int) -> Refusal:
    """Return the refusal for a body over `largest` bytes."""
    return Refusal(400, "EntityTooLarge", f"The upload is larger than the {largest} bytes that the address allows.")


def check_length(request: Request, largest: int) -> None:
    """Refuse a body that announces more than `largest` bytes, before any of it is read."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > largest:
        raise too_large(largest)


async def read_json_body(request: Request) -> dict[str, Any]:
    """Return the JSON object in the body; empty for an empty body.

    Raises
    ------
    Refusal
        400 when it is over 1 MiB or no JSON object.
    """
    text = bytearray()
    async for chunk in request.stream():
        text += chunk
        if len(text) > _JSON_LIMIT:
            raise invalid(f"The JSON body is larger than {_JSON_LIMIT} bytes.")
    return parse_json(bytes(text))


def parse_json(text: bytes) -> dict[str, Any]:
    """Return the JSON object that `text` holds; empty for nothing.

    Raises
    ------
    Refusal
        400 when it is no JSON object.
    """
    try:
        value = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "ParseError", "The body is not JSON.") from error
    if not isinstance(value, dict):
        raise Refusal(400, "ParseError", "The body is not a JSON object.")
    return value


class WatchedReceive:
    """An ASGI `receive` that knows whether the body has ended.

    Parameters
    ----------
    receive : ASGI receive
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.ended = False

    async def __call__(self) -> Message:
        """Return the next message."""
        message = await self._receive()
        self.ended = not message.get("more_body", False)
        return message


async def drain(receive: WatchedReceive, expect: str) -> None:
    """Read away the rest of a refused body, within reason.

    A client that is still sending would otherwise lose the answer with the connection. One that waits for
    "100 Continue" has sent nothing and gets its answer at once.

    Parameters
    ----------
    receive : WatchedReceive
    expect : str
        The request's Expect header.
    """
    if "100-continue" in expect.lower():
        return
    seen = 0
    try:
        async with asyncio.timeout(_DRAIN_SECONDS):
            while not receive.ended and seen <= _DRAIN_LIMIT:
                seen += len((await receive()).get("body", b""))
    except TimeoutError:
        return
