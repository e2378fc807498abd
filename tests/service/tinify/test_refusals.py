"""What Tinify's API refuses, and in which shape."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from autok import errors
from autok.errors import AutokError, StorageError
from service.tinify.answers import KINDS
from support.fake_engine import FakeEngine
from support.tinify_service import OTHER, Service, refusal


@pytest.fixture(scope="module")
def draw() -> Callable[[int, int], bytes]:
    """Return a function that draws a PNG of a size."""
    from PIL import Image

    def make(width: int, height: int) -> bytes:
        data = io.BytesIO()
        Image.new("RGB", (width, height), (9, 90, 200)).save(data, "PNG")
        return data.getvalue()

    return make


@pytest.mark.parametrize("path", ["/shrink", "/output/" + "0" * 32, "/nothing"])
def test_without_a_key_there_is_nothing(service: Service, path: str) -> None:
    """Every path asks for a key first, and says how; nothing is counted or logged."""
    answer = service.client.post(path, data=b"picture")
    assert "Credentials are invalid" in refusal(answer, 401, "Unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert "Compression-Count" not in answer.headers
    assert (service.lines, service.storage.log) == ([], [])


@pytest.mark.parametrize(
    ("method", "path", "more", "status", "kind"),
    [
        ("POST", "/shrink", {"data": b""}, 400, "Input missing"),
        ("POST", "/shrink", {"json": {"source": {"url": "http://a.example/"}}}, 400, "Source not found"),
        ("POST", "/shrink", {"data": bytes(300_001)}, 413, "Request entity too large"),
        ("GET", "/shrink", {}, 405, "Method not allowed"),
        ("OPTIONS", "/shrink", {}, 405, "Method not allowed"),
        ("GET", "/", {}, 404, "Not found"),
        ("GET", "/output/abc", {}, 404, "Not found"),
        ("GET", "/output/" + "0" * 32, {}, 404, "Not found"),
        ("POST", "/output/" + "0" * 32, {"json": {}}, 404, "Not found"),
        ("POST", "/output/" + "0" * 32, {"json": {"store": {}}}, 400, "Bad request"),
        ("POST", "/output/" + "0" * 32, {"data": b"text"}, 400, "Bad request"),
        ("DELETE", "/output/" + "0" * 32, {}, 405, "Method not allowed"),
    ],
)
def test_refusals(service: Service, method: str, path: str, more: dict[str, Any], status: int, kind: str) -> None:
    """Each mistake has the status and the name that the clients know."""
    if path == "/":
        path = "/%2e"
    assert refusal(service.call(method, path, **more), status, kind)


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (errors.UnsupportedFormatError("no image"), 415, "Unsupported media type"),
        (errors.AnimationError("it moves"), 415, "Unsupported media type"),
        (errors.TruncatedImageError("cut off"), 400, "Decode error"),
        (errors.TooManyPixelsError("too many"), 413, "Request entity too large"),
        (errors.TimeLimitError("too long"), 413, "Request entity too large"),
        (errors.CrashError("it died"), 500, "Internal server error"),
        (errors.BusyError("no process"), 503, "Service unavailable"),
    ],
)
def test_what_the_engine_refuses_is_told(error: AutokError, status: int, kind: str) -> None:
    """An error of the sandbox or the engine keeps its sentence, is logged by its code, and stores nothing."""
    service = Service(FakeEngine(error=error))
    answer = service.call("POST", "/shrink", data=b"picture")
    assert refusal(answer, status, kind) == str(error)
    assert ("Retry-After" in answer.headers) == error.retryable
    assert service.storage.log == []
    assert json.loads(service.lines[-1])["code"] == error.code


def test_the_storages_faults_are_for_later(service: Service) -> None:
    """A storage that fails is a 503 with Retry-After, and the image is not counted."""

    def fault(verb: str, bucket: str, name: str, done: bool) -> None:
        raise StorageError("The storage did not answer.")

    service.storage.fault = fault
    answer = service.call("POST", "/shrink", data=b"picture")
    refusal(answer, 503, "Service unavailable")
    assert answer.headers["Retry-After"] == "5"
    assert answer.headers["Compression-Count"] == "0"


def test_the_unexpected_is_told_in_no_detail() -> None:
    """A fault that nobody thought of is a 500 whose words stay in nobody's hands, and its place is in the log."""

    def fault(job: Any) -> None:
        raise ValueError("secret words")

    service = Service(FakeEngine(during=fault))
    answer = service.call("POST", "/shrink", data=b"picture")
    assert "secret" not in refusal(answer, 500, "Internal server error")
    assert json.loads(service.lines[-1])["fault"] == "ValueError"
    assert "secret" not in "".join(service.lines)


def test_too_many_calls_wait(service: Service) -> None:
    """A key that calls more often than the rate is told when to come back; another key is not held up."""
    for _ in range(60):
        assert service.call("GET", "/output/" + "0" * 32).status_code == 404
    answer = service.call("POST", "/shrink", data=b"picture")
    assert "60 a minute" in refusal(answer, 429, "TooManyRequests")
    assert answer.headers["Retry-After"] == "1"
    service.shrink(key=OTHER)
    service.now = 1.0
    service.shrink()


def test_every_code_of_the_tree_has_an_answer() -> None:
    """Codes that are answered are codes that exist, so that none is spelt wrongly."""
    codes, classes = set(), [AutokError]
    for kind in classes:
        codes.add(kind.code)
        classes.extend(kind.__subclasses__())
    assert set(KINDS) <= codes | {"method_not_allowed"}


def test_limits_are_checked_on_the_header(real: Service, draw: Callable[[int, int], bytes]) -> None:
    """A picture with too many pixels is refused for its header, and the next one is served by the same sandbox."""
    answer = real.call("POST", "/shrink", data=draw(16_400, 3))
    assert "16,400" in refusal(answer, 413, "Request entity too large")
    assert real.call("GET", real.shrink(draw(8, 8))).status_code == 200
