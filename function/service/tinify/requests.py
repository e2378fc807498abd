"""What callers send: an image within its limit, or the commands that make another image of one that is here."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Request
from werkzeug.exceptions import HTTPException

from autok.errors import OptionError, RequestError, TooManyBytesError
from autok.formats import WRITABLE
from autok.options.edits import KEEPABLE, Edit, Frame, parse_background
from service.api.requests import CHUNK, read_json
from service.settings import InputLimits

ANY_TYPE: Final = "*/*"
COMMANDS: Final = frozenset({"resize", "convert", "transform", "preserve", "store"})


class SourceError(RequestError):
    """The image is said to lie elsewhere."""

    code = "source_not_found"
    title = "The image was not sent"


@dataclass(frozen=True, slots=True)
class Commands:
    """What is to be made of an image, and how many compressions that counts as."""

    edit: Edit
    count: int
    """One for a resize and one for a conversion, as the original counts them."""


def open_body(request: Request) -> None:
    """Lift the limit that the framework puts on bodies; `read_image` keeps the service's own."""
    request.max_content_length = sys.maxsize


def read_image(request: Request, limits: InputLimits) -> bytes:
    """Read the image that a request carries, whatever type it declares.

    Raises
    ------
    SourceError
        Where it names an address instead: nothing is ever fetched.
    RequestError
        For other JSON, and for a body that ends early.
    TooManyBytesError
        As soon as more bytes arrive, or are announced, than the limits allow.
    """
    if request.mimetype == "application/json":
        read_json(request, frozenset({"source"}))
        raise SourceError("This service fetches no images from addresses; send the bytes of the image themselves.")
    limits.check_bytes(request.content_length or 0)
    chunks: list[bytes] = []
    size = 0
    try:
        while chunk := request.stream.read(CHUNK):
            size += len(chunk)
            if size > limits.max_bytes:
                raise TooManyBytesError(
                    f"The file is over the limit of {limits.max_bytes:,} bytes; a smaller one will do."
                )
            chunks.append(chunk)
    except (HTTPException, OSError):
        raise RequestError("The image did not arrive whole; send it again.") from None
    return b"".join(chunks)


def read_commands(request: Request) -> Commands:
    """Read what is to be made of an image.

    Raises
    ------
    RequestError, OptionError
        For a command that is malformed, unknown, or not offered here.
    """
    body = read_json(request, COMMANDS)
    if "store" in body:
        raise RequestError("store is not offered here: the image is in the answer, to be stored by its receiver.")
    resize, convert = body.get("resize"), body.get("convert")
    background = _object("transform", body.get("transform"), "background").get("background")
    edit = Edit(
        frame=None if resize is None else Frame.parse(resize),
        background=None if background is None else parse_background(background),
        formats=() if convert is None else _read_types(_object("convert", convert, "type").get("type")),
        preserve=_read_preserve(body.get("preserve")),
    )
    return Commands(edit, (resize is not None) + (convert is not None))


def _object(name: str, value: object, member: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not set(value) <= {member}:
        raise OptionError(name, value, f"an object with {member}")
    return value


def _read_types(value: object) -> tuple[str, ...]:
    """Return the formats that compete; of several asked types those that are not written here are passed over."""
    asked = [value] if isinstance(value, str) else value
    if not isinstance(asked, list) or not asked or not all(isinstance(each, str) for each in asked):
        raise OptionError("convert.type", value, f"a type such as image/webp, a list of types, or {ANY_TYPE}")
    types = {each.lower() for each in asked}
    formats = WRITABLE if ANY_TYPE in types else tuple(each for each in WRITABLE if f"image/{each}" in types)
    if not formats:
        known = ", ".join(f"image/{each}" for each in WRITABLE)
        raise OptionError("convert.type", value, f"{known} and {ANY_TYPE}; nothing else is written here")
    return formats


def _read_preserve(value: object) -> frozenset[str]:
    given = [] if value is None else [value] if isinstance(value, str) else value
    if not isinstance(given, list) or not all(isinstance(each, str) and each in KEEPABLE for each in given):
        raise OptionError("preserve", value, f"a list of {', '.join(sorted(KEEPABLE))}")
    return frozenset(given)
