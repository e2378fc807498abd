"""Records of objects and buckets, and the resources that clients see."""

from __future__ import annotations

import dataclasses

from local.emulator.objects.records import BucketRecord, ObjectRecord, format_time

OBJECT = ObjectRecord(
    *(
        "bucket",
        "a/ü b?.png",
        1_777_863_721_000_001,
        2,
        5,
        "md5==",
        "crc==",
        "image/png",
        1_777_863_721.0,
        1_777_863_722.5,
    ),
    {"cacheControl": "no-store", "storageClass": "NEARLINE"},
    {"k": "v"},
)


def test_times_are_utc_with_milliseconds() -> None:
    """RFC 3339, as Cloud Storage writes it."""
    assert format_time(1_777_863_721.25) == "2026-05-04T03:02:01.250Z"


def test_an_objects_resource() -> None:
    """Numbers are texts, links name the object percent-encoded, what the client set wins over the default."""
    resource = OBJECT.as_resource("http://localhost:9")
    path = "/storage/v1/b/bucket/o/a%2F%C3%BC%20b%3F.png"
    assert resource["selfLink"] == f"http://localhost:9{path}"
    assert resource["mediaLink"] == f"http://localhost:9/download{path}?generation=1777863721000001&alt=media"
    assert resource["id"] == "bucket/a/ü b?.png/1777863721000001"
    assert (resource["generation"], resource["metageneration"], resource["size"]) == ("1777863721000001", "2", "5")
    assert (resource["storageClass"], resource["cacheControl"]) == ("NEARLINE", "no-store")
    assert (resource["timeCreated"], resource["updated"]) == ("2026-05-04T03:02:01.000Z", "2026-05-04T03:02:02.500Z")
    assert resource["metadata"] == {"k": "v"}
    assert "metadata" not in dataclasses.replace(OBJECT, metadata={}).as_resource()


def test_every_change_has_another_etag() -> None:
    """New bytes and new metadata change it, and nothing else does."""
    others = (dataclasses.replace(OBJECT, generation=1), dataclasses.replace(OBJECT, metageneration=3))
    assert len({OBJECT.etag, *(each.etag for each in others)}) == 3
    assert dataclasses.replace(OBJECT, size=6).etag == OBJECT.etag


def test_records_come_back_from_the_disk() -> None:
    """The form that lies there holds everything."""
    bucket = BucketRecord("bucket", 1.0, 4, {"cors": [{"origin": ["*"]}]})
    assert ObjectRecord(**OBJECT.as_dict()) == OBJECT
    assert BucketRecord(**bucket.as_dict()) == bucket


def test_a_buckets_resource_and_rules() -> None:
    """The configuration is shown but cannot change name, kind or generation; absent or null rules are none."""
    bucket = BucketRecord(
        "bucket", 0.0, 4, {"cors": [{"origin": ["*"]}], "name": "other", "kind": "x", "location": "EU"}
    )
    resource = bucket.as_resource("http://localhost:9")
    assert (resource["name"], resource["kind"], resource["location"]) == ("bucket", "storage#bucket", "EU")
    assert resource["selfLink"] == "http://localhost:9/storage/v1/b/bucket"
    assert resource["metageneration"] == "4"
    assert bucket.cors == [{"origin": ["*"]}]
    rules = [{"action": {"type": "Delete"}}]
    assert BucketRecord("b", 0.0, config={"lifecycle": {"rule": rules}}).lifecycle_rules == rules
    for config in ({}, {"cors": None, "lifecycle": None}, {"lifecycle": {}}):
        assert BucketRecord("b", 0.0, config=config).cors == []
        assert BucketRecord("b", 0.0, config=config).lifecycle_rules == []
