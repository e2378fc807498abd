"""A storage on which the worker is rehearsed: it reads the true one and never changes it."""

from __future__ import annotations

import pytest

from service.commands.backfill.draft import Draft
from service.storage import Attributes, Storage, checksum
from support.memory_storage import MemoryStorage

PNG = Attributes("image/png", metadata={"autok-status": "done"})


@pytest.fixture
def true() -> MemoryStorage:
    """Return a store with one object."""
    storage = MemoryStorage()
    storage.put("results", "there", b"old", {"a": "b"})
    return storage


@pytest.fixture
def draft(true: MemoryStorage) -> Draft:
    """Return a draft over it."""
    return Draft(true)


def test_what_is_there_is_seen(draft: Draft, true: MemoryStorage) -> None:
    """Until something is written the draft shows the true storage, at a generation too."""
    assert draft.stat("results", "there") == true.stat("results", "there")
    assert draft.read("results", "there") == b"old"
    assert draft.read("results", "there", 5) is None
    assert [each.name for each in draft.list("results")] == ["there"]
    assert draft.stat("results", "none") is None


def test_nothing_reaches_the_true_storage(draft: Draft, true: MemoryStorage) -> None:
    """Writing, copying and deleting leave it as it was, and are seen in the draft alone."""
    before = dict(true.objects)
    made = draft.write("results", "new", b"data", PNG, 0)
    assert made is not None
    assert draft.delete("results", "there")
    assert draft.copy("results", "new", "copied", PNG) is not None
    assert true.objects == before
    assert {verb for verb, *_ in true.log} <= {"stat", "read"}
    assert draft.read("results", "new") == draft.read("results", "copied") == b"data"
    assert draft.stat("results", "there") is None
    assert draft.read("results", "there") is None


def test_a_written_object_is_described_as_the_true_one_would(draft: Draft, true: MemoryStorage) -> None:
    """Size, type, checksum and metadata are those of the bytes, and generations rise above every true one."""
    first = draft.write("results", "new", b"data", PNG, 0)
    second = draft.write("results", "new", b"longer", PNG, first)
    stored = draft.stat("results", "new")
    assert first < second
    assert first > true.generation
    assert (stored.name, stored.generation, stored.size) == ("new", second, 6)
    assert (stored.content_type, stored.crc32c, stored.metadata) == ("image/png", checksum(b"longer"), PNG.metadata)
    assert draft.read("results", "new", second) == b"longer"
    assert draft.read("results", "new", first) is None


def preconditions(storage: Storage, generation: int) -> list[bool]:
    """Return which of some calls a storage with an object ``there`` lets pass."""
    return [
        storage.write("results", "there", b"x", PNG, 0) is not None,
        storage.write("results", "there", b"x", PNG, generation + 1) is not None,
        storage.delete("results", "there", generation + 1),
        storage.delete("results", "none"),
        storage.copy("results", "none", "copied", PNG) is not None,
        storage.copy("results", "there", "there", PNG) is not None,
        storage.delete("results", "there", generation),
        storage.delete("results", "there"),
        storage.write("results", "there", b"x", PNG, generation) is not None,
        storage.write("results", "there", b"x", PNG, 0) is not None,
    ]


def test_preconditions_hold_as_in_the_true_storage(draft: Draft, true: MemoryStorage) -> None:
    """Where the true storage refuses a call for its generation the draft does, too, and nowhere else."""
    generation = true.generation
    found = preconditions(draft, generation)
    assert found == preconditions(true, generation)
    assert found == [False] * 6 + [True, False, False, True]
