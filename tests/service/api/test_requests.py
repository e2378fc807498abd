"""What the API refuses to read."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Request, request
from werkzeug.test import EnvironBuilder

from service.api.requests import close_body
from support.api_service import Service, problem


@pytest.mark.parametrize(
    ("body", "status", "code", "words"),
    [
        ({}, 400, "invalid_request", "content_type"),
        ({"content_type": "image/png"}, 400, "invalid_request", "size"),
        ({"content_type": "image/png", "size": True}, 400, "invalid_request", "size"),
        ({"content_type": "image/png", "size": 1.5}, 400, "invalid_request", "size"),
        ({"content_type": "image/png", "size": -1}, 400, "invalid_request", "size"),
        ({"content_type": "image/png", "size": 0}, 422, "empty_file", "empty"),
        ({"content_type": "image/png", "size": 1_000_001}, 413, "too_many_bytes", "1,000,001"),
        ({"content_type": "image/png", "size": 10**30}, 413, "too_many_bytes", "1,000,000"),
        ({"content_type": "image/svg+xml", "size": 5}, 415, "unsupported_format", "svg"),
        ({"content_type": "image/png", "size": 5, "more": 1}, 400, "invalid_request", "more"),
        ({"content_type": "image/png", "size": 5, "filename": ""}, 400, "invalid_request", "filename"),
        ({"content_type": "image/png", "size": 5, "filename": "x" * 256}, 400, "invalid_request", "255"),
        ({"content_type": "image/png", "size": 5, "filename": "\ud800"}, 400, "invalid_request", "surrogate"),
        ({"content_type": "image/png", "size": 5, "options": []}, 400, "invalid_request", "options"),
        ({"content_type": "image/png", "size": 5, "options": {"colors": 1}}, 422, "invalid_option", "2 to 256"),
        ({"content_type": "image/png", "size": 5, "options": {"nope": 1}}, 422, "invalid_option", "nope"),
        ([], 400, "invalid_request", "object"),
        ("text", 400, "invalid_request", "object"),
    ],
)
def test_a_wrong_upload_is_refused_with_the_reason(
    service: Service, body: Any, status: int, code: str, words: str
) -> None:
    """Each mistake has its status, its code and a sentence that names the field."""
    assert words in problem(service.post("/v1/uploads", body), status, code)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"{", "application/json"),
        (b"[" * 60_000, "application/json"),
        (b'{"size": NaN}', "application/json"),
        (b"\xff\xfe", "application/json"),
        (b" " * 70_000, "application/json"),
        (b"{}", "text/plain"),
        (b"", "application/json"),
        (b'{"size": 1' + b"0" * 5000 + b"}", "application/json"),
    ],
)
def test_a_body_that_is_no_json_is_a_bad_request(service: Service, data: bytes, kind: str) -> None:
    """Bytes of any kind are refused in a sentence, never with a stack trace."""
    problem(service.client.post("/v1/uploads", data=data, content_type=kind), 400, "invalid_request")


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("body", [b"", b"abc", bytes(5000)])
def test_what_was_left_unread_is_taken_off_once(body: bytes, chunked: bool) -> None:
    """After an answer nothing of the body is left to be read into memory, and no more than the limit was read."""
    stream = io.BytesIO(body)
    environ = EnvironBuilder(method="POST", input_stream=stream).get_environ()
    environ |= {"wsgi.input_terminated": True} if chunked else {"CONTENT_LENGTH": str(len(body))}
    made = Request(environ)
    close_body(made, 1000)
    assert made.get_data() == b""
    assert stream.tell() == min(len(body), 1000)


@pytest.mark.parametrize("path", ["/v1/limits", "/v1/uploads", "/v1/results/x/runs", "/nowhere"])
def test_no_body_that_is_refused_is_held_in_memory(service: Service, path: str) -> None:
    """Whatever path it is sent to, a large body is read away in small pieces before the framework reads it whole."""
    held: list[int] = []
    service.client.application.after_request(lambda response: held.append(len(request.get_data())) or response)
    answer = service.client.post(path, data=bytes(500_000), content_type="application/json")
    assert answer.status_code >= 400
    assert held == [0]
