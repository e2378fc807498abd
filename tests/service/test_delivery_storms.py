"""Many deliveries, wrong orders and a bad storage, against the deployed worker with an engine that costs nothing."""

from __future__ import annotations

import gc
import hashlib
import json
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from google.api_core.retry import Retry
from google.cloud.storage.retry import DEFAULT_RETRY

import service.storage
from service.names import MAX_NAME
from support.deployed import Deployed, deploy
from support.fake_engine import FakeEngine, small
from support.stack import RESULTS, UPLOADS

# The client library leaves a refused download's connection to the garbage collector, whenever that runs.
pytestmark = pytest.mark.filterwarnings(
    "ignore:unclosed <socket:ResourceWarning",
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning",
)

QUICK: Retry = DEFAULT_RETRY.with_delay(initial=0.05, maximum=0.2, multiplier=2.0).with_timeout(2.0)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the service's patience with its storage be seconds, and what a test left be collected under its filters."""
    monkeypatch.setattr(service.storage, "_RETRY", QUICK)
    monkeypatch.setattr(service.storage, "TIMEOUT", (1.0, 1.0))
    yield
    gc.collect()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """Return storage and worker."""
    with deploy(tmp_path_factory.mktemp("storms"), FakeEngine()) as running:
        yield running


@pytest.fixture
def stack(shared: Deployed) -> Deployed:
    """Return storage and worker, with an engine that has seen nothing yet."""
    shared.process._parts["sandbox"] = FakeEngine()
    shared.storage.local("DELETE", "faults")
    return shared


def engine_of(stack: Deployed) -> FakeEngine:
    """Return the engine that a stack works with."""
    engine = stack.process.sandbox
    assert isinstance(engine, FakeEngine)
    return engine


def count_events(stack: Deployed, name: str) -> int:
    """Return how many of an object's events are known."""
    return sum(event["resource"]["name"] == name for event in stack.storage.events())


def operation(verb: str, name: str) -> dict[str, str]:
    """Return what tells the reading of an upload, the writing of its result, or of its report, from other calls."""
    return {
        "read": {"bucket": UPLOADS, "name": name, "api": "download"},
        "write": {"bucket": RESULTS, "name": name, "method": "POST"},
        "report": {"bucket": RESULTS, "name": f"{name}.autok.json", "method": "POST"},
    }[verb]


def test_two_hundred_uploads_delivered_up_to_five_times_are_done_once_each(stack: Deployed) -> None:
    """Each of 200 uploads, delivered one to five times, is decoded once and leaves one result, written once."""
    rng = random.Random(7)
    copies = [rng.randint(0, 4) for _ in range(200)]
    for index, more in enumerate(copies):
        if more:
            stack.storage.inject("duplicate", bucket=UPLOADS, name=f"many/{index}.png", copies=more)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda index: stack.put(f"many/{index}.png", b"%d" % index), range(200)))
    stack.settle(120)
    deliveries = [len(stack.statuses(f"many/{index}.png")) for index in range(4)]
    assert deliveries == [1 + more for more in copies[:4]]
    assert len(engine_of(stack).jobs) == 200
    found = {blob.name: blob for blob in stack.client.list_blobs(RESULTS, prefix="many/")}
    assert len(found) == 400
    for index in range(200):
        digest = hashlib.sha256(small(b"%d" % index)).hexdigest()
        assert found[f"many/{index}.png"].metadata["autok-sha256"] == digest
        assert found[f"many/{index}.png"].time_created <= found[f"many/{index}.png.autok.json"].time_created


