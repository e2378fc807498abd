"""Events: delivered at least once, whatever the target does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime

import pytest
from cloudevents.http import from_http

from local.emulator.config import EventConfig
from support.receiver import Delivery, EventReceiver
from support.stack import RESULTS, UPLOADS, RunningEmulator


def _put(emulator: RunningEmulator, name: str, bucket: str = UPLOADS) -> int:
    blob = emulator.client().bucket(bucket).blob(name)
    blob.metadata = {"autok-colors": "8"}
    blob.upload_from_string(name.encode(), content_type="image/png")
    return int(blob.generation)


def _aim(emulator: RunningEmulator, receiver: EventReceiver) -> None:
    emulator.local("POST", "events/target", {"url": receiver.url})


def test_an_object_is_announced_as_a_cloud_event(emulator: RunningEmulator, receiver: EventReceiver) -> None:
    """A finalized object arrives as one binary-mode event with its resource, and counts as delivered."""
    _aim(emulator, receiver)
    generation = _put(emulator, "a/ü %1.png")
    delivery = receiver.wait(1)[0]
    event = from_http(delivery.headers, b"{}")
    assert event["type"] == "google.cloud.storage.object.v1.finalized"
    assert event["source"] == f"//storage.googleapis.com/projects/_/buckets/{UPLOADS}"
    assert event["subject"] == "objects/a/%C3%BC%20%251.png"
    assert datetime.fromisoformat(event["time"]).tzinfo is not None
    data = delivery.data
    assert (data["bucket"], data["name"], data["generation"]) == (UPLOADS, "a/ü %1.png", str(generation))
    assert (data["size"], data["contentType"], data["metadata"]) == ("11", "image/png", {"autok-colors": "8"})
    emulator.wait_for_events(1, "delivered")
    assert len(receiver.deliveries) == 1


def test_only_new_bytes_in_the_one_bucket_are_announced(emulator: RunningEmulator, receiver: EventReceiver) -> None:
    """Uploads and copies emit; metadata, deletions, refused uploads and other buckets do not."""
    _aim(emulator, receiver)
    client = emulator.client()
    _put(emulator, "r", RESULTS)
    _put(emulator, "x")
    blob = client.bucket(UPLOADS).blob("x")
    blob.metadata = {"a": "b"}
    blob.patch()
    client.bucket(UPLOADS).copy_blob(blob, client.bucket(UPLOADS), "y")
    blob.delete()
    emulator.wait_for_events(2, "delivered")
    assert sorted(receiver.names) == ["x", "y"]


@pytest.mark.parametrize("first", [500, 429, 302, None])
def test_a_refused_event_comes_again(emulator: RunningEmulator, receiver: EventReceiver, first: int | None) -> None:
    """An answer that is no success, or none, brings the same event again until it is acknowledged."""
    receiver.answer = lambda so_far: first if len(so_far) < 3 else 204
    _aim(emulator, receiver)
    _put(emulator, "x")
    event = emulator.wait_for_events(1, "delivered")[0]
    assert (event["attempts"], event["statuses"]) == (3, [first or 0, first or 0, 204])
    assert len({delivery.headers["ce-id"] for delivery in receiver.deliveries}) == 1


def test_an_event_that_is_never_taken_is_dead(emulator: RunningEmulator, receiver: EventReceiver) -> None:
    """After the most attempts an event is dead, holds back no other, and lives again when told."""
    receiver.answer = lambda so_far: 500 if so_far[-1].data["name"] == "poison" else 204
    _aim(emulator, receiver)
    _put(emulator, "poison")
    _put(emulator, "good")
    dead = emulator.wait_for_events(1, "dead")[0]
    assert (dead["resource"]["name"], dead["attempts"]) == ("poison", 4)
    assert [event["resource"]["name"] for event in emulator.wait_for_events(1, "delivered")] == ["good"]
    receiver.answer = lambda _: 204
    assert emulator.local("POST", "events/redeliver") == {"redelivered": 1}
    emulator.wait_for_events(2, "delivered")


def test_silence_beyond_the_deadline_is_a_refusal(emulator: RunningEmulator, receiver: EventReceiver) -> None:
    """A target that does not answer in time gets the event again while it still works on the first."""

    def answer(so_far: list[Delivery]) -> int:
        time.sleep(0.6 if len(so_far) == 1 else 0)
        return 204

    receiver.answer = answer
    emulator.restart(events=EventConfig(bucket=UPLOADS, target=receiver.url, backoff_first=0.02, ack_deadline=0.2))
    _put(emulator, "x")
    statuses = emulator.wait_for_events(1, "delivered")[0]["statuses"]
    assert (statuses[0], statuses[-1]) == (0, 204)


def test_no_more_than_allowed_are_under_way(emulator: RunningEmulator, receiver: EventReceiver) -> None:
    """With a concurrency of two, a third event waits until one of the first is answered."""
    running: list[int] = []
    peak: list[int] = []

    def answer(_: list[Delivery]) -> int:
        running.append(1)
        peak.append(len(running))
        time.sleep(0.05)
        running.pop()
        return 204

    receiver.answer = answer
    for index in range(8):
        _put(emulator, f"n{index}")
    _aim(emulator, receiver)
    emulator.wait_for_events(8, "delivered")
    assert max(peak) == 2


def test_a_restart_sends_what_was_pending(emulator: RunningEmulator, receiver: EventReceiver) -> None:
    """Events that were not acknowledged before a restart are sent after it, acknowledged ones are not."""
    _aim(emulator, receiver)
    _put(emulator, "before")
    emulator.wait_for_events(1, "delivered")
    emulator.local("POST", "events/target", {"url": None})
    _put(emulator, "pending")
    emulator.restart(events=EventConfig(bucket=UPLOADS, target=receiver.url))
    emulator.wait_for_events(1, "delivered")
    assert receiver.names == ["before", "pending"]


def test_a_delivery_cut_by_a_restart_comes_again(emulator: RunningEmulator, receiver: EventReceiver) -> None:
    """An event that was under way when the emulator stopped is delivered after it starts."""
    restarted = threading.Event()

    def answer(so_far: list[Delivery]) -> int | None:
        if len(so_far) > 1:
            return 204
        restarted.wait(20)
        return None

    receiver.answer = answer
    _aim(emulator, receiver)
    _put(emulator, "x")
    receiver.wait(1)
    emulator.restart(events=EventConfig(bucket=UPLOADS, target=receiver.url))
    emulator.wait_for_events(1, "delivered")
    restarted.set()
    assert receiver.names == ["x", "x"]


def test_dead_stays_dead_over_a_restart(emulator: RunningEmulator, receiver: EventReceiver) -> None:
    """A dead event is still listed, and still not sent, after a restart."""
    receiver.answer = lambda _: 500
    _aim(emulator, receiver)
    _put(emulator, "x")
    emulator.wait_for_events(1, "dead")
    emulator.restart(events=EventConfig(bucket=UPLOADS, target=receiver.url, max_attempts=4))
    _put(emulator, "y")
    receiver.answer = lambda _: 204
    emulator.wait_for_events(1, "delivered")
    assert [event["resource"]["name"] for event in emulator.events("dead")] == ["x"]


def test_a_delivered_event_can_be_replayed(emulator: RunningEmulator, receiver: EventReceiver) -> None:
    """An acknowledged event is sent once more when told, under its own id."""
    _aim(emulator, receiver)
    _put(emulator, "x")
    event = emulator.wait_for_events(1, "delivered")[0]
    emulator.local("POST", f"events/{event['id']}/redeliver")
    deliveries = receiver.wait(2)
    assert deliveries[0] == deliveries[1]


ORDERS: dict[str, tuple[dict[str, object], Callable[[list[str]], bool]]] = {
    "duplicate": ({"kind": "duplicate", "copies": 3, "name": "a"}, lambda names: sorted(names) == [*"aaaabc"]),
    "drop_ack": ({"kind": "drop_ack", "times": 2, "suffix": "b"}, lambda names: sorted(names) == [*"abbbc"]),
    "delay": ({"kind": "delay", "seconds": 0.4, "name": "a"}, lambda names: names == [*"bca"]),
    "reorder": ({"kind": "reorder", "times": 3, "seconds": 0.4}, lambda names: names == [*"cba"]),
}


@pytest.mark.parametrize("kind", ORDERS)
def test_events_suffer_what_is_ordered(emulator: RunningEmulator, receiver: EventReceiver, kind: str) -> None:
    """Events are duplicated, lose their acknowledgement, are held back or turned round when a fault says so."""
    emulator.restart(events=EventConfig(bucket=UPLOADS, concurrency=1, backoff_first=0.02))
    order, holds = ORDERS[kind]
    emulator.inject(**order)  # type: ignore[arg-type]
    for name in "abc":
        _put(emulator, name)
    _aim(emulator, receiver)
    emulator.wait_for_events(3, "delivered")
    assert holds(receiver.names), receiver.names
