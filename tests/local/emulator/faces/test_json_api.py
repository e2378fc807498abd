"""The JSON API, driven by the real google-cloud-storage client."""

from __future__ import annotations

import pytest
import requests
from google.api_core import exceptions

from support.stack import RESULTS, UPLOADS, RunningEmulator


def test_an_object_goes_round_with_its_metadata(emulator: RunningEmulator) -> None:
    """Bytes, content type and custom metadata come back as they were put, with rising generations."""
    bucket = emulator.client().bucket(UPLOADS)
    blob = bucket.blob("a/ü b%2F#?.png")
    blob.upload_from_string(b"first", content_type="image/png")
    first = blob.generation
    blob.metadata = {"autok-colors": "8"}
    blob.cache_control = "no-store"
    blob.upload_from_string(b"second", content_type="image/png")
    found = bucket.get_blob("a/ü b%2F#?.png")
    assert found.generation == blob.generation > first
    assert (found.size, found.content_type, found.cache_control) == (6, "image/png", "no-store")
    assert found.metadata == {"autok-colors": "8"}
    assert found.download_as_bytes() == b"second"


def test_a_download_names_its_generation(emulator: RunningEmulator) -> None:
    """A read at the live generation gets the bytes, at a replaced one 404."""
    bucket = emulator.client().bucket(UPLOADS)
    blob = bucket.blob("x")
    blob.upload_from_string(b"old")
    old = blob.generation
    blob.upload_from_string(b"new")
    assert bucket.blob("x", generation=blob.generation).download_as_bytes() == b"new"
    with pytest.raises(exceptions.NotFound):
        bucket.blob("x", generation=old).download_as_bytes()


@pytest.mark.parametrize(
    ("start", "end", "expected"), [(0, 0, b"0"), (2, 4, b"234"), (7, None, b"789"), (8, 99, b"89")]
)
def test_a_download_takes_a_range(emulator: RunningEmulator, start: int, end: int | None, expected: bytes) -> None:
    """A range brings exactly its bytes."""
    blob = emulator.client().bucket(UPLOADS).blob("digits")
    blob.upload_from_string(b"0123456789")
    assert blob.download_as_bytes(start=start, end=end) == expected


def test_a_range_beyond_the_end_is_refused(emulator: RunningEmulator) -> None:
    """A range that begins after the last byte is answered 416."""
    blob = emulator.client().bucket(UPLOADS).blob("digits")
    blob.upload_from_string(b"0123456789")
    with pytest.raises(exceptions.RequestRangeNotSatisfiable):
        blob.download_as_bytes(start=10)


def test_the_missing_is_not_found(emulator: RunningEmulator) -> None:
    """Reading, deleting and patching what is not there is 404, and it does not exist."""
    bucket = emulator.client().bucket(UPLOADS)
    blob = bucket.blob("nothing")
    assert not blob.exists()
    assert bucket.get_blob("nothing") is None
    for call in (blob.download_as_bytes, blob.delete, blob.reload, blob.patch):
        with pytest.raises(exceptions.NotFound):
            call()
    with pytest.raises(exceptions.NotFound):
        emulator.client().bucket("no-such-bucket").blob("x").upload_from_string(b"x")


def test_a_deleted_object_is_gone(emulator: RunningEmulator) -> None:
    """After a deletion there is neither object nor bytes on disk."""
    bucket = emulator.client().bucket(UPLOADS)
    bucket.blob("x").upload_from_string(b"x")
    bucket.blob("x").delete()
    assert list(bucket.list_blobs()) == []
    assert [path.name for path in (emulator.config.data / "buckets" / UPLOADS).iterdir()] == ["bucket.json"]


def test_write_preconditions_hold(emulator: RunningEmulator) -> None:
    """A write with a generation that is not the live one is 412 and changes nothing."""
    bucket = emulator.client().bucket(UPLOADS)
    blob = bucket.blob("x")
    blob.upload_from_string(b"first", if_generation_match=0)
    for stale in (0, blob.generation - 1):
        with pytest.raises(exceptions.PreconditionFailed):
            bucket.blob("x").upload_from_string(b"second", if_generation_match=stale)
    with pytest.raises(exceptions.PreconditionFailed):
        bucket.blob("x").delete(if_generation_match=1)
    assert bucket.blob("x").download_as_bytes() == b"first"
    bucket.blob("x").upload_from_string(b"second", if_generation_match=blob.generation)
    assert bucket.blob("x").download_as_bytes() == b"second"


def test_read_preconditions_hold(emulator: RunningEmulator) -> None:
    """A read whose condition fails brings no bytes."""
    blob = emulator.client().bucket(UPLOADS).blob("x")
    blob.upload_from_string(b"first")
    with pytest.raises(exceptions.PreconditionFailed):
        blob.download_as_bytes(if_generation_match=1)
    with pytest.raises(exceptions.NotModified):
        blob.download_as_bytes(if_generation_not_match=blob.generation)


def test_metadata_changes_raise_the_metageneration(emulator: RunningEmulator) -> None:
    """A patch keeps the generation and what it does not name, and is guarded by the metageneration."""
    blob = emulator.client().bucket(UPLOADS).blob("x")
    blob.metadata = {"a": "1", "b": "2"}
    blob.upload_from_string(b"first", content_type="image/png")
    generation = blob.generation
    blob.metadata = {"a": None, "c": "3"}
    blob.patch(if_metageneration_match=1)
    assert (blob.generation, blob.metageneration, blob.content_type) == (generation, 2, "image/png")
    assert blob.metadata == {"b": "2", "c": "3"}
    blob.content_type = "image/jpeg"
    with pytest.raises(exceptions.PreconditionFailed):
        blob.patch(if_metageneration_match=1)
    blob.metadata = {"only": "this"}
    blob.update()
    assert emulator.client().bucket(UPLOADS).get_blob("x").metadata == {"only": "this"}