def test_twenty_deliveries_at_once_acknowledge_nothing_that_is_not_done(stack: Deployed) -> None:
    """Of 20 copies of one event at the same moment one works; an early 2xx is given to none of the others."""
    stack.storage.local("POST", "events/target", {"url": None})
    generation = stack.put("crowd.png", b"crowd")
    gate, inside = threading.Event(), threading.Event()

    def wait(_: object) -> None:
        inside.set()
        gate.wait(20)

    engine_of(stack).during = wait
    resource = {"bucket": UPLOADS, "name": "crowd.png", "generation": str(generation), "size": "5"}
    headers = {
        "ce-id": "1",
        "ce-specversion": "1.0",
        "ce-source": "//storage.googleapis.com/projects/_/buckets/" + UPLOADS,
        "ce-type": "google.cloud.storage.object.v1.finalized",
    }

    def deliver() -> int:
        return requests.post(stack.target, json=resource, headers=headers, timeout=60).status_code

    with ThreadPoolExecutor(20) as pool:
        first = pool.submit(deliver)
        assert inside.wait(20)
        others = list(pool.map(lambda _: deliver(), range(19)))
        gate.set()
        assert first.result() == 200
    assert others == [503] * 19
    assert [deliver() for _ in range(3)] == [200] * 3
    assert len(engine_of(stack).jobs) == 1
    stack.storage.local("POST", "events/target", {"url": stack.target})
    stack.settle()
    assert stack.result("crowd.png") == small(b"crowd")
    assert stack.names("crowd.png") == ["crowd.png", "crowd.png.autok.json"]


def test_a_late_event_of_an_older_generation_makes_no_result(stack: Deployed) -> None:
    """The event of a generation that was overwritten is acknowledged without a job, and the newer result stays."""
    stack.storage.local("POST", "events/target", {"url": None})
    stack.put("late.png", b"old")
    newest = stack.put("late.png", b"new")
    stack.storage.local("POST", "events/target", {"url": stack.target})
    stack.settle()
    old = min(
        (event for event in stack.storage.events() if event["resource"]["name"] == "late.png"),
        key=lambda event: int(event["id"]),
    )
    stack.storage.local("POST", f"events/{old['id']}/redeliver")
    stack.settle()
    assert stack.result("late.png") == small(b"new")
    assert stack.report("late.png")["source"]["generation"] == str(newest)
    assert {job["name"] for job in engine_of(stack).jobs} == {"late.png"}
    assert len(engine_of(stack).jobs) == 1


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("verb", ["read", "write", "report"])
def test_a_fault_that_passes_needs_no_second_delivery(stack: Deployed, verb: str, status: int, times: int) -> None:
    """429 or 503, once or three times, on any operation: the first delivery succeeds all the same."""
    name = f"passing-{verb}-{status}-{times}.png"
    stack.storage.inject("status", status=status, times=times, **operation(verb, name))
    stack.put(name, b"bytes")
    stack.settle()
    assert stack.statuses(name) == [200]
    assert stack.result(name) == small(b"bytes")
    assert stack.storage.local("GET", "faults")["faults"] == []


@pytest.mark.parametrize("verb", ["read", "write", "report"])
def test_a_fault_that_lasts_is_never_acknowledged(stack: Deployed, verb: str) -> None:
    """While the storage answers 503 every delivery is refused; when it is well again the next one succeeds."""
    name = f"lasting-{verb}.png"
    stack.storage.inject("status", times=None, **operation(verb, name))
    stack.put(name, b"bytes")
    while len(stack.statuses(name)) < 2:
        threading.Event().wait(0.05)
    stack.storage.local("DELETE", "faults")
    stack.settle()
    *refused, last = stack.statuses(name)
    assert set(refused) == {503}
    assert last == 200
    assert stack.result(name) == small(b"bytes")
    assert stack.report(name)["attempt"] == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "stall", "seconds": 3.0},
        {"kind": "broken_stream", "after_bytes": 10},
        {"kind": "reset"},
        {"kind": "corrupt", "after_bytes": 10},
    ],
    ids=lambda fault: fault["kind"],
)
def test_bad_reads_never_make_a_result(stack: Deployed, fault: dict[str, object]) -> None:
    """A read that stalls, breaks off, is reset or flips a bit is repeated; the result is that of the true bytes."""
    name, data = f"bad-{fault['kind']}.png", b"0123456789" * 20
    stack.storage.inject(bucket=UPLOADS, name=name, api="download", times=2, **fault)
    stack.put(name, data)
    stack.settle()
    assert stack.result(name) == small(data)
    assert stack.storage.local("GET", "faults")["faults"] == []


def test_a_write_that_lands_but_answers_503_for_ever_is_found_on_the_next_delivery(stack: Deployed) -> None:
    """Writes whose every answer is lost end in one result: what lies there is compared and taken for one's own."""
    name = "lost.png"
    stack.storage.inject("lost_reply", bucket=RESULTS, name=name, method="POST", times=None)
    stack.put(name, b"bytes")
    stack.settle()
    assert stack.statuses(name)[-1] == 200
    assert stack.result(name) == small(b"bytes")
    assert stack.names(name) == [name, f"{name}.autok.json"]


