"""What the entry points do with an event or a call, and what of it reaches the log."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cloudevents.http import CloudEvent
from flask import Flask, request
from werkzeug.exceptions import InternalServerError, ServiceUnavailable

from autok.errors import BusyError, StorageError
from service.targets import Process
from support.fake_engine import FakeEngine
from support.memory_storage import MemoryStorage

ENV = {"AUTOK_UPLOADS_BUCKET": "uploads", "AUTOK_RESULTS_BUCKET": "results"}
FINALIZED = "google.cloud.storage.object.v1.finalized"
NAME = "secret/cat.png"


class Parts:
    """A process with a store in memory and an engine without images."""

    def __init__(self, engine: FakeEngine | None = None, **env: str) -> None:
        self.storage = MemoryStorage()
        self.process = Process({**ENV, **env}, self.storage)
        self.process._parts["sandbox"] = engine or FakeEngine()

    def deliver(self, kind: str = FINALIZED, bucket: str = "uploads", **more: str) -> None:
        """Put an upload and deliver its event."""
        generation = self.storage.put("uploads", NAME, b"cat")
        data = {"bucket": bucket, "name": NAME, "generation": str(generation), "size": "3"}
        self.process.take_event(CloudEvent({"type": kind, "source": "x", **more}, data))


def said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return the last line of the log, in which no name may stand."""
    text = capsys.readouterr().out
    assert "cat" not in text
    assert "secret" not in text
    line: dict[str, Any] = json.loads(text.splitlines()[-1])
    return line


def test_an_upload_is_worked_on_and_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Result and report are there, and the line has bytes, format and memory and no name."""
    parts = Parts()
    parts.deliver(traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    line = said(capsys)
    assert parts.storage.names("results") == [NAME, NAME + ".autok.json"]
    assert (line["severity"], line["message"], line["bytes_in"], line["format"]) == ("INFO", "done", 3, "png")
    assert line["peak_bytes"] == 1 << 20


@pytest.mark.parametrize(
    ("kind", "bucket"), [("google.cloud.storage.object.v1.deleted", "uploads"), (FINALIZED, "other")]
)
def test_what_asks_for_nothing_is_acknowledged(kind: str, bucket: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Another event, and one of another bucket, end with a reason in the log and without a report."""
    parts = Parts()
    parts.deliver(kind, bucket)
    line = said(capsys)
    assert (line["message"], bool(line["reason"])) == ("skipped", True)
    assert parts.storage.names("results") == []


def test_what_may_pass_comes_again(capsys: pytest.CaptureFixture[str]) -> None:
    """A busy sandbox or a storage that is away asks for the event once more, with the code in the log."""
    parts = Parts(FakeEngine(error=BusyError("No process is free.")))
    with pytest.raises(ServiceUnavailable):
        parts.deliver()
    assert (line := said(capsys))["code"] == "busy"
    assert line["severity"] == "WARNING"

    def fail(*_: object) -> None:
        raise StorageError("secret/cat.png cannot be reached")

    parts = Parts()
    parts.storage.fault = fail
    with pytest.raises(ServiceUnavailable):
        parts.deliver()
    assert said(capsys)["code"] == "storage_unavailable"


def test_a_fault_of_ours_is_located_and_not_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    """The log has where it happened, never its words, and the event comes again without a trace behind it."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError("secret/cat.png")

    parts = Parts()
    parts.storage.fault = fail
    with pytest.raises(InternalServerError) as caught:
        parts.deliver()
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert said(capsys)["severity"] == "ERROR"


@pytest.mark.parametrize("status", [200, 404])
def test_a_topic_that_refuses_holds_up_no_image(status: int, capsys: pytest.CaptureFixture[str]) -> None:
    """The report is announced; a refusal for good is an error in the log, and the event is acknowledged."""

    class Topic:
        """A topic that answers with a status."""

        def __init__(self) -> None:
            self.told: list[dict[str, Any]] = []

        def publish(self, notice: dict[str, Any]) -> int:
            """Take a notice."""
            self.told.append(notice)
            return status

    parts = Parts(AUTOK_NOTIFY_TOPIC="projects/my-project/topics/images")
    topic = parts.process._parts["topic"] = Topic()
    parts.deliver()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(topic.told) == 1
    assert [line["message"] for line in lines] == (["the topic refused a report"] if status == 404 else []) + ["done"]
    assert [line["severity"] for line in lines] == (["ERROR"] if status == 404 else []) + ["INFO"]


def test_each_part_is_made_once_and_when_it_is_needed() -> None:
    """Settings are read at the first use, and the same parts are given ever after."""
    process = Process({}, MemoryStorage())
    process._env = ENV
    assert process.settings is process.settings
    assert process.clock is process.clock
    assert process.topic is None


@pytest.mark.parametrize("answer", ["answer", "answer_tinify"])
def test_a_service_that_is_not_set_up_says_so_without_details(answer: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever calls hears 500 and no name of a setting, which stands in the log."""
    with Flask("test").test_request_context("/v1/health"):
        response = getattr(Process({}), answer)(request)
    assert response.status_code == 500
    assert b"AUTOK" not in response.get_data()
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (line["severity"], line["code"]) == ("CRITICAL", "invalid_settings")
    assert "AUTOK_UPLOADS_BUCKET" in line["message"]


def test_only_a_process_with_right_settings_starts() -> None:
    """A wrong one ends with the sentence; Tinify's needs its keys, too."""
    Process(ENV).check()
    with pytest.raises(SystemExit, match=r"Auto-K does not start: .*AUTOK_UPLOADS_BUCKET"):
        Process({}).check()
    with pytest.raises(SystemExit, match="AUTOK_TINIFY_KEYS_FILE"):
        Process({**ENV, "FUNCTION_TARGET": "tinify"}).check()


def test_a_helper_that_does_not_start_is_told_by_the_first_event() -> None:
    """Warming up fails in silence: whoever needs the helper hears of it."""

    class Broken(FakeEngine):
        """A sandbox whose helper does not start."""

        def start(self) -> None:
            """Fail."""
            raise BusyError("It does not start.")

    Parts(Broken()).process.warm_up()
