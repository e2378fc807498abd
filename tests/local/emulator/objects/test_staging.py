"""Bytes on their way in: counted, hashed, bounded, and gone unless they are committed."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest

from local.emulator.objects.staging import Staging
from local.emulator.refusals import Refusal


def test_checksums_grow_with_the_bytes(tmp_path: Path) -> None:
    """Whatever the pieces, they are those of the whole; CRC32C of "123456789" is the check value E3069283."""
    with Staging(tmp_path, 100) as staging:
        assert staging.md5 == base64.b64encode(hashlib.md5(b"").digest()).decode()
        for piece in (b"1234", b"", b"56789"):
            staging.write(piece)
        assert staging.size == 9
        assert base64.b64decode(staging.crc32c).hex() == "e3069283"
        assert staging.md5 == base64.b64encode(hashlib.md5(b"123456789").digest()).decode()
        assert staging.sha256 == hashlib.sha256(b"123456789").hexdigest()


def test_the_cap_is_the_last_byte_that_fits(tmp_path: Path) -> None:
    """One more is refused, and nothing of its piece is written."""
    with Staging(tmp_path, 4) as staging:
        staging.write(b"abcd")
        with pytest.raises(Refusal, match="larger than the limit of 4 bytes") as caught:
            staging.write(b"e")
        staging.seal()
        assert staging.path.read_bytes() == b"abcd"
    assert caught.value.code == "EntityTooLarge"


@pytest.mark.parametrize("kind", ["md5", "crc32c"])
def test_promises_are_kept_or_refused(tmp_path: Path, kind: str) -> None:
    """The right checksum passes, a wrong one is told with both, and none promises nothing."""
    with Staging(tmp_path, 100) as staging:
        staging.write(b"abc")
        right = {"md5": staging.md5, "crc32c": staging.crc32c}
        for promised in ({}, {kind: right[kind]}, right, {"sha1": "x"}):
            staging.check(promised)
        with pytest.raises(Refusal, match="doesn't match calculated") as caught:
            staging.check({**right, kind: "AAAA"})
    assert (caught.value.status, caught.value.code) == (400, "BadDigest")


def test_what_is_not_committed_is_gone(tmp_path: Path) -> None:
    """Leaving the block discards the file, after an error too, and what was moved away stays."""
    with pytest.raises(Refusal), Staging(tmp_path, 2) as staging:
        staging.write(b"abc")
    assert [*tmp_path.iterdir()] == []
    with Staging(tmp_path, 100) as staging:
        staging.write(b"abc")
        staging.seal()
        staging.path.replace(tmp_path / "kept")
    assert (tmp_path / "kept").read_bytes() == b"abc"
    staging.discard()
    assert [each.name for each in tmp_path.iterdir()] == ["kept"]


def test_two_uploads_never_share_a_file(tmp_path: Path) -> None:
    """Each has a name of its own."""
    with Staging(tmp_path, 9) as one, Staging(tmp_path, 9) as other:
        assert one.path != other.path
