"""What a visitor looks at, with an API that says what it is told; the whole way is tried on the local stack."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from autok.errors import NotFoundError
from service.smoke import journey
from service.smoke.journey import (
    PATIENCE,
    Visitor,
    check_errors,
    check_gone,
    check_limits,
    check_origins,
    check_page,
    check_result,
    check_start,
)
from support.deployment import DEPLOYMENT
from support.encoded import smooth
from support.uploads import saved

TICKET = {
    "result": "/v1/results/1",
    "upload": {"url": "https://up", "headers": {"content-type": "image/png", "a": "b"}},
}


def answer(status: int = 200, content: bytes = b"", **headers: str) -> requests.Response:
    """Return an answer."""
    made = requests.Response()
    made.status_code, made._content = status, content
    made.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return made


@dataclass
class Web:
    """Answers calls by what they ask for, and keeps what was asked."""

    say: Callable[[str, str, dict[str, Any]], requests.Response]
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def request(self, method: str, url: str, **content: Any) -> requests.Response:
        """Answer one call."""
        self.asked.append((method, url, content))
        return self.say(method, url, content)


@pytest.fixture
def browse(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Web]:
    """Return what puts a web in place of the true one."""

    def put(say: Callable[[str, str, dict[str, Any]], requests.Response]) -> Web:
        web = Web(say)
        monkeypatch.setattr(journey.requests, "request", web.request)
        for method in ("get", "put", "options"):
            monkeypatch.setattr(
                journey.requests, method, lambda url, m=method, **more: web.request(m.upper(), url, **more)
            )
        return web

    return put


@pytest.mark.parametrize(("key", "header"), [(None, {}), ("k", {"Authorization": "Bearer k"})])
def test_calls_carry_the_key_where_there_is_one(
    browse: Callable[..., Web], key: str | None, header: dict[str, str]
) -> None:
    """They go to the API's origin, and each has a time limit."""
    web = browse(lambda *_: answer())
    Visitor(DEPLOYMENT, key).call("GET", "/v1/health")
    ((method, url, content),) = web.asked
    assert (method, url, content["headers"]) == ("GET", DEPLOYMENT.api + "/v1/health", header)
    assert content["timeout"] == journey.TIMEOUT


def test_an_api_that_gives_no_address_ends_the_journey(browse: Callable[..., Web]) -> None:
    """Its status is in the sentence."""
    browse(lambda *_: answer(503))
    with pytest.raises(NotFoundError, match="it answers 503"):
        Visitor(DEPLOYMENT).upload(b"x", "image/png")


def test_patience_has_an_end(browse: Callable[..., Web]) -> None:
    """A result is asked for until it is final or five minutes are over; then the last answer counts."""
    times = iter([0.0, 1.0, PATIENCE, PATIENCE + 1])
    pauses: list[float] = []
    browse(lambda *_: answer(content=b'{"status": "working"}'))
    visitor = Visitor(DEPLOYMENT, clock=lambda: next(times), sleep=pauses.append)
    assert visitor.wait(TICKET) == {"status": "working"}
    assert pauses == [0.5, 0.5]
    for status in ("done", "failed"):
        browse(lambda *_, status=status: answer(content=b'{"status": "%s"}' % status.encode()))
        assert Visitor(DEPLOYMENT, sleep=pauses.append).wait(TICKET) == {"status": status}
    assert len(pauses) == 2


@pytest.mark.parametrize(("status", "passed"), [(200, True), (500, False)])
def test_both_first_answers_are_timed(browse: Callable[..., Web], status: int, passed: bool) -> None:
    """A cold one and a warm one, each with its seconds."""
    times = iter([0.0, 2.5, 3.0, 3.25])
    browse(lambda *_: answer(status))
    checks = check_start(Visitor(DEPLOYMENT, clock=lambda: next(times)))
    assert [check.passed for check in checks] == [passed] * 2
    assert [check.seen for check in checks] == [f"{status} in 2.50 s", f"{status} in 0.25 s"]


def test_a_page_needs_its_policy_and_the_apis_address(browse: Callable[..., Web]) -> None:
    """The policy may stand in the page or in its headers; another API in its configuration is told."""

    def say(method: str, url: str, content: dict[str, Any]) -> requests.Response:
        if url.endswith("/config.js"):
            return answer(content=b"export const api = 'https://other'")
        return answer(content=b"<html>", Content_Security_Policy="default-src 'none'")

    web = browse(say)
    assert [check.passed for check in check_page(DEPLOYMENT)] == [True, True, False]
    assert [url for _, url, _ in web.asked] == [DEPLOYMENT.address, DEPLOYMENT.site_origin + "/config.js"]


@pytest.mark.parametrize(
    ("allowed", "passed"),
    [("site", [True, True]), ("*", [False, False]), ("echo", [True, False]), (None, [False, True])],
)
def test_the_bucket_admits_the_site_alone(browse: Callable[..., Web], allowed: str | None, passed: list[bool]) -> None:
    """A bucket that lets everybody in fails, and so does one that keeps the site's own pages out."""

    def say(method: str, url: str, content: dict[str, Any]) -> requests.Response:
        asking = content["headers"]["Origin"]
        assert content["headers"]["Access-Control-Request-Headers"] == "a, content-type"
        origin = asking if allowed == "echo" else DEPLOYMENT.site_origin if allowed == "site" else allowed
        given = origin is not None and (allowed != "site" or asking == origin)
        return answer(Access_Control_Allow_Origin=origin) if given else answer()

    browse(say)
    assert [check.passed for check in check_origins(DEPLOYMENT, TICKET)] == passed


