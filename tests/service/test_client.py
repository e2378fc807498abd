"""The caller's side of the API, against a service that answers as it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from service.client import Client, ClientError, guess_type
from support.serving import serve


@dataclass
class Service:
    """Answers in the order of a script, and remembers what it was asked."""

    port: int = 0
    script: list[tuple[int, Any, dict[str, str]]] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def ticket(self) -> dict[str, Any]:
        """What a created upload is told with."""
        slot = {"method": "PUT", "url": f"{self.url}/bucket/x", "headers": {"x-goog-meta-a": "b"}}
        return {"id": "1", "upload": slot, "result": "/v1/results/1"}

    def says(self, status: int, body: Any = None, **headers: str) -> None:
        """Add an answer to the script."""
        self.script.append((status, body, headers))

    def client(self, key: str | None = None) -> Client:
        """Return a client whose pauses are only written down."""
        return Client(self.url, key, self.pauses.append)

    async def answer(self, request: Request) -> Response:
        self.asked.append((request.method, request.url.path, dict(request.headers), await request.body()))
        status, body, headers = self.script.pop(0)
        return Response(body if isinstance(body, bytes) else json.dumps(body), status, headers)


@pytest.fixture
def service() -> Iterator[Service]:
    """Yield a service with an empty script."""
    told = Service()
    methods = ["GET", "POST", "PUT"]
    with serve(Starlette(routes=[Route("/{path:path}", told.answer, methods=methods)])) as port:
        told.port = port
        yield told


def test_an_upload_is_two_calls(service: Service) -> None:
    """The ticket is asked for with size, type, name and options, and the bytes go where it says, with its headers."""
    service.says(201, service.ticket)
    service.says(200)
    with service.client("secret-key-0123456") as client:
        assert client.upload("caf\udce9.PNG", b"bytes", {"colors": 8}) == "/v1/results/1"
    (method, path, headers, body), put = service.asked
    assert (method, path, headers["authorization"]) == ("POST", "/v1/uploads", "Bearer secret-key-0123456")
    assert json.loads(body) == {
        "content_type": "image/png",
        "size": 5,
        "filename": "caf?.PNG",
        "options": {"colors": 8},
    }
    assert (put[0], put[1], put[3]) == ("PUT", "/bucket/x", b"bytes")
    assert put[2]["x-goog-meta-a"] == "b"
    assert "authorization" not in put[2]


def test_what_passes_is_tried_again(service: Service) -> None:
    """503 and 429 are tried again after the pause they name; a 412 then means that the bytes had landed."""
    service.says(503, {"detail": "later"}, **{"retry-after": "7"})
    service.says(429, {"detail": "later"}, **{"retry-after": "900"})
    service.says(201, service.ticket)
    service.says(500, b"<xml/>")
    service.says(412, b"<xml/>")
    with service.client() as client:
        client.upload("a.jpg", b"bytes", {})
    assert service.pauses == [7.0, 30.0, 0.5]


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (413, {"detail": "The file is too large."}, "The file is too large."),
        (412, b"<xml/>", "status 412"),
        (404, [1], "status 404"),
    ],
)
def test_a_refusal_is_the_services_own_sentence(service: Service, status: int, body: Any, said: str) -> None:
    """What will not change is not tried again, and is told in the service's words, or by its status."""
    service.says(status, body)
    with service.client() as client, pytest.raises(ClientError, match=said):
        client.upload("a.jpg", b"bytes", {})
    assert service.pauses == []


def test_a_service_that_is_away_is_named(service: Service) -> None:
    """An address at which nobody listens is told after some tries, without the address's secrets."""
    with Client("http://localhost:1", None, service.pauses.append) as client:
        with pytest.raises(ClientError, match="http://localhost:1 cannot be reached"):
            client.ask("/v1/results/1")
        with pytest.raises(ClientError) as caught:
            client.download("http://localhost:1/x?X-Goog-Signature=abc")
    assert "Signature" not in str(caught.value)
    assert service.pauses == [0.5, 1.0, 2.0, 4.0] * 2


def test_waiting_shows_stages_and_ends(service: Service) -> None:
    """Questions come at growing distances until the result is there; every stage is passed on."""
    for answer in ({"status": "pending"}, {"status": "pending", "stage": "search"}, {"status": "failed"}):
        service.says(200, answer)
    stages: list[str] = []
    with service.client() as client:
        assert client.wait("/v1/results/1", stages.append, 60)["status"] == "failed"
    assert stages == ["waiting", "search"]
    assert service.pauses == pytest.approx([0.2, 0.3])


def test_waiting_is_given_up(service: Service) -> None:
    """After the time that was given, the sentence names where the result may appear later."""
    for _ in range(4):
        service.says(200, {"status": "pending"})
    with service.client() as client, pytest.raises(ClientError, match=r"after 0.5 s; .*/v1/results/1"):
        client.wait("/v1/results/1", lambda _: None, 0.5)


@pytest.mark.parametrize(
    ("name", "kind"), [("a.JPG", "image/jpeg"), ("a.tif", "image/tiff"), ("a", "application/octet-stream")]
)
def test_the_type_is_guessed_from_the_name(name: str, kind: str) -> None:
    """Known extensions have their types; anything else is just bytes."""
    assert guess_type(name) == kind
