"""Where images lie for a day: for whoever made them, and under names that tell nothing."""

from __future__ import annotations

import pytest

from autok.errors import NotFoundError, StorageError
from service.names import is_id
from service.tinify.shelf import PREFIX, Picture, Shelf
from support.memory_storage import MemoryStorage

PICTURE = Picture(b"small", "image/webp", 640, 427)
ADA, NOOR = b"a" * 32, b"n" * 32


@pytest.fixture
def storage() -> MemoryStorage:
    """Return an empty store."""
    return MemoryStorage()


@pytest.fixture
def shelf(storage: MemoryStorage) -> Shelf:
    """Return a shelf in it."""
    return Shelf(storage, "results")


def test_what_was_put_comes_back(shelf: Shelf) -> None:
    """Upload and result are found under the new id, the result with its type and its size."""
    made = shelf.put(ADA, b"large", PICTURE)
    assert is_id(made)
    assert shelf.read_source(ADA, made) == b"large"
    assert shelf.read_result(ADA, made) == PICTURE


@pytest.mark.parametrize("owner", [NOOR, b""])
def test_an_id_is_of_no_use_to_another_key(shelf: Shelf, owner: bytes) -> None:
    """Whoever has the id and not the key finds nothing, in the same words as for an id that never was."""
    made = shelf.put(ADA, b"large", PICTURE)
    for read in (shelf.read_source, shelf.read_result):
        for given, by in ((made, owner), ("0" * 32, ADA), ("../secret", ADA)):
            with pytest.raises(NotFoundError, match="Resource not found or expired"):
                read(by, given)


def test_the_bucket_tells_no_id_and_keeps_nothing_long(shelf: Shelf, storage: MemoryStorage) -> None:
    """Objects lie in the folder that is emptied after a day, and no id or key is part of a name."""
    made = shelf.put(ADA, b"large", PICTURE)
    names = storage.names("results")
    assert [name.rpartition(".")[2] for name in names] == ["result", "source"]
    assert all(name.startswith(PREFIX) and made not in name and ADA.hex() not in name for name in names)
    assert PREFIX.startswith("web/")


def test_two_uploads_never_share_a_name(shelf: Shelf, storage: MemoryStorage) -> None:
    """The same bytes by the same key get an id of their own."""
    assert shelf.put(ADA, b"large", PICTURE) != shelf.put(ADA, b"large", PICTURE)
    assert len(storage.names("results")) == 4


def test_a_result_that_vanished_is_missing(shelf: Shelf, storage: MemoryStorage) -> None:
    """Deleted, or replaced between the look and the read, it is as if it had never been."""
    made = shelf.put(ADA, b"large", PICTURE)
    (name,) = (each for each in storage.names("results") if each.endswith(".result"))

    def replace(verb: str, bucket: str, stored: str, done: bool) -> None:
        if verb == "stat" and done:
            storage.put(bucket, stored, b"other")

    storage.fault = replace
    with pytest.raises(NotFoundError):
        shelf.read_result(ADA, made)
    storage.fault = lambda *_: None
    storage.delete("results", name)
    with pytest.raises(NotFoundError):
        shelf.read_result(ADA, made)
    assert shelf.read_source(ADA, made) == b"large"


def test_nothing_is_overwritten(shelf: Shelf, storage: MemoryStorage) -> None:
    """Where something lies under the new name already, that is a fault of the storage, and it stays."""

    def precede(verb: str, bucket: str, name: str, done: bool) -> None:
        if verb == "write" and not done and (bucket, name) not in storage.objects:
            storage.put(bucket, name, b"there before")

    storage.fault = precede
    with pytest.raises(StorageError):
        shelf.put(ADA, b"large", PICTURE)
    assert {held.data for held in storage.objects.values()} == {b"there before"}
