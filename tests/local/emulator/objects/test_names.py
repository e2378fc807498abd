"""Names of buckets and objects."""

from __future__ import annotations

import pytest

from local.emulator.objects.names import check_bucket_name, check_object_name
from local.emulator.refusals import Refusal


@pytest.mark.parametrize("name", ["abc", "a.b-c_d", "0" * 63])
def test_good_buckets_are_taken(name: str) -> None:
    """A name of 3 to 63 small letters, digits, dots, dashes and underscores is taken as it is."""
    assert check_bucket_name(name) == name


@pytest.mark.parametrize("name", ["", "ab", "0" * 64, "Abc", "-abc", "abc-", "a b", "ä" * 4, "abc\n"])
def test_bad_buckets_are_refused(name: str) -> None:
    """Anything else is refused by the code of Cloud Storage."""
    with pytest.raises(Refusal) as refused:
        check_bucket_name(name)
    assert (refused.value.status, refused.value.code) == (400, "InvalidBucketName")


@pytest.mark.parametrize("name", ["a", "../x", "a//b", " ", "\0", "ü" * 512, "x" * 1024, "...", ".well-known/other"])
def test_odd_objects_are_taken(name: str) -> None:
    """A name is only a name: dots, slashes and NUL are letters like others, up to 1024 bytes."""
    assert check_object_name(name) == name


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a\nb", "a\r", "\ud800", "x" * 1025, "ü" * 513, ".well-known/acme-challenge/x"]
)
def test_impossible_objects_are_refused(name: str) -> None:
    """What Cloud Storage has no place for is refused, and its bytes are told."""
    with pytest.raises(Refusal, match=r"\(\d+ bytes\)") as refused:
        check_object_name(name)
    assert (refused.value.status, refused.value.code) == (400, "InvalidObjectName")
