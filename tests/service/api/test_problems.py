"""Errors as problem details: status, members and headers of RFC 9457 and RFC 9110."""

from __future__ import annotations

import json

import pytest

from autok.errors import AccessError, CorruptImageError, NotFoundError, RateLimitError, RequestError, StorageError
from service.api.problems import RETRY_AFTER, STATUSES, problem, refuse


def test_the_body_has_the_members_of_the_standard() -> None:
    """Type, title, status and detail stand beside the stable code, as problem+json, and the status is the answer's."""
    response = problem("not_found", "Nothing there", "There is no such upload.", status=404)
    assert (response.status_code, response.content_type) == (404, "application/problem+json")
    assert json.loads(response.get_data()) == {
        "type": "about:blank", "title": "Nothing there", "status": 404, "detail": "There is no such upload.",
        "code": "not_found",
    }  # fmt: skip
    assert "Retry-After" not in response.headers
    assert "WWW-Authenticate" not in response.headers


@pytest.mark.parametrize(
    ("error", "status"),
    [(RequestError("x"), 400), (AccessError("x"), 401), (NotFoundError("x"), 404), (StorageError("x"), 503)],
)
def test_every_error_has_the_status_of_its_code(error: Exception, status: int) -> None:
    """Code and status go together by the table, and the error's own sentence is the detail."""
    response = refuse(error)
    body = json.loads(response.get_data())
    assert (response.status_code, body["code"], body["detail"]) == (status, error.code, "x")
    assert STATUSES[error.code] == status


def test_an_error_that_no_caller_can_cause_is_a_fault_of_the_service() -> None:
    """A code without a row is answered with 500, unless the caller of this function knows better."""
    assert refuse(CorruptImageError("x")).status_code == 500
    assert refuse(CorruptImageError("x"), status=422).status_code == 422


@pytest.mark.parametrize(("given", "told"), [(None, str(RETRY_AFTER)), (0.2, "1"), (59.6, "60")])
def test_what_passes_says_when_to_come_again(given: float | None, told: str) -> None:
    """A retryable error names whole seconds, at least one; one that stays names none."""
    assert refuse(StorageError("x"), retry_after=given).headers["Retry-After"] == told
    assert ("Retry-After" in refuse(RateLimitError("x")).headers) == RateLimitError.retryable
    assert "Retry-After" not in refuse(NotFoundError("x")).headers


def test_a_missing_key_names_its_scheme() -> None:
    """An answer of 401 says how to identify oneself, as HTTP asks."""
    assert refuse(AccessError("x")).headers["WWW-Authenticate"].startswith("Bearer ")
