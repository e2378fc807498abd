"""Objects on disk: what survives a crash, and what a crash leaves behind."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path

import pytest

from local.emulator.events.journal import Event, EventJournal
from local.emulator.objects.drafts import draft_from_resource
from local.emulator.objects.files import write_json
from local.emulator.objects.preconditions import Preconditions
from local.emulator.objects.records import ObjectRecord
from local.emulator.objects.store import ObjectStore
from local.emulator.refusals import Refusal


def _open(folder: Path) -> tuple[ObjectStore, EventJournal]:
    journal = EventJournal(folder, "bucket")
    store = ObjectStore(folder, journal, time.time, 1 << 20)
    journal.recover(lambda bucket, name: store.find(bucket, name))
    if not store.buckets():
        store.create_bucket("bucket", {"labels": {"a": "b"}})
    return store, journal


def _put(store: ObjectStore, name: str, data: bytes) -> ObjectRecord:
    draft = draft_from_resource("bucket", name, {"metadata": {"k": "v"}}, "image/png")
    with store.stage() as staging:
        staging.write(data)
        return store.commit(draft, staging, Preconditions())


def _read(store: ObjectStore, name: str) -> bytes:
    with store.open(store.get("bucket", name)) as file:
        return file.read()


def test_everything_survives_a_restart(tmp_path: Path) -> None:
    """A store opened on the same folder has the same buckets, records and bytes, and goes on counting."""
    store, _ = _open(tmp_path)
    record = _put(store, "../ü\0", b"bytes")
    again, journal = _open(tmp_path)
    assert again.buckets() == store.buckets()
    assert again.get("bucket", "../ü\0") == record
    assert _read(again, "../ü\0") == b"bytes"
    assert _put(again, "next", b"").generation > record.generation
    assert journal.events()[0].id == str(record.generation)


def test_generations_rise_when_the_clock_stands_still(tmp_path: Path) -> None:
    """Two writes in the same microsecond, or after the clock went back, have rising generations."""
    times = iter([100.0] * 3 + [50.0] * 3)
    store = ObjectStore(tmp_path, EventJournal(tmp_path, None), lambda: next(times), 100)
    store.create_bucket("bucket", {})
    generations = [_put(store, "x", b"").generation for _ in range(4)]
    assert generations == sorted(set(generations))


def test_a_reader_keeps_the_generation_it_opened(tmp_path: Path) -> None:
    """Overwriting and deleting an object does not change the bytes under a reader."""
    store, _ = _open(tmp_path)
    _put(store, "x", b"old")
    with store.open(store.get("bucket", "x")) as reader:
        _put(store, "x", b"new")
        store.delete("bucket", "x", Preconditions())
        assert reader.read() == b"old"


def test_a_start_sweeps_what_a_crash_left(tmp_path: Path) -> None:
    """Uploads under way, bytes without a record and half-written files are gone after a start; objects are not."""
    store, _ = _open(tmp_path)
    _put(store, "x", b"kept")
    folder = tmp_path / "buckets" / "bucket"
    (tmp_path / "incoming" / "half").write_bytes(b"half")
    (folder / f"{'0' * 64}.123").write_bytes(b"orphan")
    (folder / f".{'0' * 64}.json.abcd").write_text("{")
    (tmp_path / "buckets" / "unfinished").mkdir()
    again, _ = _open(tmp_path)
    assert _read(again, "x") == b"kept"
    assert len(list(folder.iterdir())) == 3
    assert list((tmp_path / "incoming").iterdir()) == []
    assert [bucket.name for bucket in again.buckets()] == ["bucket"]


@pytest.mark.parametrize("landed", [True, False])
def test_a_prepared_event_counts_only_if_its_object_exists(tmp_path: Path, landed: bool) -> None:
    """After a crash around the commit, the event is sent if the object is there and forgotten if it is not."""
    store, journal = _open(tmp_path)
    record = _put(store, "x", b"x")
    generation = record.generation if landed else record.generation + 1
    for path in (tmp_path / "events").iterdir():
        path.unlink()
    prepared = Event(id=str(generation), resource=dataclasses.replace(record, generation=generation).as_resource())
    write_json(tmp_path / "events" / f"{generation}.prepared", prepared.as_dict())
    _, journal = _open(tmp_path)
    assert [event.id for event in journal.events()] == ([str(generation)] if landed else [])
    assert not list((tmp_path / "events").glob("*.prepared"))


def test_a_full_disk_is_a_refusal(tmp_path: Path) -> None:
    """A commit that the disk refuses is 503, and leaves the old object and no event."""
    store, journal = _open(tmp_path)
    _put(store, "x", b"old")
    draft = draft_from_resource("bucket", "x", {}, None)
    staging = store.stage()
    staging.write(b"new")
    staging.seal()
    staging.path.unlink()
    with pytest.raises(Refusal) as refused:
        store.commit(draft, staging, Preconditions())
    assert refused.value.status == 503
    assert _read(store, "x") == b"old"
    assert len(journal.events()) == 1
    assert not list((tmp_path / "events").glob("*.prepared"))
