"""One upload in a backfill: the worker's own function, and its outcome in numbers."""

from __future__ import annotations

import json

import pytest

from autok.errors import AutokError, BusyError, CorruptImageError, StorageError
from service.commands.backfill.draft import Draft
from service.commands.backfill.working import Ending, compress, insist, rehearse
from service.events import Upload
from service.settings import Settings
from support.fake_engine import FakeEngine
from support.memory_storage import MemoryStorage

SETTINGS = Settings("uploads", "results")


def put(storage: MemoryStorage, name: str = "a.png", data: bytes = b"x" * 1000, **metadata: str) -> Upload:
    """Put an upload; return it as a listing tells of it."""
    return Upload("uploads", name, storage.put("uploads", name, data, metadata), len(data), "image/png", metadata)


def do(storage: MemoryStorage, upload: Upload, engine: FakeEngine | None = None) -> Ending:
    """Compress an upload without a topic."""
    return compress(upload, storage, engine or FakeEngine(), SETTINGS, None)


def test_an_upload_is_done_as_the_worker_does_it() -> None:
    """Result and report lie there, and the ending tells bytes, and a price above that of its operations."""
    storage = MemoryStorage()
    ending = do(storage, put(storage))
    assert storage.names("results") == ["a.png", "a.png.autok.json"]
    assert (ending.code, ending.bytes_before, ending.bytes_after) == ("done", 1000, 38)
    assert ending.nano_usd > 3 * 5000
    assert do(storage, Upload("uploads", "a.png", 1001, 1000)).code == "already"


def test_endings_are_named_after_reasons_and_codes() -> None:
    """A rule, a file that is no image, a refusal, and an upload that is gone each end under their own name."""
    storage = MemoryStorage()
    storage.put("uploads", "raw/.autok.json", b'{"skip": true}')
    refusing = FakeEngine(error=CorruptImageError("It is damaged."))
    assert do(storage, put(storage, "raw/a.png")).code == "skipped:rule"
    assert do(storage, put(storage, "b.png"), refusing).code == "refused:corrupt_image"
    assert do(storage, Upload("uploads", "c.png", 5, 10)).code == "gone"


def test_a_rehearsal_writes_nothing() -> None:
    """What would come of an upload is known, and neither bucket has changed; a fault is an ending."""
    storage = MemoryStorage()
    upload = put(storage)
    before = dict(storage.objects)
    assert rehearse(upload, storage, FakeEngine(), SETTINGS).code == "done"
    assert storage.objects == before
    assert rehearse(upload, storage, FakeEngine(error=BusyError("No process.")), SETTINGS).code == "failed:busy"


def test_a_draft_reads_what_is_there_and_what_was_written_to_it() -> None:
    """Preconditions hold over both; deletions and copies are seen by the draft alone."""
    storage = MemoryStorage()
    generation = storage.put("results", "old", b"old")
    draft = Draft(storage)
    attributes = storage.objects["results", "old"].attributes
    assert draft.read("results", "old") == b"old"
    assert draft.write("results", "old", b"new", attributes, 0) is None
    written = draft.write("results", "old", b"new", attributes, generation)
    assert written is not None
    assert draft.read("results", "old", written) == b"new"
    assert draft.read("results", "old", generation) is None
    assert draft.copy("results", "old", "copy", attributes) is not None
    assert draft.delete("results", "old", generation) is False
    assert draft.delete("results", "old", written) is True
    assert draft.stat("results", "old") is None
    assert draft.read("results", "copy") == b"new"
    assert [each.name for each in draft.list("results")] == ["old"]
    assert storage.names("results") == ["old"]
    assert storage.objects["results", "old"].data == b"old"


def test_work_of_a_run_that_died_is_taken_over_after_its_lease() -> None:
    """It is tried again with growing pauses until the lease is over, and then done."""
    waited: list[float] = []

    def attempt(upload: Upload) -> Ending:
        if sum(waited) < SETTINGS.lease:
            raise BusyError("Another copy is being worked on.")
        return Ending("done", 1, 1, 0.0, 0)

    assert insist(Upload("uploads", "a", 1, 1), attempt, SETTINGS, waited.append).code == "done"
    assert waited == sorted(waited)
    assert sum(waited) < SETTINGS.lease + 16


@pytest.mark.parametrize("error", [BusyError("Busy."), StorageError("Away.")])
def test_patience_ends(error: AutokError) -> None:
    """What stays busy or away is left to another run, after no more than the lease and a little."""
    waited: list[float] = []

    def attempt(upload: Upload) -> Ending:
        raise error

    assert insist(Upload("uploads", "a", 1, 1), attempt, SETTINGS, waited.append).code == f"failed:{error.code}"
    assert SETTINGS.lease < sum(waited) < 2 * SETTINGS.lease


def test_a_live_worker_and_a_backfill_do_one_job_together() -> None:
    """While one holds the report the other is told to wait, and afterwards finds it finished."""
    storage = MemoryStorage()
    upload = put(storage)
    seen = []

    def meanwhile(_: object) -> None:
        with pytest.raises(BusyError):
            do(storage, upload)
        seen.append(True)

    assert do(storage, upload, FakeEngine(during=meanwhile)).code == "done"
    assert seen
    assert do(storage, upload).code == "already"
    assert json.loads(storage.objects["results", "a.png.autok.json"].data)["attempt"] == 1
