"""What callers hear: bytes with their size, and errors in the shape that Tinify's clients read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from flask import Response

from autok.errors import AutokError

KINDS: Final[Mapping[str, tuple[int, str]]] = {
    "invalid_request": (400, "Bad request"),
    "invalid_option": (400, "Bad request"),
    "encode_failed": (400, "Bad request"),
    "source_not_found": (400, "Source not found"),
    "empty_file": (400, "Input missing"),
    "corrupt_image": (400, "Decode error"),
    "truncated_image": (400, "Decode error"),
    "access_denied": (401, "Unauthorized"),
    "not_found": (404, "Not found"),
    "method_not_allowed": (405, "Method not allowed"),
    "too_many_bytes": (413, "Request entity too large"),
    "too_many_pixels": (413, "Request entity too large"),
    "too_long_side": (413, "Request entity too large"),
    "too_many_scans": (413, "Request entity too large"),
    "too_many_chunks": (413, "Request entity too large"),
    "memory_limit": (413, "Request entity too large"),
    "time_limit": (413, "Request entity too large"),
    "unsupported_format": (415, "Unsupported media type"),
    "animation": (415, "Unsupported media type"),
    "rate_limited": (429, "TooManyRequests"),
    "storage_unavailable": (503, "Service unavailable"),
    "busy": (503, "Service unavailable"),
}
"""Status and ``error`` of each code; any other is a fault of the service, 500. Clients try again from 500 on."""

RETRY_AFTER: Final = 5
"""Seconds after which a call that found the storage away, or no process free, is worth repeating."""


def refuse(error: AutokError, *, retry_after: float | None = None) -> Response:
    """Return an error as a response: ``{"error": ..., "message": ...}``."""
    status, kind = KINDS.get(error.code, (500, "Internal server error"))
    if retry_after is None and error.retryable:
        retry_after = RETRY_AFTER
    return describe(status, kind, error.public_message, retry_after)


def fail() -> Response:
    """Return the response to an unexpected fault; its words stay here."""
    return describe(500, "Internal server error", "The service failed; trying again later may help.", None)


def describe(status: int, kind: str, message: str, retry_after: float | None) -> Response:
    """Return an error of any kind as a response."""
    response = answer({"error": kind, "message": message}, status)
    if retry_after is not None:
        response.headers["Retry-After"] = str(max(1, round(retry_after)))
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="autok"'
    return response


def answer(body: Mapping[str, Any], status: int) -> Response:
    """Return JSON as a response."""
    text = json.dumps(body, separators=(",", ":"))
    return Response(text, status=status, content_type="application/json; charset=utf-8")
