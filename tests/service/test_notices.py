"""Announcements of reports."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import google.auth
import jsonschema
import pytest
import requests
from google.auth.exceptions import DefaultCredentialsError

import service
from autok.errors import NoticeError, SettingsError
from service.events import Upload
from service.notices import Topic, describe_notice, notice_schema, open_topic
from service.settings import Settings
from service.targets import Process
from support.fake_engine import FakeEngine
from support.memory_storage import MemoryStorage
from support.stack import RunningEmulator, emulator

__all__ = ["emulator"]

TOPIC = "projects/p/topics/images"
UPLOAD = Upload("uploads", "shop/ü.png", 17, 3)
FAILED = {"status": "failed", "error": {"code": "empty_file", "title": "t", "detail": "d", "retryable": False}}
SKIPPED = {"status": "skipped", "skipped": {"reason": "rule", "detail": "d", "result": None}}
DONE = {
    "status": "done",
    "output": {
        "name": "shop/ü.png",
        "bytes": 5,
        "width": 1,
        "format": "png",
        "content_type": "image/png",
        "sha256": "0" * 64,
        "saved": 0.5,
    },
}


@pytest.fixture
def settings(emulator: RunningEmulator) -> Settings:
    """Return settings that announce to the recorder."""
    token = str(emulator.keys.token)
    return Settings("uploads", "results", notify_topic=TOPIC, notify_url=emulator.url, storage_token_file=token)


@pytest.fixture
def topic(settings: Settings) -> Iterator[Topic]:
    """Return the recorder's topic."""
    opened = open_topic(settings)
    assert opened is not None
    yield opened
    opened.close()


def recorded(emulator: RunningEmulator) -> list[dict[str, Any]]:
    """Return the messages that came."""
    return [each["message"] for each in emulator.local("GET", f"messages?topic={TOPIC}")["messages"]]


@pytest.mark.parametrize("report", [DONE, FAILED, SKIPPED])
def test_every_kind_of_report_makes_a_valid_message(report: dict[str, Any]) -> None:
    """Done, failed and skipped reports are described as the published schema says."""
    published = json.loads((Path(service.__file__).parent / "notice.schema.json").read_text())
    assert published == notice_schema()
    notice = describe_notice(UPLOAD, report, "results")
    jsonschema.validate(notice, published)
    assert notice["source"] == {"bucket": "uploads", "name": "shop/ü.png", "generation": "17"}
    assert notice["report"] == {"bucket": "results", "name": "shop/ü.png.autok.json"}
    assert (notice["result"] is None) == (report is not DONE)


def test_a_message_reaches_the_topic_with_its_attributes(topic: Topic, emulator: RunningEmulator) -> None:
    """The recorder holds the very message, and the attributes that subscriptions filter by."""
    notice = describe_notice(UPLOAD, DONE, "results")
    assert topic.publish(notice) == 200
    message = recorded(emulator)[0]
    assert json.loads(base64.b64decode(message["data"])) == notice
    assert message["attributes"] == {"status": "done", "bucket": "uploads", "name": "shop/ü.png"}


def test_faults_that_pass_are_not_seen(topic: Topic, emulator: RunningEmulator) -> None:
    """Two 503s in a row are tried again; one after another for ever is a retryable error."""
    notice = describe_notice(UPLOAD, DONE, "results")
    emulator.inject("status", method="POST", bucket="v1", status=503, times=2)
    assert topic.publish(notice) == 200
    emulator.inject("status", method="POST", bucket="v1", status=503, times=None)
    with pytest.raises(NoticeError) as caught:
        topic.publish(notice)
    assert caught.value.retryable
    assert len(recorded(emulator)) == 1


def test_a_topic_that_is_away_is_a_retryable_error(topic: Topic, emulator: RunningEmulator) -> None:
    """Where nobody listens, the event has to come again."""
    emulator.stop()
    with pytest.raises(NoticeError):
        topic.publish(describe_notice(UPLOAD, DONE, "results"))


def test_a_refusal_is_a_status(settings: Settings, emulator: RunningEmulator) -> None:
    """What trying again would not change is returned, not raised."""
    topic = Topic(requests.Session(), emulator.url, TOPIC)
    assert topic.publish(describe_notice(UPLOAD, DONE, "results")) == 401
    topic.close()


def test_without_a_topic_nothing_is_opened_and_without_identity_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting is no topic; in the cloud without an identity, or with an unreadable token, settings are wrong."""
    assert open_topic(Settings("uploads", "results")) is None

    def nobody(**_: object) -> None:
        raise DefaultCredentialsError("nobody")  # type: ignore[no-untyped-call]

    monkeypatch.setattr(google.auth, "default", nobody)
    with pytest.raises(SettingsError, match="AUTOK_NOTIFY_TOPIC"):
        open_topic(Settings("uploads", "results", notify_topic=TOPIC))
    with pytest.raises(SettingsError, match="TOKEN_FILE"):
        open_topic(Settings("u", "r", notify_topic=TOPIC, notify_url="http://x", storage_token_file="/nowhere"))


class Event(dict[str, Any]):
    """A CloudEvent as the framework hands it over."""

    data: dict[str, Any]


def announce(emulator: RunningEmulator, process: Process, storage: MemoryStorage) -> None:
    """Deliver the event of the one upload."""
    event = Event(type="google.cloud.storage.object.v1.finalized")
    event.data = {"bucket": "uploads", "name": "cat.png", "generation": str(storage.generation), "size": "3"}
    process.take_event(event)


def test_a_report_is_announced_at_least_once(
    emulator: RunningEmulator, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """A topic that was away gets the message when the event comes again; a topic that refuses stops nothing."""
    storage = MemoryStorage()
    env = {
        "AUTOK_UPLOADS_BUCKET": "uploads",
        "AUTOK_RESULTS_BUCKET": "results",
        "AUTOK_NOTIFY_TOPIC": TOPIC,
        "AUTOK_NOTIFY_URL": emulator.url,
        "AUTOK_STORAGE_TOKEN_FILE": str(emulator.keys.token),
    }
    process = Process(env, storage)
    process._parts["sandbox"] = FakeEngine()
    storage.put("uploads", "cat.png", b"cat")
    first = storage.generation
    emulator.inject("status", method="POST", bucket="v1", status=503, times=4)
    with pytest.raises(Exception, match="503"):
        announce(emulator, process, storage)
    storage.generation = first
    announce(emulator, process, storage)
    assert [message["attributes"]["status"] for message in recorded(emulator)] == ["done"]
    emulator.inject("status", method="POST", bucket="v1", status=403)
    announce(emulator, process, storage)
    assert "the topic refused a report" in capsys.readouterr().out
    assert process.topic is not None
    process.topic.close()