def test_what_was_deleted_is_gone(browse: Callable[..., Web]) -> None:
    """The address that was good must find nothing; where there was no result there is nothing to look at."""
    assert check_gone(DEPLOYMENT, {"status": "failed"}) == []
    browse(lambda *_: answer(200))
    result = {"download": {"url": "https://down"}}
    assert [check.passed for check in check_gone(DEPLOYMENT, result)] == [False, None]
    browse(lambda *_: answer(404, Access_Control_Allow_Origin="x"))
    checks = check_gone(DEPLOYMENT, result)
    assert ([check.passed for check in checks], checks[1].seen) == ([True, None], "allows x")


@pytest.mark.parametrize(("status", "passed"), [(401, True), (403, True), (404, True), (200, False), (500, False)])
def test_nothing_is_read_without_a_signature(browse: Callable[..., Web], status: int, passed: bool) -> None:
    """Only a refusal passes."""
    browse(lambda *_: answer(status))
    assert check_errors(DEPLOYMENT)[0].passed == passed


def test_an_upload_puts_the_bytes_where_its_ticket_says(browse: Callable[..., Web]) -> None:
    """The API hears type and size, the storage gets the bytes with the ticket's headers, and its answer is kept."""
    web = browse(lambda method, *_: answer(201, json.dumps(TICKET).encode()) if method == "POST" else answer(403))
    assert Visitor(DEPLOYMENT).upload(b"bytes", "image/png") == {**TICKET, "status": 403}
    (_, _, asked), (method, url, put) = web.asked
    assert (asked["json"]["content_type"], asked["json"]["size"]) == ("image/png", 5)
    assert (method, url, put["data"], put["headers"]) == ("PUT", "https://up", b"bytes", TICKET["upload"]["headers"])


@pytest.mark.parametrize(
    ("size", "quality", "status", "passed"),
    [
        ((40, 30), 20, 200, [True, True, None]),
        ((40, 30), 100, 200, [False, True, None]),
        ((30, 40), 20, 200, [True, False, None]),
    ],
)
def test_a_result_is_smaller_and_the_same_picture_in_size(
    browse: Callable[..., Web], size: tuple[int, int], quality: int, status: int, passed: list[bool | None]
) -> None:
    """A larger file and a turned picture fail, each by its own line; the worker's time is told."""
    data = saved(smooth(40, 30), "JPEG", quality=95)
    browse(lambda *_: answer(status, saved(smooth(*size), "JPEG", quality=quality)))
    result = {"download": {"url": "https://down"}, "report": {"timings_ms": {"total": 12}}}
    checks = check_result(data, result)
    assert ([check.passed for check in checks], checks[2].seen) == (passed, "12 ms")


@pytest.mark.parametrize(
    ("largest", "larger", "passed"),
    [
        ({"status": "done"}, {"status": "failed", "error": {"code": "too_many_pixels"}}, [True, True]),
        ({"status": "failed", "error": {"code": "memory_limit"}}, {"status": "done"}, [False, False]),
        ({"status": "working"}, {"status": "failed", "error": {"code": "memory_limit"}}, [False, False]),
    ],
)
def test_the_limit_is_where_it_is_said_to_be(
    browse: Callable[..., Web],
    monkeypatch: pytest.MonkeyPatch,
    largest: dict[str, Any],
    larger: dict[str, Any],
    passed: list[bool],
) -> None:
    """64 megapixels are done and more are refused by their code; both are deleted again."""
    sides: list[int] = []
    monkeypatch.setattr(journey, "draw_stripes", lambda side: sides.append(side) or b"png")
    answers = iter([largest, larger])

    def say(method: str, url: str, content: dict[str, Any]) -> requests.Response:
        if method == "GET":
            return answer(content=json.dumps(next(answers)).encode())
        return answer(201, json.dumps(TICKET).encode())

    web = browse(say)
    times = iter(range(0, 10_000, 400))
    checks = check_limits(Visitor(DEPLOYMENT, clock=lambda: float(next(times)), sleep=lambda _: None))
    assert [check.passed for check in checks] == passed
    assert sides == [8000, 9000]
    assert [method for method, *_ in web.asked].count("DELETE") == 2


def test_a_result_that_is_no_image_is_a_failure_and_no_crash(browse: Callable[..., Web]) -> None:
    """Where the storage answers with a refusal instead, the checks say so, and what was uploaded can be deleted."""
    browse(lambda *_: answer(403, b"<?xml version='1.0'?><Error/>"))
    checks = check_result(saved(smooth(8, 8), "JPEG"), {"download": {"url": "https://down"}, "report": {}})
    assert [check.passed for check in checks[:2]] == [False, False]
    assert "403" in checks[1].seen