def test_a_copy_keeps_bytes_and_metadata(emulator: RunningEmulator) -> None:
    """A copy is a new object with the same bytes, checksums and metadata, and outlives its source."""
    client = emulator.client()
    source = client.bucket(UPLOADS).blob("x")
    source.metadata = {"a": "1"}
    source.upload_from_string(b"bytes", content_type="image/png")
    copied = client.bucket(UPLOADS).copy_blob(source, client.bucket(RESULTS), "y/../z", if_generation_match=0)
    source.delete()
    assert (copied.crc32c, copied.content_type, copied.metadata) == (source.crc32c, "image/png", {"a": "1"})
    assert client.bucket(RESULTS).blob("y/../z").download_as_bytes() == b"bytes"


def test_a_rewrite_takes_new_metadata(emulator: RunningEmulator) -> None:
    """A rewrite with metadata of its own stores that instead, and checks the source's generation."""
    bucket = emulator.client().bucket(UPLOADS)
    source = bucket.blob("x")
    source.upload_from_string(b"bytes", content_type="image/png")
    target = bucket.blob("y")
    target.metadata = {"autok-colors": "4"}
    target.content_type = "image/png"
    token, done, total = target.rewrite(source, if_source_generation_match=source.generation)
    assert (token, done, total) == (None, 5, 5)
    assert bucket.get_blob("y").metadata == {"autok-colors": "4"}
    with pytest.raises(exceptions.PreconditionFailed):
        target.rewrite(source, if_source_generation_match=1)


def test_a_listing_has_prefixes_and_pages(emulator: RunningEmulator) -> None:
    """A listing follows prefix, delimiter and offsets over pages of any size, in order."""
    bucket = emulator.client().bucket(UPLOADS)
    names = ["a.png", "web/1", "web/2", "web/x/3", "web/x/4", "z.png"]
    for name in names:
        bucket.blob(name).upload_from_string(b"")
    assert [blob.name for blob in bucket.list_blobs(page_size=2)] == names
    assert [blob.name for blob in bucket.list_blobs(prefix="web/x/")] == names[3:5]
    listing = bucket.list_blobs(prefix="web/", delimiter="/", page_size=1)
    assert [blob.name for blob in listing] == names[1:3]
    assert listing.prefixes == {"web/x/"}
    assert [blob.name for blob in bucket.list_blobs(start_offset="web/2", end_offset="z")] == names[2:5]


def test_buckets_are_made_configured_and_removed(emulator: RunningEmulator) -> None:
    """A bucket keeps its CORS and age rules; it goes only when empty."""
    client = emulator.client()
    bucket = client.create_bucket("third")
    bucket.cors = [{"origin": ["http://a"], "method": ["PUT"]}]
    bucket.add_lifecycle_delete_rule(age=1, matches_prefix=["web/"])
    bucket.patch()
    again = client.get_bucket("third")
    assert again.cors == [{"origin": ["http://a"], "method": ["PUT"]}]
    assert [rule["condition"]["age"] for rule in again.lifecycle_rules] == [1]
    with pytest.raises(exceptions.Conflict):
        client.create_bucket("third")
    bucket.blob("x").upload_from_string(b"")
    with pytest.raises(exceptions.Conflict):
        bucket.delete()
    bucket.blob("x").delete()
    bucket.delete()
    assert "third" not in [each.name for each in client.list_buckets()]


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "Basic dTpw", "Bearer "])
def test_only_the_run_has_access(emulator: RunningEmulator, authorization: str | None) -> None:
    """Without the run's token every JSON address is 401, whether the object exists or not."""
    emulator.client().bucket(UPLOADS).blob("x").upload_from_string(b"secret")
    headers = {"authorization": authorization} if authorization else {}
    for path in ("storage/v1/b", f"storage/v1/b/{UPLOADS}/o/x", f"download/storage/v1/b/{UPLOADS}/o/x?alt=media"):
        answer = requests.get(f"{emulator.url}/{path}", headers=headers, timeout=10)
        assert answer.status_code == 401
        assert b"secret" not in answer.content
    answer = requests.post(
        f"{emulator.url}/upload/storage/v1/b/{UPLOADS}/o?uploadType=media&name=y", b"x", headers=headers, timeout=10
    )
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "name", ["../x", "a/../../x", "%2e%2e/x", "//", "/x", "x/", "nul\0l", "日本" * 170, "a" * 1024, "o/x/rewriteTo"]
)
def test_a_name_is_only_a_name(emulator: RunningEmulator, name: str) -> None:
    """Names that look like paths, hold NUL or fill 1024 bytes are stored and found as they are."""
    bucket = emulator.client().bucket(UPLOADS)
    bucket.blob(name).upload_from_string(name.encode())
    assert [blob.name for blob in bucket.list_blobs()] == [name]
    assert bucket.blob(name).download_as_bytes() == name.encode()
    outside = [path for path in emulator.config.data.parent.rglob("*") if "buckets" not in path.parts]
    assert not [path for path in outside if path.name in ("x", "l")]
    bucket.blob(name).delete()
    assert not bucket.blob(name).exists()


@pytest.mark.parametrize("name", ["a" * 1025, "a\nb", "a\rb", ".", "..", ".well-known/acme-challenge/x"])
def test_a_name_that_storage_refuses_is_refused(emulator: RunningEmulator, name: str) -> None:
    """Names over 1024 bytes, with line breaks or reserved ones are 400 and leave nothing."""
    bucket = emulator.client().bucket(UPLOADS)
    with pytest.raises(exceptions.BadRequest):
        bucket.blob(name).upload_from_string(b"x")
    assert list(bucket.list_blobs()) == []
