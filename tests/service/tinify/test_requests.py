"""What callers of Tinify's API may ask for, and what they may send."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from flask import Flask, Request
from werkzeug.test import EnvironBuilder

from autok.errors import AutokError, OptionError, RequestError, TooManyBytesError
from autok.options.edits import Edit, Frame
from service.settings import InputLimits
from service.tinify.requests import Commands, SourceError, open_body, read_commands, read_image

LIMITS = InputLimits(max_bytes=1000)


def make(body: bytes, content_type: str | None = None, **more: Any) -> Request:
    """Return a POST as the framework hands it over."""
    environ = EnvironBuilder(method="POST", input_stream=io.BytesIO(body), content_type=content_type).get_environ()
    environ["CONTENT_LENGTH"] = str(more.get("length", len(body)))
    if more.get("chunked"):
        del environ["CONTENT_LENGTH"]
        environ |= {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    request = Request(environ)
    open_body(request)
    return request


def command(**members: Any) -> Commands:
    """Return what is read of JSON."""
    return read_commands(make(json.dumps(members).encode(), "application/json"))


@pytest.mark.parametrize("kind", [None, "image/png", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_an_image_is_read_whatever_it_is_called(kind: str | None) -> None:
    """The bytes of the body are the image, under any type that programs declare."""
    assert read_image(make(b"\x89PNG&a=b", kind), LIMITS) == b"\x89PNG&a=b"
    assert read_image(make(b"\x89PNG", kind, chunked=True), LIMITS) == b"\x89PNG"


def test_the_limit_is_kept_with_and_without_a_length() -> None:
    """A body at the limit passes; one byte more is refused, before it is read where its length is told."""
    assert len(read_image(make(bytes(1000)), LIMITS)) == 1000
    for request in (make(bytes(1001)), make(bytes(5000), chunked=True)):
        with pytest.raises(TooManyBytesError, match="1,000"):
            read_image(request, LIMITS)


def test_more_than_the_frameworks_own_limit_is_read() -> None:
    """The framework's limit of bodies does not cut images that the service takes."""
    app = Flask("test")
    app.config["MAX_CONTENT_LENGTH"] = 10
    with app.test_request_context():
        assert len(read_image(make(bytes(1000)), LIMITS)) == 1000


def test_a_body_that_ends_early_is_no_image() -> None:
    """Fewer bytes than announced are refused."""
    with pytest.raises(RequestError, match="did not arrive whole"):
        read_image(make(b"short", length=900), LIMITS)


def test_no_address_is_fetched() -> None:
    """An address in place of an image is refused by a sentence of its own, and other JSON as malformed."""
    with pytest.raises(SourceError):
        read_image(make(b'{"source":{"url":"http://169.254.169.254/"}}', "application/json"), LIMITS)
    with pytest.raises(RequestError) as caught:
        read_image(make(b'{"image":1}', "application/json"), LIMITS)
    assert caught.value.code == "invalid_request"


def test_commands_become_an_edit() -> None:
    """Every command has its part in the edit; a resize and a conversion count, the others do not."""
    made = command(
        resize={"method": "fit", "width": 10, "height": 20},
        convert={"type": ["image/webp", "image/png"]},
        transform={"background": "#fff"},
        preserve=["location", "copyright"],
    )
    frame = Frame("fit", 10, 20)
    assert made == Commands(Edit(frame, "#ffffff", ("png", "webp"), frozenset({"location", "copyright"})), 2)
    assert command(preserve=["creation"]) == Commands(Edit(preserve=frozenset({"creation"})), 0)
    assert command() == Commands(Edit(), 0)


@pytest.mark.parametrize(
    ("given", "formats"),
    [
        ("image/webp", ("webp",)),
        ("IMAGE/PNG", ("png",)),
        (["image/jxl", "image/avif"], ("avif",)),
        ("*/*", ("png", "jpeg", "webp", "avif")),
        (["image/png", "*/*"], ("png", "jpeg", "webp", "avif")),
    ],
)
def test_types_become_formats(given: Any, formats: tuple[str, ...]) -> None:
    """One type, several, or all; of several those that are not written here are passed over."""
    assert command(convert={"type": given}).edit.formats == formats


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"store": {"service": "s3"}}, "store is not offered"),
        ({"crop": {}}, "'crop' is not known"),
        ({"resize": 5}, "resize"),
        ({"resize": {}}, "resize.method"),
        ({"convert": {}}, "convert.type"),
        ({"convert": []}, "convert"),
        ({"convert": {"type": []}}, "convert.type"),
        ({"convert": {"type": [1]}}, "convert.type"),
        ({"convert": {"type": "image/jxl"}}, "image/webp"),
        ({"convert": {"type": "image/png", "quality": 1}}, "an object with type"),
        ({"transform": {"background": "red"}}, "background"),
        ({"transform": {"rotate": 1}}, "an object with background"),
        ({"preserve": ["author"]}, "copyright, creation, location"),
        ({"preserve": [["copyright"]]}, "copyright, creation, location"),
        ({"preserve": {"copyright": True}}, "copyright, creation, location"),
    ],
)
def test_wrong_commands_are_refused(members: dict[str, Any], words: str) -> None:
    """Each mistake is named."""
    with pytest.raises((RequestError, OptionError), match=words):
        command(**members)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"resize":NaN}', b"[" * 5000, bytes(70_000)])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    """Bodies that are no JSON object, or longer than any command, are refused."""
    with pytest.raises(AutokError):
        read_commands(make(body, "application/json"))
