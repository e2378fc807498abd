"""Bodies of the kind multipart/related: a JSON resource first, then the media, which is never held whole."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

from local.emulator.faces.bodies import parse_json
from local.emulator.refusals import Refusal, invalid

_HEAD_LIMIT: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the media."""

    resource: dict[str, Any]
    """The JSON of the first part."""
    media_type: str | None
    """Content type of the second part."""
    length: int
    """Bytes from the start of the body to the first byte of the media."""


def read_boundary(content_type: str) -> bytes:
    """Return the boundary that a Content-Type names; 400 for another type."""
    match = re.fullmatch(
        r'multipart/related\s*;.*?boundary=(?:"([^"]{1,200})"|([^;\s]{1,200})).*', content_type, re.DOTALL
    )
    if match is None:
        raise invalid("A multipart upload needs the content type multipart/related with a boundary.")
    return (match[1] or match[2]).encode("latin-1")


def parse_head(text: bytes, boundary: bytes) -> Head | None:
    """Read what stands before the media.

    Parameters
    ----------
    text : bytes
        The beginning of the body.
    boundary : bytes

    Returns
    -------
    Head or None
        None while `text` is too short to hold it.

    Raises
    ------
    Refusal
        400 when the first part is no JSON object.
    """
    mark = rb"--" + re.escape(boundary) + rb"[ \t]*\r?\n"
    fields = rb"(?:[^\r\n]+\r?\n)*"
    first = rb"(?:\r?\n)?" + mark + fields + rb"\r?\n(?P<json>.*?)\r?\n"
    match = re.match(first + mark + rb"(?P<fields>" + fields + rb")\r?\n", text, re.DOTALL)
    if match is None:
        return None
    kind = re.search(rb"^content-type:[ \t]*([^\r\n]*)", match["fields"], re.IGNORECASE | re.MULTILINE)
    media_type = kind[1].decode("latin-1").strip() if kind else None
    return Head(parse_json(match["json"]), media_type or None, match.end())


class MultipartReader:
    """Splits a body into its head and the pieces of its media.

    Parameters
    ----------
    chunks : async iterator of bytes
        The body.
    boundary : bytes
    """

    def __init__(self, chunks: AsyncIterator[bytes], boundary: bytes) -> None:
        self._chunks = chunks
        self._boundary = boundary
        self._held = b""

    async def read_head(self) -> Head:
        """Return what stands before the media; to be called first, and once."""
        async for chunk in self._chunks:
            self._held += chunk
            head = parse_head(self._held, self._boundary)
            if head is not None:
                self._held = self._held[head.length :]
                return head
            if len(self._held) > _HEAD_LIMIT:
                break
        raise _incomplete()

    async def media(self) -> AsyncIterator[bytes]:
        """Yield the media piece by piece; 400 when the closing boundary never comes."""
        closing = b"\r\n--" + self._boundary
        while True:
            end = self._held.find(closing)
            if end >= 0:
                yield self._held[:end]
                async for _ in self._chunks:
                    pass
                return
            sure = max(0, len(self._held) - len(closing) + 1)
            yield self._held[:sure]
            self._held = self._held[sure:]
            chunk = await anext(self._chunks, None)
            if chunk is None:
                raise _incomplete()
            self._held += chunk


def _incomplete() -> Refusal:
    return invalid("The multipart body ends before its closing boundary.")
