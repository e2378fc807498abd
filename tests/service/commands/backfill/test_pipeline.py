"""The pipeline of a backfill on a store in memory, laid out by Beam's words: what is done, put off, counted, capped."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from autok.errors import AutokError, BusyError, StorageError
from service.commands.backfill.forecast import Caps
from service.commands.backfill.working import Ending
from service.events import Upload
from service.settings import Settings
from support import fake_beam
from support.fake_engine import FakeEngine
from support.memory_storage import MemoryStorage

NAME = "service.commands.backfill.pipeline"
SETTINGS = Settings("uploads", "results")


@pytest.fixture
def storage() -> MemoryStorage:
    """Return a store with five images and the mark of a folder."""
    made = MemoryStorage()
    for number in range(5):
        made.put("uploads", f"f/{number}.png", b"x" * (1000 + number))
    made.put("uploads", "f/", b"")
    return made


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch, storage: MemoryStorage) -> Iterator[ModuleType]:
    """Return the module, with another Beam beneath it and the store behind it."""
    fake_beam.install(monkeypatch)
    monkeypatch.delitem(sys.modules, NAME, raising=False)
    module = import_module(NAME)
    parts = SimpleNamespace(storage=storage, engine=FakeEngine(), topic=None)
    monkeypatch.setattr(module, "acquire", lambda settings: parts)
    monkeypatch.setattr(module, "release", lambda settings: None)
    yield module
    sys.modules.pop(NAME, None)


def run(pipeline: ModuleType, *, dry: bool = False, caps: Caps | None = None, prefix: str = "") -> Mapping[str, int]:
    """Lay out a run and let it go; return what it counted."""
    order = pipeline.Order(SETTINGS, prefix, caps or Caps(), 2, dry, 1, "DirectRunner", [])
    pipeline.build(fake_beam.Pipeline(), [("", "f/3"), ("f/3", "")], order)
    assert {space for space, _ in fake_beam.COUNTS} <= {pipeline.SPACE}
    return {name: value for (_, name), value in fake_beam.COUNTS.items() if value}


def reports(storage: MemoryStorage) -> list[str]:
    """Return the uploads that have a report."""
    return [name.removesuffix(".autok.json") for name in storage.names("results") if name.endswith(".autok.json")]


def test_every_upload_is_done_once_over_all_ranges(pipeline: ModuleType, storage: MemoryStorage) -> None:
    """What lies in two ranges has a report each, a folder is skipped, and a second run does nothing."""
    counts = run(pipeline)
    assert reports(storage) == [f"f/{number}.png" for number in range(5)]
    assert (counts["done"], counts["todo"], counts["todo_bytes"]) == (5, 5, 5010)
    assert counts["skipped:folder"] == 1
    fake_beam.COUNTS.clear()
    assert run(pipeline) == {"already": 5, "skipped:folder": 1}


def test_a_dry_run_rehearses_a_sample_and_writes_nothing(pipeline: ModuleType, storage: MemoryStorage) -> None:
    """Two images are tried and summed up; all are counted as still to do, and the results stay empty."""
    counts = run(pipeline, dry=True)
    assert storage.names("results") == []
    assert (counts["done"], counts["todo"]) == (2, 5)
    assert counts[pipeline.SAMPLE + "n"] == 2


def test_caps_hold_over_ranges_in_the_order_of_names(pipeline: ModuleType, storage: MemoryStorage) -> None:
    """The first names are done, whichever range was listed first; what is left is told in images and bytes."""
    counts = run(pipeline, caps=Caps(objects=4))
    assert reports(storage) == [f"f/{number}.png" for number in range(4)]
    assert (counts["done"], counts["todo"], counts["left"], counts["left_bytes"]) == (4, 4, 1, 1004)
    # A cap on images needs no forecast, so that nothing is rehearsed for it.
    assert pipeline.SAMPLE + "n" not in counts


def test_a_cap_on_dollars_is_measured_first(pipeline: ModuleType, storage: MemoryStorage) -> None:
    """A sample is rehearsed, though it is no dry run, and its outcome is not counted as work done."""
    counts = run(pipeline, caps=Caps(usd=0.0000001))
    assert counts[pipeline.SAMPLE + "n"] == 1
    assert "done" not in counts
    assert counts["left"] == 5


def insisting(
    pipeline: ModuleType, monkeypatch: pytest.MonkeyPatch, endings: Callable[[Upload], Ending], first: AutokError
) -> Any:
    """Return a worker to whom every first attempt fails, and what insisting comes to."""

    def fail(*_: object) -> Ending:
        raise first

    monkeypatch.setattr(pipeline, "compress", fail)
    monkeypatch.setattr(pipeline, "insist", lambda upload, attempt, settings: endings(upload))
    worker = pipeline.Compress(SETTINGS)
    worker.setup()
    worker.start_bundle()
    return worker


def upload(number: int) -> Upload:
    """Return one of many uploads."""
    return Upload("uploads", f"{number}.png", 1, 10)


def test_what_somebody_else_is_at_waits_for_the_end_of_the_bundle(
    pipeline: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds nobody up: nothing is counted until the bundle ends, and then once."""
    worker = insisting(pipeline, monkeypatch, lambda _: Ending("done", 10, 4, 0.0, 7), BusyError("Busy."))
    worker.process(upload(1))
    assert not fake_beam.COUNTS
    worker.finish_bundle()
    assert fake_beam.COUNTS[pipeline.SPACE, "done"] == 1


