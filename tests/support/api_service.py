"""The API on a store in memory, and a client that calls it as the framework would."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.api import Api
from service.events import Upload
from service.logs import make_log
from service.settings import Settings
from service.signing import open_signer
from service.worker import process
from support.fake_engine import FakeEngine
from support.memory_storage import MemoryStorage

SITE = "http://localhost:8080"
KEY = "0123456789abcdef-key"
ID = "0123456789abcdef" * 2


@dataclass
class Service:
    """An API on a store in memory, and the client that calls it."""

    settings: Settings
    storage: MemoryStorage = field(default_factory=MemoryStorage)
    now: float = 0.0
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        app = Flask("test")
        api = Api(self.settings, self.storage, open_signer(self.settings), lambda: self.now)
        self.api = api

        def answer(path: str) -> Response:
            return api.respond(request, make_log(write=self.lines.append))

        methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        app.add_url_rule("/<path:path>", "api", answer, methods=methods, provide_automatic_options=False)
        self.client: FlaskClient = app.test_client()

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        """Post JSON."""
        return self.client.post(path, json=body, headers=headers)

    def work(self, upload_id: str, engine: FakeEngine | None = None) -> None:
        """Deliver the event of an upload of the page."""
        held = self.storage.objects["uploads", f"web/{upload_id}"]
        event = Upload("uploads", held.stored.name, held.stored.generation, len(held.data), "", held.stored.metadata)
        process(event, storage=self.storage, engine=engine or FakeEngine(), settings=self.settings)


def problem(answer: TestResponse, status: int, code: str) -> str:
    """Check that an answer is problem details, and return its sentence."""
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    body = json.loads(answer.data)
    assert (body["status"], body["code"], body["type"]) == (status, code, "about:blank")
    assert body["title"]
    assert isinstance(body["detail"], str)
    return body["detail"]


def upload(service: Service, **options: Any) -> str:
    """Ask for an upload, put the bytes as the page would, and return the id."""
    body = {"content_type": "image/png", "size": 3, "filename": "My cat.png", "options": options}
    made = service.post("/v1/uploads", body).get_json()
    prefix = "x-goog-meta-"
    metadata = {k.removeprefix(prefix): v for k, v in made["upload"]["headers"].items() if k.startswith(prefix)}
    service.storage.put("uploads", f"web/{made['id']}", b"cat", metadata)
    return str(made["id"])
