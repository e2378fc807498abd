"""The recorder that stands for a topic."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

import pytest
import requests

from support.stack import RunningEmulator

TOPIC = "projects/autok-local/topics/reports"


def publish(emulator: RunningEmulator, body: Any, token: str | None = None) -> requests.Response:
    """Publish to the topic as Pub/Sub's REST call does."""
    headers = {"authorization": f"Bearer {token or emulator.token}"}
    return requests.post(f"{emulator.url}/v1/{TOPIC}:publish", json=body, headers=headers, timeout=10)


def message(text: str, **attributes: str) -> dict[str, Any]:
    """Return a message."""
    return {"data": base64.b64encode(text.encode()).decode(), "attributes": attributes}


def test_messages_are_kept_in_order_and_over_a_restart(emulator: RunningEmulator) -> None:
    """Each message gets an id of its own, and is listed with its topic, attributes and time, after a restart too."""
    answer = publish(emulator, {"messages": [message("one", status="done"), message("two")]})
    assert answer.json() == {"messageIds": ["1", "2"]}
    with (emulator.config.data / "messages.jsonl").open("a") as file:
        file.write('{"topic": "half a li')
    emulator.restart()
    assert publish(emulator, {"messages": [message("three")]}).json() == {"messageIds": ["3"]}
    kept = emulator.local("GET", f"messages?topic={TOPIC}")["messages"]
    assert [base64.b64decode(each["message"]["data"]) for each in kept] == [b"one", b"two", b"three"]
    assert kept[0]["message"]["attributes"] == {"status": "done"}
    assert datetime.fromisoformat(kept[0]["message"]["publishTime"]).tzinfo is not None
    assert emulator.local("GET", "messages?topic=projects/other/topics/reports") == {"messages": []}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"messages": []},
        {"messages": [{}]},
        {"messages": ["text"]},
        {"messages": [{"data": "no base64!"}]},
        {"messages": [{"data": 3}]},
        {"messages": [{"attributes": {"name": 3}}]},
        {"messages": [{"attributes": {"name": "x" * 1025}}]},
    ],
)
def test_what_pubsub_refuses_is_refused(emulator: RunningEmulator, body: Any) -> None:
    """A malformed message is status 400, and nothing of its batch is kept."""
    assert publish(emulator, body).status_code == 400
    assert emulator.local("GET", "messages") == {"messages": []}


def test_the_recorder_asks_for_the_token(emulator: RunningEmulator) -> None:
    """Without the run's token nothing is taken and nothing shown."""
    assert publish(emulator, {"messages": [message("x")]}, token="wrong").status_code == 401
    assert requests.get(f"{emulator.url}/_local/messages", timeout=10).status_code == 401