def test_a_fault_that_no_patience_mends_ends_the_run(pipeline: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that would be the same again is raised at once, and not put off."""
    broken = AutokError("It is broken.")
    assert not broken.retryable
    worker = insisting(pipeline, monkeypatch, lambda _: Ending("done", 10, 4, 0.0, 7), broken)
    with pytest.raises(AutokError, match="broken"):
        worker.process(upload(1))
    assert not worker.later


@pytest.mark.parametrize(("answers", "ends"), [(0, True), (1, False)])
def test_a_storage_that_is_gone_ends_the_run(
    pipeline: ModuleType, monkeypatch: pytest.MonkeyPatch, answers: int, ends: bool
) -> None:
    """Ten failures in a row are an outage; one answer between them begins the count anew."""
    away = f"failed:{StorageError.code}"

    def end(given: Upload) -> Ending:
        middle = answers and given.name == f"{pipeline.PATIENCE // 2}.png"
        return Ending("done" if middle else away, 10, 10, 0.0, 0)

    worker = insisting(pipeline, monkeypatch, end, StorageError("Away."))
    for number in range(pipeline.PATIENCE):
        worker.process(upload(number))
    if ends:
        with pytest.raises(StorageError, match="run it again later"):
            worker.finish_bundle()
    else:
        worker.finish_bundle()
        assert fake_beam.COUNTS[pipeline.SPACE, away] == pipeline.PATIENCE - 1


@pytest.mark.parametrize(
    ("workers", "machine", "machines"), [(8, "n1-standard-4", 2), (9, "n1-standard-4", 3), (5, "custom", 5)]
)
def test_a_cloud_runner_has_a_processor_for_each_image(
    pipeline: ModuleType, workers: int, machine: str, machines: int
) -> None:
    """As many machines as hold so many images at once, one thread a process; Beam's own words win over these."""
    given = [f"--machine_type={machine}", "--number_of_worker_harness_threads=2"]
    order = pipeline.Order(SETTINGS, "", Caps(), 0, False, workers, "DataflowRunner", given)
    flags = pipeline._flags(order)
    assert flags[:2] == given
    assert flags[2:] == [f"--num_workers={machines}", f"--max_num_workers={machines}"]


@pytest.mark.parametrize(("workers", "mode"), [(1, "in_memory"), (3, "multi_threading")])
def test_this_machine_works_in_threads(pipeline: ModuleType, workers: int, mode: str) -> None:
    """One worker needs no threads; several share the warm helper of the process."""
    order = pipeline.Order(SETTINGS, "", Caps(), 0, False, workers, "DirectRunner", [])
    assert pipeline._flags(order) == [f"--direct_num_workers={workers}", f"--direct_running_mode={mode}"]
