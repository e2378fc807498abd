"""Results as objects: written once per generation, under names that belong to their upload alone."""

from __future__ import annotations

import hashlib

import pytest

from autok.errors import StorageError
from service.events import Upload
from service.names import MAX_NAME
from service.results import (
    File,
    describe_preview,
    every_name,
    find_results,
    give_filename,
    hash_source,
    put_object,
    put_result,
    remove_objects,
)
from support.memory_storage import MemoryStorage

UPLOAD = Upload("uploads", "shop/cat.png", 50, 9)
JPEG = File(b"small", "jpeg", "image/jpeg")


@pytest.fixture
def storage() -> MemoryStorage:
    """Return an empty store."""
    return MemoryStorage()


def newer(upload: Upload, step: int = 1) -> Upload:
    """Return another generation of an upload."""
    return Upload(upload.bucket, upload.name, upload.generation + step, upload.size)


@pytest.mark.parametrize(
    ("data", "kind"), [(b"\x89PNG\r\n", ("png", "image/png")), (b"\xff\xd8\xff", ("jpeg", "image/jpeg"))]
)
def test_a_preview_is_known_by_its_bytes(data: bytes, kind: tuple[str, str]) -> None:
    """PNG begins with its signature, and everything else is a JPEG."""
    preview = describe_preview(data)
    assert (preview.data, (preview.format, preview.content_type)) == (data, kind)


@pytest.mark.parametrize(
    ("given", "told"),
    [({}, "cat.png"), ({"autok-filename": "M%C3%BCll.png"}, "Müll.png"), ({"autok-filename": ""}, "cat.png")],
)
def test_the_users_own_name_of_a_file(given: dict[str, str], told: str) -> None:
    """It is the one that came with the upload, else the last part of the object's."""
    assert give_filename(Upload("uploads", "shop/cat.png", 1, 1, "", given)) == told


def test_a_result_carries_what_it_is(storage: MemoryStorage) -> None:
    """Type, caching, name for saving, and the hashes by which it is known again are on the object."""
    assert put_result(storage, "results", UPLOAD, JPEG) == "shop/cat.png.jpg"
    attributes = storage.objects["results", "shop/cat.png.jpg"].attributes
    assert (attributes.content_type, attributes.cache_control) == ("image/jpeg", "private, max-age=3600")
    assert "cat.jpg" in (attributes.disposition or "")
    assert attributes.metadata == {
        "autok-source-generation": "50",
        "autok-source-name-sha256": hash_source("shop/cat.png"),
        "autok-sha256": hashlib.sha256(b"small").hexdigest(),
    }


def test_the_same_result_is_written_once(storage: MemoryStorage) -> None:
    """An attempt that died behind its write left what the next one takes for its own."""
    for _ in range(3):
        assert put_result(storage, "results", UPLOAD, JPEG) == "shop/cat.png.jpg"
    assert [verb for verb, *_ in storage.log].count("write") == 1


def test_a_newer_generation_replaces_and_an_older_gives_way(storage: MemoryStorage) -> None:
    """The newest upload's result stays, in whatever order they come."""
    put_result(storage, "results", UPLOAD, JPEG)
    assert put_result(storage, "results", newer(UPLOAD), File(b"new", "jpeg", "image/jpeg")) == "shop/cat.png.jpg"
    assert put_result(storage, "results", UPLOAD, JPEG) is None
    assert storage.objects["results", "shop/cat.png.jpg"].data == b"new"


def test_a_name_of_another_is_left_to_it(storage: MemoryStorage) -> None:
    """Who comes second takes the extension once more; eight taken names are an error that may pass."""
    other = Upload("uploads", "shop/cat.png.jpg", 60, 9)
    put_result(storage, "results", other, JPEG)
    assert put_result(storage, "results", UPLOAD, JPEG) == "shop/cat.png.jpg.jpg"
    for taken in range(1, 9):
        storage.put("results", "dog.png" + ".jpg" * taken, b"foreign")
    with pytest.raises(StorageError, match="All of 8 names"):
        put_result(storage, "results", Upload("uploads", "dog.png", 1, 1), JPEG)
    assert {held.data for (_, name), held in storage.objects.items() if name.startswith("dog")} == {b"foreign"}


def test_a_result_that_changes_all_the_time_is_given_up(storage: MemoryStorage) -> None:
    """Each lost race is another try, and six are enough."""

    def overtake(verb: str, bucket: str, name: str, done: bool) -> None:
        if verb == "write" and not done:
            storage.put(bucket, name, b"x", {"autok-source-name-sha256": hash_source(UPLOAD.name)})

    storage.fault = overtake
    with pytest.raises(StorageError, match="faster than it can be written"):
        put_object(storage, "results", UPLOAD, "shop/cat.png.jpg", JPEG)
    assert [verb for verb, *_ in storage.log].count("write") == 6


def test_only_an_uploads_own_objects_are_found_and_removed(storage: MemoryStorage) -> None:
    """What another upload, or nobody, left under the names stays, and so does what is newer."""
    put_result(storage, "results", UPLOAD, JPEG)
    put_result(storage, "results", newer(UPLOAD, 5), File(b"x", "webp", "image/webp"))
    storage.put("results", "shop/cat.png.avif", b"foreign")
    names = every_name(UPLOAD.name)
    found = [each.name for each in find_results(storage, "results", UPLOAD, names)]
    assert found == ["shop/cat.png.jpg", "shop/cat.png.webp"]
    assert remove_objects(storage, "results", newer(UPLOAD), names) == 1
    assert storage.names("results") == ["shop/cat.png.avif", "shop/cat.png.webp"]
    assert remove_objects(storage, "results", newer(UPLOAD, 5), names) == 1


def test_what_changes_between_look_and_deletion_stays(storage: MemoryStorage) -> None:
    """Only the generation that was looked at is deleted."""
    put_result(storage, "results", UPLOAD, JPEG)

    def overtake(verb: str, bucket: str, name: str, done: bool) -> None:
        if verb == "delete" and not done:
            storage.put(bucket, name, b"newer")

    storage.fault = overtake
    assert remove_objects(storage, "results", UPLOAD, ("shop/cat.png.jpg",)) == 0
    assert storage.objects["results", "shop/cat.png.jpg"].data == b"newer"


@pytest.mark.parametrize("name", ["a", "ü/\ud800", "x" * 1024])
def test_every_name_has_a_hash(name: str) -> None:
    """Names of any script and with lone surrogates are hashed, and no two alike."""
    assert len(hash_source(name)) == 64
    assert hash_source(name) != hash_source(name + " ")


def test_no_name_is_too_long_to_be_asked_for() -> None:
    """Beside the longest upload that can have a report, names that no object can have are never looked up."""
    longest = "n" * (MAX_NAME - len(".autok.json") - len(".png")) + ".png"
    assert {len(name) for name in every_name(longest)} == {MAX_NAME - 11, MAX_NAME - 7, MAX_NAME - 6}
