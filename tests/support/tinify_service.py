"""Tinify's API on a store in memory, called as the framework would call it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, request
from werkzeug.test import TestResponse

from service.logs import make_log
from service.settings import InputLimits, Settings
from service.tinify import Tinify
from service.tinify.keys import Keys
from service.worker import Engine
from support.fake_engine import FakeEngine
from support.memory_storage import MemoryStorage

KEY, OTHER = "0123456789abcdef", "fedcba9876543210"
SETTINGS = Settings("uploads", "results", input_limits=InputLimits(max_bytes=300_000), rate_limit=60)


@dataclass
class Service:
    """The API on a store in memory, and a client that calls it as the framework would."""

    engine: Engine = field(default_factory=FakeEngine)
    storage: MemoryStorage = field(default_factory=MemoryStorage)
    now: float = 0.0
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        app = Flask("test")
        api = Tinify(SETTINGS, Keys([KEY, OTHER]), self.storage, self.engine, lambda: self.now)

        def answer(path: str) -> Response:
            return api.respond(request, make_log(write=self.lines.append))

        methods = ["GET", "POST", "PUT", "DELETE", "OPTIONS"]
        app.add_url_rule("/<path:path>", "tinify", answer, methods=methods, provide_automatic_options=False)
        self.client = app.test_client()

    def call(self, method: str, path: str, key: str = KEY, **more: Any) -> TestResponse:
        """Call with a key."""
        return self.client.open(path, method=method, auth=("api", key), **more)

    def shrink(self, data: bytes = b"picture", key: str = KEY) -> str:
        """Send an image; return the path of its result."""
        answer = self.call("POST", "/shrink", key, data=data)
        assert answer.status_code == 201, answer.data
        return answer.headers["Location"]


def refusal(answer: TestResponse, status: int, kind: str) -> str:
    """Check that an answer is an error as the clients read it, and return its sentence."""
    assert (answer.status_code, answer.content_type) == (status, "application/json; charset=utf-8")
    body = json.loads(answer.data)
    assert set(body) == {"error", "message"}
    assert body["error"] == kind
    return str(body["message"])
