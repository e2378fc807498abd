"""A target for events: keeps what it gets and answers as it is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event as it arrived."""

    headers: dict[str, str]
    """Names in lower case."""
    data: dict[str, Any]


class EventReceiver:
    """An HTTP server on a free port.

    Parameters
    ----------
    answer : callable
        Called with the deliveries so far, the new one last; returns a status, or None to hang up without an answer.
    """

    def __init__(self, answer: Callable[[list[Delivery]], int | None] = lambda _: 204) -> None:
        self.answer = answer
        self.deliveries: list[Delivery] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._make_handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The address that takes events."""
        return f"http://localhost:{self._server.server_port}/"

    @property
    def names(self) -> list[str]:
        """The objects that events came for, in order of arrival."""
        return [delivery.data["name"] for delivery in self.deliveries]

    def wait(self, count: int, seconds: float = 20.0) -> list[Delivery]:
        """Return the deliveries once there are `count`; fail after `seconds`."""
        end = time.monotonic() + seconds
        while len(self.deliveries) < count:
            assert time.monotonic() < end, f"{len(self.deliveries)} of {count} events came"
            time.sleep(0.01)
        return self.deliveries

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _make_handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {key.lower(): value for key, value in self.headers.items()}
                with receiver._lock:
                    receiver.deliveries.append(Delivery(headers, json.loads(body)))
                    so_far = list(receiver.deliveries)
                status = receiver.answer(so_far)
                if status is None:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Stay silent."""

        return Handler


@pytest.fixture
def receiver() -> Iterator[EventReceiver]:
    """Return a target that acknowledges everything."""
    target = EventReceiver()
    yield target
    target.close()
