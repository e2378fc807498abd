"""A backfill by Beam's own runner, in the environment that has Beam, on the storage emulator."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import requests

from autok.reporting import report_schema
from service.notices import notice_schema
from support.bulk import PYTHON, REPORT, Bulk, draw, kill_and_resume, open_bulk
from support.deployed import deploy
from support.stack import RESULTS, UPLOADS

TOPIC = "projects/autok-local/topics/reports"
LEASE = "9"
"""Seconds; just above the longest pause between two signs of life, so that no test waits for long."""

pytestmark = [
    pytest.mark.skipif(not PYTHON.exists(), reason="make backfill makes the environment that has Beam"),
    pytest.mark.timeout(600),
]


@pytest.fixture
def bulk(tmp_path: Path) -> Iterator[Bulk]:
    """Return a storage without events; its backfills announce their reports on a topic that is recorded."""
    with open_bulk(tmp_path, LEASE=LEASE, NOTIFY_TOPIC=TOPIC) as running:
        running.settings["NOTIFY_URL"] = running.emulator.url
        yield running


def test_a_killed_backfill_goes_on_and_does_nothing_twice(bulk: Bulk) -> None:
    """Of 60 images, half of them finished at the kill, none is lost, none done twice, and a third run does nothing."""
    names = bulk.fill(60)
    found = kill_and_resume(bulk, names, "--workers", "2")
    assert 30 <= found.before < 60
    assert (found.lost, found.twice) == (0, 0)
    assert found.second["counts"] == {"already": found.before, "done": 60 - found.before}
    assert found.third["counts"] == {"already": 60}
    assert found.third["images"] == 0
    heard = bulk.emulator.local("GET", f"messages?topic={TOPIC}")["messages"]
    notices = [json.loads(base64.b64decode(each["message"]["data"])) for each in heard]
    silent = set(names) - {notice["source"]["name"] for notice in notices}
    # Killed between its report and its message, at most one a worker.
    assert len(silent) <= 2
    assert {name + REPORT for name in silent} <= found.finished
    jsonschema.validate(notices[0], notice_schema())


def _without_clocks(report: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in report.items() if name not in ("timings_ms", "updated", "cost")}


def test_a_backfill_writes_what_the_function_writes(tmp_path: Path, china: bytes) -> None:
    """Names, bytes, types, headers and metadata of results, and reports but for their clocks, are those of events."""
    with deploy(tmp_path) as running:
        running.put("shop/.autok.json", b'{"options": {"colors": 8}, "rules": [{"prefix": "raw/", "skip": true}]}')
        running.put("photo.jpg", china, **{"autok-quality": "small"})
        running.put("shop/a.png", draw(1, 64))
        running.put("shop/raw/b.png", draw(2))
        running.put("bad.png", b"no picture")
        running.client.bucket(UPLOADS).blob("letter.txt").upload_from_string(b"no picture", content_type="text/plain")
        running.settle(240)
        other = "other-results"
        url = f"{running.storage.url}/storage/v1/b"
        headers = {"authorization": f"Bearer {running.storage.token}"}
        requests.post(url, json={"name": other}, headers=headers, timeout=30).raise_for_status()
        bulk = Bulk(running.storage, running.client, {"LEASE": LEASE})
        summary = bulk.run("--workers", "1", "--run", "first", results=other)
        by_events, by_backfill = bulk.objects(RESULTS), bulk.objects(other)
        kept = json.loads(by_backfill.pop("autok-backfill/first.json").download_as_bytes())
        assert sorted(by_backfill) == sorted(by_events)
        for name, blob in by_events.items():
            mine = by_backfill[name]
            for said in ("content_type", "cache_control", "content_disposition", "metadata"):
                assert getattr(mine, said) == getattr(blob, said), (name, said)
            theirs, ours = blob.download_as_bytes(), mine.download_as_bytes()
            if name.endswith(".autok.json"):
                jsonschema.validate(json.loads(ours), report_schema())
                assert _without_clocks(json.loads(ours)) == _without_clocks(json.loads(theirs))
            else:
                assert ours == theirs, name
    assert summary == kept
    assert summary["counts"] == {
        "done": 2,
        "refused:unsupported_format": 1,
        "skipped:not_an_image": 1,
        "skipped:rule": 1,
        "skipped:rules_file": 1,
    }


def test_dry_runs_and_caps(bulk: Bulk) -> None:
    """A dry run writes nothing and forecasts all; caps hold over all pages, and a next run takes up what they left."""
    names = bulk.fill(12)
    dry = bulk.run("--dry-run", "--sample", "3", "--workers", "2")
    assert bulk.objects() == {}
    assert dry["todo"] == {"images": 12, "bytes": sum(blob.size for blob in bulk.objects(UPLOADS).values())}
    assert (dry["counts"], dry["device"]) == ({"done": 3}, "auto")
    assert dry["forecast"]["usd"] > dry["forecast"]["sample_usd"] > 0
    assert 0 < dry["forecast"]["bytes_after"] < dry["todo"]["bytes"]
    few = bulk.run("--max-objects", "5", "--prefix", "f")
    assert (few["counts"], few["left"]["images"]) == ({"done": 5}, 7)
    assert sorted(bulk.done()) == sorted(f"{name}.autok.json" for name in sorted(names)[:5])
    # Less than one image is forecast to cost: the sample alone uses it up.
    none = bulk.run("--max-usd", "0.000001", "--sample", "2")
    assert none["counts"] == {"already": 5}
    assert none["left"]["images"] == 7
    rest = bulk.run("--max-usd", "9", "--sample", "1", "--workers", "2")
    assert rest["counts"] == {"already": 5, "done": 7}
    assert rest["usd"] < 9
