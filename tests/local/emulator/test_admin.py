"""The local endpoints: for whoever holds the run's token, and for what makes sense."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from support.receiver import EventReceiver
from support.stack import RESULTS, UPLOADS, RunningEmulator


def call(emulator: RunningEmulator, method: str, path: str, body: object = None) -> requests.Response:
    """Return the answer to a call with the token."""
    headers = {"authorization": f"Bearer {emulator.token}"}
    return requests.request(method, f"{emulator.url}/_local/{path}", json=body, headers=headers, timeout=10)


def put(emulator: RunningEmulator, name: str, bucket: str = UPLOADS) -> None:
    """Put an object."""
    emulator.client().bucket(bucket).blob(name).upload_from_string(name)


@pytest.mark.parametrize(("method", "path"), [("GET", "events"), ("POST", "faults"), ("POST", "lifecycle")])
def test_the_local_endpoints_ask_for_the_token(emulator: RunningEmulator, method: str, path: str) -> None:
    """No page in a browser can order faults or read events."""
    assert requests.request(method, f"{emulator.url}/_local/{path}", json={}, timeout=10).status_code == 401
    assert requests.get(f"{emulator.url}/_local/health", timeout=10).json() == {"status": "ok"}


@pytest.mark.parametrize("token", ["Bearer", "Bearer wrong", "Basic {token}", "{token}"])
def test_no_other_credential_will_do(emulator: RunningEmulator, token: str) -> None:
    """The scheme is bearer and the token the run's."""
    headers = {"authorization": token.format(token=emulator.token)}
    answer = requests.get(f"{emulator.url}/_local/events", headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, 401)


def test_events_are_listed_by_state(emulator: RunningEmulator) -> None:
    """Without a target they are held back, and a state that none has lists none."""
    put(emulator, "a")
    put(emulator, "b")
    assert [event["resource"]["name"] for event in emulator.events()] == ["a", "b"]
    assert len(emulator.events("pending")) == 2
    assert emulator.events("dead") == []


def test_a_target_is_an_http_address_or_none(emulator: RunningEmulator, receiver: EventReceiver) -> None:
    """Aimed at one, what was held back goes out; other words are refused and change nothing."""
    put(emulator, "a")
    for body in ({"url": "file:///etc/passwd"}, {"url": 7}, {"url": "https://x"}):
        assert call(emulator, "POST", "events/target", body).status_code == 400
    assert call(emulator, "POST", "events/target", {"url": receiver.url}).status_code == 204
    emulator.wait_for_events(1, "delivered")
    assert call(emulator, "POST", "events/target", {"url": None}).status_code == 204
    put(emulator, "b")
    assert len(emulator.events("pending")) == 1


def test_an_event_is_sent_again_when_told(emulator: RunningEmulator, receiver: EventReceiver) -> None:
    """A delivered one comes a second time; one under way is refused, and an unknown one is not found."""
    put(emulator, "a")
    (event,) = emulator.events()
    assert call(emulator, "POST", f"events/{event['id']}/redeliver").status_code == 409
    call(emulator, "POST", "events/target", {"url": receiver.url})
    emulator.wait_for_events(1, "delivered")
    assert call(emulator, "POST", f"events/{event['id']}/redeliver").json() == {"redelivered": 1}
    receiver.wait(2)
    assert call(emulator, "POST", "events/99/redeliver").status_code == 404
    assert call(emulator, "POST", "events/redeliver").json() == {"redelivered": 0}


def test_orders_of_faults_are_listed_and_forgotten(emulator: RunningEmulator) -> None:
    """Each has an id of its own until all are cleared."""
    made = [call(emulator, "POST", "faults", {"kind": "reset", "name": name}) for name in "ab"]
    assert [answer.status_code for answer in made] == [201, 201]
    assert call(emulator, "GET", "faults").json()["faults"] == [answer.json() for answer in made]
    assert call(emulator, "DELETE", "faults").status_code == 204
    assert call(emulator, "GET", "faults").json() == {"faults": []}


@pytest.mark.parametrize("now", ["soon", True, None, [1]])
def test_age_rules_take_a_time_in_seconds(emulator: RunningEmulator, now: Any) -> None:
    """What is no number is refused; without rules nothing is old."""
    assert call(emulator, "POST", "lifecycle", {"now": now}).status_code == 400
    put(emulator, "a", RESULTS)
    assert call(emulator, "POST", "lifecycle", {"now": 1e12}).json() == {"deleted": []}


@pytest.mark.parametrize("path", ["faults", "lifecycle", "events/target"])
def test_a_body_that_is_no_object_is_refused(emulator: RunningEmulator, path: str) -> None:
    """A list where an object is asked for is a refusal, never a failure."""
    assert call(emulator, "POST", path, [1]).status_code == 400