def test_an_overwrite_with_another_format_leaves_one_result(stack: Deployed) -> None:
    """When the newer generation comes out as PNG, the JPEG of the older one is removed from the bucket."""
    stack.process._parts["sandbox"] = FakeEngine("jpeg")
    stack.put("turn.png", b"first")
    stack.settle()
    assert stack.names("turn.png") == ["turn.png.autok.json", "turn.png.jpg"]
    stack.process._parts["sandbox"] = FakeEngine("png")
    stack.put("turn.png", b"second")
    stack.settle()
    assert stack.names("turn.png") == ["turn.png", "turn.png.autok.json"]


def test_an_upload_that_is_gone_before_its_event_is_acknowledged(stack: Deployed) -> None:
    """An upload deleted before its event comes leaves neither report nor result, and its event does not come again."""
    stack.storage.local("POST", "events/target", {"url": None})
    stack.put("gone.png", b"bytes")
    stack.client.bucket(UPLOADS).blob("gone.png").delete()
    stack.storage.local("POST", "events/target", {"url": stack.target})
    stack.settle()
    assert stack.statuses("gone.png") == [200]
    assert stack.names("gone.png") == []
    assert engine_of(stack).jobs == []


def test_results_and_changed_metadata_start_nothing(stack: Deployed) -> None:
    """Neither a result, nor a report, nor a change of an upload's metadata emits an event."""
    before = {event["id"] for event in stack.storage.events()}
    stack.put("quiet.png", b"bytes", colour="red")
    stack.settle()
    blob = stack.client.bucket(UPLOADS).blob("quiet.png")
    blob.metadata = {"colour": "blue"}
    blob.patch()
    stack.settle()
    new = [event for event in stack.storage.events() if event["id"] not in before]
    assert [(event["resource"]["bucket"], event["resource"]["name"]) for event in new] == [(UPLOADS, "quiet.png")]
    assert len(engine_of(stack).jobs) == 1


@pytest.mark.parametrize(
    "name",
    [
        "../x.png",
        "..%2f..%2fetc/passwd.png",
        "%2e%2e/%00.png",
        "nul\0l.png",
        "日本/ü e\u0301.png",
        "\u202egnp.exe.png",
        "/a//b.png",
    ],
)
def test_a_name_is_respected_as_it_is(stack: Deployed, name: str) -> None:
    """Dots, escapes, NUL and every script go in and come out as they are, and touch no other name."""
    before = set(stack.names())
    stack.put(name, name.encode())
    stack.settle()
    assert set(stack.names()) - before == {name, f"{name}.autok.json"}
    assert stack.result(name) == small(name.encode())
    assert stack.report(name)["source"]["name"] == name


@pytest.mark.parametrize(("length", "done"), [(MAX_NAME - 11, True), (MAX_NAME - 10, False), (MAX_NAME, False)])
def test_a_name_that_leaves_no_room_for_a_report_is_acknowledged(stack: Deployed, length: int, done: bool) -> None:
    """The longest names cannot have a report beside them: their events are acknowledged once, and leave nothing."""
    name = "é" * 400 + "n" * (length - 804) + ".png"
    assert len(name.encode()) == length
    stack.put(name, b"bytes")
    stack.settle()
    assert stack.statuses(name) == [200]
    assert len(stack.names("é")) == (2 if done else 0)
    for left in stack.names("é"):
        stack.client.bucket(RESULTS).blob(left).delete()


def test_a_report_is_json_whatever_the_name(stack: Deployed, tmp_path: Path) -> None:
    """A name with quotes, line separators and angle brackets is text in the report, never markup of it."""
    name = 'web/<script>"\u2028&\\.png'
    stack.put(name, b"bytes")
    stack.settle()
    raw = stack.client.bucket(RESULTS).blob(f"{name}.autok.json")
    assert json.loads(raw.download_as_bytes())["input"]["name"] == name.removeprefix("web/")
    raw.reload()
    assert raw.content_type == "application/json"
