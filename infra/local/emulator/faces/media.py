"""Answers that carry an object's bytes, whole or in part."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from email.utils import formatdate
from typing import BinaryIO, Final
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from local.emulator.objects.records import ObjectRecord
from local.emulator.refusals import Refusal

_CHUNK: Final = 256 * 1024
_PRINTABLE: Final = "".join(chr(c) for c in range(0x20, 0x7F) if chr(c) != "%")


def object_headers(record: ObjectRecord) -> dict[str, str]:
    """Return the headers that describe `record`; values are safe to send."""
    headers = {
        "content-type": record.content_type,
        "etag": f'"{record.etag}"',
        "last-modified": formatdate(record.updated, usegmt=True),
        "cache-control": record.attributes.get("cacheControl", "private, max-age=0"),
        "accept-ranges": "bytes",
        "x-goog-generation": str(record.generation),
        "x-goog-metageneration": str(record.metageneration),
        "x-goog-hash": f"crc32c={record.crc32c},md5={record.md5}",
        "x-goog-storage-class": record.attributes.get("storageClass", "STANDARD"),
        "x-goog-stored-content-length": str(record.size),
        "x-goog-stored-content-encoding": record.attributes.get("contentEncoding", "identity"),
    }
    named = (("contentDisposition", "disposition"), ("contentEncoding", "encoding"), ("contentLanguage", "language"))
    for attribute, header in named:
        if attribute in record.attributes:
            headers[f"content-{header}"] = record.attributes[attribute]
    headers |= {f"x-goog-meta-{_token(key)}": value for key, value in record.metadata.items()}
    return {key: _header_value(value) for key, value in headers.items()}


def media_response(
    record: ObjectRecord, file: BinaryIO, headers: dict[str, str], wanted: str | None, *, head: bool = False
) -> Response:
    """Return the answer to a download.

    Parameters
    ----------
    record : ObjectRecord
    file : binary file
        Closed when the answer ends, or here when it is refused.
    headers : dict
        As `object_headers` makes them.
    wanted : str or None
        The Range header; only a single range is served as one, others get the whole.
    head : bool
        True for headers alone.

    Returns
    -------
    Response

    Raises
    ------
    Refusal
        416 for a range beyond the end.
    """
    try:
        span = _parse_range(wanted, record.size)
    except Refusal:
        file.close()
        raise
    first, last = span or (0, record.size - 1)
    headers = {**headers, "content-length": str(last - first + 1)}
    if span:
        headers["content-range"] = f"bytes {first}-{last}/{record.size}"
    status = 206 if span else 200
    if head:
        file.close()
        return Response(status_code=status, headers=headers)
    return StreamingResponse(_read(file, first, last - first + 1), status_code=status, headers=headers)


async def _read(file: BinaryIO, start: int, length: int) -> AsyncIterator[bytes]:
    with file:
        file.seek(start)
        while length > 0 and (chunk := file.read(min(_CHUNK, length))):
            length -= len(chunk)
            yield chunk


def _parse_range(text: str | None, size: int) -> tuple[int, int] | None:
    """Return the first and last byte asked for, or None for the whole."""
    match = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", (text or "").strip())
    if match is None or not (match[1] or match[2]):
        return None
    if match[1]:
        first, last = int(match[1]), min(int(match[2] or size), size - 1)
        if match[2] and int(match[2]) < first:
            return None
    else:
        first, last = max(0, size - int(match[2])), size - 1
    if first > last:
        message = "The requested range cannot be satisfied."
        raise Refusal(416, "InvalidRange", message, headers={"content-range": f"bytes */{size}"})
    return first, last


def _header_value(text: str) -> str:
    """Percent-encode what has no place in a header, which most values never need."""
    # Blanks at its ends are no part of a header's value, and h11 sends none that has them.
    text = text.strip(" ")
    return text if text.isascii() and text.isprintable() else quote(text, safe=_PRINTABLE)


def _token(key: str) -> str:
    return re.sub(r"[^A-Za-z0-9!#$&'*+.^_`|~-]", "-", key)
