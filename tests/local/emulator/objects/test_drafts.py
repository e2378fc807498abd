"""What a client may say about an object."""

from __future__ import annotations

import dataclasses

import pytest

from local.emulator.objects.drafts import (
    DEFAULT_TYPE,
    change_from_resource,
    check_metadata,
    draft_from_resource,
    read_hash_header,
)
from local.emulator.refusals import Refusal

FULL = {"contentType": "image/png", "cacheControl": "no-store", "metadata": {"a": "1", "b": "2"}}
RECORD = dataclasses.replace(draft_from_resource("bucket", "x", FULL, None), generation=17, metageneration=3, size=5)


def test_a_draft_has_what_may_be_set_and_nothing_else() -> None:
    """Fixed and custom metadata are taken; generation, size and checksums are not the client's to say."""
    draft = draft_from_resource("bucket", "x", {**FULL, "generation": "99", "size": "7", "md5Hash": "x"}, "text/plain")
    assert (draft.bucket, draft.name, draft.content_type) == ("bucket", "x", "image/png")
    assert (draft.attributes, draft.metadata) == ({"cacheControl": "no-store"}, {"a": "1", "b": "2"})
    assert (draft.generation, draft.size, draft.md5) == (0, 0, "")


@pytest.mark.parametrize(("header", "kind"), [("text/plain", "text/plain"), (None, DEFAULT_TYPE), ("", DEFAULT_TYPE)])
def test_the_type_comes_from_the_header_where_the_resource_names_none(header: str | None, kind: str) -> None:
    """Without either it is a stream of bytes."""
    assert draft_from_resource("bucket", "x", {}, header).content_type == kind


@pytest.mark.parametrize(
    "resource", [{"metadata": [1]}, {"metadata": "x"}, {"contentType": 7}, {"cacheControl": ["x"]}]
)
def test_values_of_the_wrong_kind_are_refused(resource: dict[str, object]) -> None:
    """Texts have to be texts, and metadata an object, in what is made and in what is changed."""
    for call in (
        lambda: draft_from_resource("bucket", "x", resource, None),
        lambda: change_from_resource(RECORD, resource, replace=True),
        lambda: change_from_resource(RECORD, resource, replace=False),
    ):
        with pytest.raises(Refusal) as caught:
            call()
        assert caught.value.status == 400


def test_custom_metadata_become_texts() -> None:
    """Numbers are spelled, and what is null is left out."""
    assert draft_from_resource("bucket", "x", {"metadata": {"a": 8, "b": None}}, None).metadata == {"a": "8"}


@pytest.mark.parametrize(("size", "fits"), [(8192, True), (8193, False)])
def test_custom_metadata_have_a_limit(size: int, fits: bool) -> None:
    """Keys and values together hold 8 KiB of UTF-8."""
    metadata = {"k": "x" * (size - 3) + "ü"}
    if fits:
        assert check_metadata(metadata) == metadata
    else:
        with pytest.raises(Refusal, match="8193 bytes; at most 8192"):
            check_metadata(metadata)


def test_a_patch_keeps_what_it_does_not_name() -> None:
    """Named keys change, null removes, custom metadata merge, and the object stays the same one."""
    changed = change_from_resource(RECORD, {"metadata": {"b": None, "c": "3"}, "contentLanguage": "de"}, replace=False)
    assert changed.metadata == {"a": "1", "c": "3"}
    assert (changed.attributes["cacheControl"], changed.attributes["contentLanguage"]) == ("no-store", "de")
    assert (changed.content_type, changed.generation, changed.size) == ("image/png", 17, 5)
    assert "cacheControl" not in change_from_resource(RECORD, {"cacheControl": None}, replace=False).attributes
    assert change_from_resource(RECORD, {"metadata": None}, replace=False).metadata == {}


def test_an_update_forgets_what_it_does_not_name() -> None:
    """Replaced, an object has the new metadata alone and the type of those that name none."""
    changed = change_from_resource(RECORD, {"metadata": {"c": "3"}}, replace=True)
    assert (changed.metadata, changed.attributes, changed.content_type) == ({"c": "3"}, {}, DEFAULT_TYPE)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("crc32c=n03x6A==,md5=Ojk9c3dhfxgoKVVHYwFbHQ==", {"crc32c": "n03x6A==", "md5": "Ojk9c3dhfxgoKVVHYwFbHQ=="}),
        (" md5=a== , sha1=b", {"md5": "a=="}),
        ("", {}),
        (None, {}),
    ],
)
def test_checksums_of_a_header(text: str | None, found: dict[str, str]) -> None:
    """Both kinds are read with their padding, others are passed over."""
    assert read_hash_header(text) == found
