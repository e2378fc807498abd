"""What the API refuses to read."""

from __future__ import annotations

from typing import Any

import pytest

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
