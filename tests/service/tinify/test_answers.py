"""Errors in the shape that Tinify's clients read."""

from __future__ import annotations

import json

import pytest

from autok import errors
from service.tinify.answers import KINDS, RETRY_AFTER, answer, describe, fail, refuse


def test_an_answer_is_tight_json() -> None:
    """The body has no spaces and is told as JSON in UTF-8."""
    response = answer({"output": {"size": 5}}, 201)
    assert (response.status_code, response.get_data()) == (201, b'{"output":{"size":5}}')
    assert response.content_type == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (errors.EmptyFileError("x"), 400, "Input missing"),
        (errors.CorruptImageError("x"), 400, "Decode error"),
        (errors.AccessError("x"), 401, "Unauthorized"),
        (errors.TooManyPixelsError("x"), 413, "Request entity too large"),
        (errors.AnimationError("x"), 415, "Unsupported media type"),
        (errors.RateLimitError("x"), 429, "TooManyRequests"),
        (errors.BusyError("x"), 503, "Service unavailable"),
        (errors.CrashError("x"), 500, "Internal server error"),
    ],
)
def test_clients_tell_errors_by_status_and_kind(error: errors.AutokError, status: int, kind: str) -> None:
    """Each error has the status and the words by which the clients choose their exception."""
    response = refuse(error)
    assert response.status_code == status
    assert json.loads(response.get_data()) == {"error": kind, "message": "x"}


def test_clients_try_again_only_what_may_pass() -> None:
    """They do so from 500 on: no fault of the picture or the caller is answered with such a status."""
    own = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.InputError)]
    assert all(KINDS[each.code][0] < 500 for each in own if each.code in KINDS)
    assert KINDS["storage_unavailable"][0] >= 500


def test_waiting_times_are_whole_seconds() -> None:
    """What passes says when, at least a second; what stays says nothing, and a fault says nothing either."""
    assert refuse(errors.BusyError("x")).headers["Retry-After"] == str(RETRY_AFTER)
    assert refuse(errors.RateLimitError("x"), retry_after=0.1).headers["Retry-After"] == "1"
    assert describe(429, "TooManyRequests", "x", 12.4).headers["Retry-After"] == "12"
    assert "Retry-After" not in refuse(errors.CorruptImageError("x")).headers
    assert "Retry-After" not in fail().headers


def test_a_missing_key_names_its_scheme() -> None:
    """Tinify's clients send their key by Basic authentication."""
    assert refuse(errors.AccessError("x")).headers["WWW-Authenticate"] == 'Basic realm="autok"'
    assert "WWW-Authenticate" not in fail().headers
