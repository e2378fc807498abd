"""The emulator put together: what it makes and recovers at its start, and what it does by itself."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path

import pytest
import requests

from local.emulator.app import create_app, create_server
from local.emulator.events.journal import EventJournal
from local.emulator.objects.drafts import draft_from_resource
from support.stack import RESULTS, UPLOADS, RunningEmulator


def buckets_of(emulator: RunningEmulator) -> dict[str, dict[str, str]]:
    """Return the labels of every bucket by its name."""
    return {bucket.name: bucket.labels for bucket in emulator.client().list_buckets()}


def test_buckets_are_made_once_and_configured_at_every_start(emulator: RunningEmulator) -> None:
    """Those of the settings are there, keep their objects, and follow the settings; others stay as they are."""
    emulator.client().create_bucket("other-bucket")
    emulator.client().bucket(UPLOADS).blob("x").upload_from_string("x")
    emulator.restart(buckets={UPLOADS: {"labels": {"a": "b"}}, "new-bucket": {}})
    assert buckets_of(emulator) == {UPLOADS: {"a": "b"}, RESULTS: {}, "other-bucket": {}, "new-bucket": {}}
    assert emulator.client().bucket(UPLOADS).blob("x").download_as_bytes() == b"x"


def test_an_event_of_a_bucket_that_never_was_is_forgotten(emulator: RunningEmulator) -> None:
    """What was prepared before a crash is looked for, and where not even its bucket is known it never was."""
    emulator.stop()
    lost = dataclasses.replace(draft_from_resource("no-bucket", "x", {}, None), generation=7)
    EventJournal(emulator.config.data, "no-bucket").prepare(lost)
    emulator.start()
    assert emulator.events() == []
    assert not [*(emulator.config.data / "events").glob("7.*")]


def test_age_rules_are_applied_by_themselves(tmp_path: Path) -> None:
    """At every interval, by the clock of the settings: no call is needed."""
    now = [1_800_000_000.0]
    rule = {"action": {"type": "Delete"}, "condition": {"age": 1}}
    buckets = {UPLOADS: {"lifecycle": {"rule": [rule]}}, RESULTS: {}}
    with RunningEmulator(tmp_path, buckets, clock=lambda: now[0], lifecycle_interval=0.02) as emulator:
        for name in (UPLOADS, RESULTS):
            emulator.client().bucket(name).blob("x").upload_from_string("x")
        now[0] += 2 * 86_400
        deadline = time.monotonic() + 20
        while [*emulator.client().list_blobs(UPLOADS)]:
            assert time.monotonic() < deadline, "the age rule was never applied"
        assert len([*emulator.client().list_blobs(RESULTS)]) == 1


def test_answers_are_dated_by_the_clock_of_the_settings(emulator: RunningEmulator) -> None:
    """A client that goes by the date sees the emulator's own time, once."""
    emulator.restart(clock=lambda: 0.0)
    answer = requests.get(f"{emulator.url}/{UPLOADS}/x", timeout=10)
    assert answer.headers["date"] == "Thu, 01 Jan 1970 00:00:00 GMT"


@pytest.mark.parametrize("path", ["/", "/favicon.ico", "/_local/nothing", "/storage/v1/nothing", "/%ff", "/..%2f"])
def test_every_path_has_an_answer(emulator: RunningEmulator, path: str) -> None:
    """What is no endpoint is refused, and never fails."""
    assert 400 <= requests.get(emulator.url + path, timeout=10).status_code < 500


def test_it_listens_on_the_loopback_interface_and_logs_no_address(tmp_path: Path) -> None:
    """Signed addresses are secrets, and other machines have no business here."""
    emulator = RunningEmulator(tmp_path)
    settings = create_server(emulator.config, 1234).config
    assert (settings.host, settings.port, settings.access_log) == ("127.0.0.1", 1234, False)
    assert len(create_app(emulator.config).routes) > 8
