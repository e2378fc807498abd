"""What callers send: read with limits, checked field by field, refused with the field's name."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any, Final

from flask import Request
from werkzeug.exceptions import HTTPException

from autok.errors import EmptyFileError, RequestError, TooManyBytesError, UnsupportedFormatError
from autok.options import Options
from service.names import ACCEPTED_TYPES

MAX_BODY: Final = 64 * 1024
"""Bytes of a request; 256 pinned colours and a file name fit many times over."""

MAX_FILENAME: Final = 255
"""Characters."""

CHUNK: Final = 1 << 16
"""Bytes of a body that are read at a time."""


@dataclass(frozen=True, slots=True)
class NewUpload:
    """A checked POST /v1/uploads."""

    content_type: str
    size: int
    filename: str | None
    options: Options


def read_json(request: Request, allowed: frozenset[str]) -> dict[str, Any]:
    """Read a JSON object with no members but those allowed.

    Raises
    ------
    RequestError
        For anything else; the sentence says what.
    """
    if request.mimetype != "application/json":
        raise RequestError("The body must be JSON; send Content-Type: application/json.")
    length = request.content_length
    if length is None or length > MAX_BODY:
        raise RequestError(f"The body must have a Content-Length of at most {MAX_BODY:,} bytes.")
    try:
        body = json.loads(request.get_data(cache=False), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise RequestError("The body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise RequestError("The body must be a JSON object.")
    unknown = sorted(set(body) - allowed)
    if unknown:
        raise RequestError(f"{unknown[0][:40]!r} is not known here; known are {', '.join(sorted(allowed))}.")
    return body


def close_body(request: Request, most: int) -> None:
    """Read what is left of a body that was not wanted, up to `most` bytes, so that its sender gets to read the answer.

    Notes
    -----
    The framework reads bodies to their end, into memory, after every answer. A few large ones that come together would
    fill that of an instance, so that nothing is left for it to read.
    """
    try:
        while most > 0 and (chunk := request.stream.read(min(CHUNK, most))):
            most -= len(chunk)
    except (HTTPException, OSError):
        pass
    request.stream = io.BytesIO()


def read_upload(request: Request, max_bytes: int) -> NewUpload:
    """Read and check a new upload.

    Raises
    ------
    RequestError, OptionError, EmptyFileError, TooManyBytesError, UnsupportedFormatError
    """
    body = read_json(request, frozenset({"content_type", "size", "filename", "options"}))
    return NewUpload(
        _content_type(body.get("content_type")),
        _size(body.get("size"), max_bytes),
        _filename(body.get("filename")),
        read_options(body),
    )


def read_options(body: dict[str, Any]) -> Options:
    """Read the member ``options``; without one all are defaults.

    Raises
    ------
    RequestError, OptionError
    """
    given = body.get("options")
    if given is None:
        return Options()
    if not isinstance(given, dict):
        raise RequestError("options must be an object.")
    return Options.parse(given)


def _content_type(value: object) -> str:
    if not isinstance(value, str):
        raise RequestError("content_type is missing; it takes the type of the file, such as image/png.")
    if value not in ACCEPTED_TYPES:
        raise UnsupportedFormatError(f"{value[:60]!r} is not supported; PNG, JPEG, WebP, GIF, BMP, TIFF and AVIF are.")
    return value


def _size(value: object, max_bytes: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise RequestError("size is missing; it takes the size of the file in bytes.")
    if value == 0:
        raise EmptyFileError("The file is empty; choose another.")
    if value > max_bytes:
        raise TooManyBytesError(
            f"The file has {value:,} bytes, which is over the limit of {max_bytes:,}; a smaller one will do."
            if value < 10**15
            else f"The file is over the limit of {max_bytes:,} bytes; a smaller one will do."
        )
    return value


def _filename(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= MAX_FILENAME:
        raise RequestError(f"filename takes 1 to {MAX_FILENAME} characters.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise RequestError("filename holds half a character (a lone surrogate).") from None
    return value


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
