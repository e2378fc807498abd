"""Who may call the API, how often, and from where."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.settings import Settings
from support.api_service import ID, KEY, SITE, Service, problem


@pytest.mark.parametrize(("origin", "allowed"), [(SITE, True), ("https://evil.example", False), ("null", False)])
def test_only_the_site_may_read_answers(service: Service, origin: str, allowed: bool) -> None:
    """The site's origin is allowed by name, in preflight and answer; every other one is not mentioned."""
    expected = origin if allowed else None
    for answer in (
        service.client.get("/v1/limits", headers={"Origin": origin}),
        service.client.get("/nowhere", headers={"Origin": origin}),
        service.client.options("/v1/uploads", headers={"Origin": origin, "Access-Control-Request-Method": "POST"}),
    ):
        assert answer.headers.get("Access-Control-Allow-Origin") == expected
        assert "Origin" in answer.headers["Vary"]
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_methods_are_told(service: Service) -> None:
    """HEAD is GET without a body, OPTIONS lists what there is, and another method is refused with the list."""
    head = service.client.head("/v1/limits")
    assert (head.status_code, head.data) == (200, b"")
    assert service.client.options(f"/v1/results/{ID}").headers["Allow"] == "GET, DELETE, HEAD, OPTIONS"
    answer = service.client.put(f"/v1/results/{ID}", json={})
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, DELETE, HEAD, OPTIONS"


def test_signatures_are_limited_by_the_minute(settings: Settings) -> None:
    """After the allowance a call is refused with the time to wait, and succeeds after it."""
    service = Service(replace(settings, rate_limit=6))
    body = {"content_type": "image/png", "size": 5}
    assert [service.post("/v1/uploads", body).status_code for _ in range(7)] == [201] * 6 + [429]
    answer = service.post("/v1/uploads", body)
    problem(answer, 429, "rate_limited")
    assert answer.headers["Retry-After"] == "10"
    service.now += 10
    assert service.post("/v1/uploads", body).status_code == 201
    assert service.post("/v1/uploads", body).status_code == 429


@pytest.fixture
def locked(settings: Settings) -> Service:
    """Return a service with an access key."""
    return Service(replace(settings, access_key=KEY))


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": KEY}, {"X-Autok-Key": KEY[:-1]}]
)
def test_without_the_key_nothing_is_done(locked: Service, headers: dict[str, str]) -> None:
    """A missing, wrong or badly presented key is refused before anything is read or signed."""
    answer = locked.post("/v1/uploads", {"content_type": "image/png", "size": 5}, **headers)
    problem(answer, 401, "access_denied")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    problem(locked.client.delete(f"/v1/results/{ID}", headers=headers), 401, "access_denied")
    assert locked.storage.log == []


def test_the_key_is_taken_in_either_header(locked: Service) -> None:
    """The key opens the API as bearer token or in its own header; limits and health need none."""
    body = {"content_type": "image/png", "size": 5}
    assert locked.post("/v1/uploads", body, Authorization=f"Bearer {KEY}").status_code == 201
    assert locked.post("/v1/uploads", body, **{"X-Autok-Key": KEY}).status_code == 201
    assert locked.client.get("/v1/limits").status_code == 200
    assert locked.client.get("/v1/health").status_code == 200
