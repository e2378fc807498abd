"""Takes the place of a Pub/Sub topic: records every message that is published, and shows them.

``POST /v1/projects/P/topics/T:publish`` takes what Pub/Sub's REST call takes. ``GET /_local/messages`` lists what came,
as a push subscription would deliver it. Messages lie in ``DATA/messages.jsonl``, a line each, and survive a restart.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.emulator.config import EmulatorConfig
from local.emulator.faces.bodies import read_json_body
from local.emulator.faces.gateway import has_token
from local.emulator.refusals import Refusal, invalid


class Recorder:
    """The messages of every topic; a topic need not be made before it is published to.

    Parameters
    ----------
    config : EmulatorConfig
        Its folder, token and clock are used.
    """

    def __init__(self, config: EmulatorConfig) -> None:
        self._config = config
        self._file = config.data / "messages.jsonl"
        self._count = _mend(self._file)

    def routes(self) -> list[Route]:
        """Return the route that publishes and the one that lists."""
        return [
            Route("/v1/projects/{project}/topics/{topic}:publish", self._publish, methods=["POST"]),
            Route("/_local/messages", self._list, methods=["GET"]),
        ]

    async def _publish(self, request: Request) -> Response:
        try:
            self._check(request)
            messages = (await read_json_body(request)).get("messages")
            if not isinstance(messages, list) or not messages:
                raise invalid("messages takes a list of at least one message.")
            topic = f"projects/{request.path_params['project']}/topics/{request.path_params['topic']}"
            checked = [_check_message(message) for message in messages]
        except Refusal as refusal:
            return refusal.as_json()
        numbers = self._append(topic, checked)
        return JSONResponse({"messageIds": numbers})

    async def _list(self, request: Request) -> Response:
        try:
            self._check(request)
        except Refusal as refusal:
            return refusal.as_json()
        topic = request.query_params.get("topic")
        return JSONResponse({"messages": [each for each in self._read() if topic in (None, each["topic"])]})

    def _check(self, request: Request) -> None:
        if not has_token(request, self._config.token):
            raise Refusal(401, "AuthenticationRequired", "This endpoint asks for the run's bearer token.")

    def _append(self, topic: str, messages: list[dict[str, Any]]) -> list[str]:
        moment = datetime.fromtimestamp(self._config.clock(), UTC).isoformat(timespec="milliseconds")
        numbers = [str(self._count + place) for place in range(1, len(messages) + 1)]
        with self._file.open("a", encoding="utf-8") as file:
            for number, message in zip(numbers, messages, strict=True):
                stamp = {"messageId": number, "publishTime": moment.replace("+00:00", "Z")}
                file.write(json.dumps({"topic": topic, "message": {**message, **stamp}}) + "\n")
        self._count += len(messages)
        return numbers

    def _read(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._file.read_text("utf-8").splitlines()]


def _mend(file: Path) -> int:
    """Cut off a last line that a kill left unfinished, as nobody was promised it; return the number of lines."""
    content = file.read_bytes() if file.exists() else b""
    whole = content[: content.rfind(b"\n") + 1]
    file.write_bytes(whole)
    return whole.count(b"\n")


def _check_message(message: object) -> dict[str, Any]:
    if not isinstance(message, dict) or not (message.get("data") or message.get("attributes")):
        raise invalid("A message has data or attributes.")
    attributes = message.get("attributes") or {}
    if not isinstance(attributes, Mapping) or not all(
        isinstance(value, str) and len(key.encode()) <= 256 and len(value.encode()) <= 1024
        for key, value in attributes.items()
    ):
        raise invalid("attributes takes texts of at most 1024 bytes, under names of at most 256.")
    data = message.get("data") or ""
    try:
        base64.b64decode(data, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise invalid("data takes base64.") from None
    return {"data": data, "attributes": dict(attributes)}
