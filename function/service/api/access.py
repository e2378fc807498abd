"""Who may call, how often, and what every answer says to a browser."""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Callable, Mapping
from typing import Final

from flask import Response

from autok.errors import AccessError, RateLimitError

SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-site",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}
"""On every answer; a browser heeds Strict-Transport-Security over HTTPS alone."""

OPEN_PATHS: Final = frozenset({"/v1/health", "/v1/limits", "/v1/openapi.json"})
"""Paths that need no access key."""

_ALLOWED_HEADERS: Final = "authorization, content-type, x-autok-key"


class RateLimit:
    """A bucket of tokens for this instance: filled evenly over a minute, emptied one a signature."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = per_minute / 60
        self._most = float(per_minute)
        self._clock = clock
        self._tokens = self._most
        self._last = clock()
        self._lock = threading.Lock()

    def take(self, count: int = 1) -> None:
        """Take tokens.

        Raises
        ------
        RateLimitError
            When there are too few; its ``retry_after`` is the seconds until there are enough.
        """
        if self._rate == 0:
            return
        with self._lock:
            now = self._clock()
            self._tokens = min(self._most, self._tokens + (now - self._last) * self._rate)
            self._last = now
            missing = min(count, self._most) - self._tokens
            if missing > 0:
                raise TooSoonError(self._most, missing / self._rate)
            self._tokens -= min(count, self._most)


class TooSoonError(RateLimitError):
    """The rate limit, with the time after which the call is worth repeating."""

    def __init__(self, per_minute: float, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__(f"This instance signs {per_minute:g} addresses a minute; try again in {retry_after:.0f} s.")


def check_key(headers: Mapping[str, str], path: str, key: str | None) -> None:
    """Check the access key, given as ``Authorization: Bearer KEY`` or ``X-Autok-Key: KEY``.

    Raises
    ------
    AccessError
        When a key is set and the request presents none or another.
    """
    if key is None or path in OPEN_PATHS:
        return
    sent = {name.lower(): value for name, value in headers.items()}
    scheme, _, token = sent.get("authorization", "").partition(" ")
    given = token.strip() if scheme.lower() == "bearer" else sent.get("x-autok-key", "")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), key.encode()):
        raise AccessError("This service needs an access key; send it as Authorization: Bearer KEY.")


def allow_origin(response: Response, origin: str | None, origins: tuple[str, ...]) -> None:
    """Let the site's own pages read an answer, and nobody else's."""
    response.vary.add("Origin")
    if origin is not None and origin.lower() in origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "Retry-After, Location, Date"


def preflight(methods: str, origin: str | None, origins: tuple[str, ...]) -> Response:
    """Answer OPTIONS: what a path can do, and to the site's own pages that they may."""
    response = Response(status=204, headers={"Allow": methods})
    allow_origin(response, origin, origins)
    if "Access-Control-Allow-Origin" in response.headers:
        response.headers["Access-Control-Allow-Methods"] = methods
        response.headers["Access-Control-Allow-Headers"] = _ALLOWED_HEADERS
        response.headers["Access-Control-Max-Age"] = "3600"
    return response
