"""Errors as problem details (RFC 9457), with the code of the error tree."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from flask import Response

from autok.errors import AutokError

STATUSES: Final[Mapping[str, int]] = {
    "invalid_option": 422,
    "invalid_request": 400,
    "empty_file": 422,
    "unsupported_format": 415,
    "too_many_bytes": 413,
    "access_denied": 401,
    "not_found": 404,
    "method_not_allowed": 405,
    "rate_limited": 429,
    "storage_unavailable": 503,
    "signing_unavailable": 503,
    "busy": 503,
}
"""HTTP status of each code that the API answers with; any other is a fault of its own, 500."""

RETRY_AFTER: Final = 5
"""Seconds after which a call that found the storage or the signer away is worth repeating."""


def refuse(error: AutokError, *, status: int | None = None, retry_after: float | None = None) -> Response:
    """Return an error as a response."""
    return problem(
        error.code,
        error.title,
        error.public_message,
        status=status or STATUSES.get(error.code, 500),
        retry_after=retry_after if retry_after is not None else RETRY_AFTER if error.retryable else None,
    )


def problem(code: str, title: str, detail: str, *, status: int, retry_after: float | None = None) -> Response:
    """Return problem details as a response."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code}
    response = Response(json.dumps(body), status=status, content_type="application/problem+json")
    if retry_after is not None:
        response.headers["Retry-After"] = str(max(1, round(retry_after)))
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="autok"'
    return response
