"""Metadata segments of a JPEG: where they stand, how long they may be, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from autok.encoding import encode_jpeg
from autok.encoding.segments import EXIF_HEADER, ICC_HEADER, LONGEST_BODY, XMP_HEADER, insert_segments
from autok.errors import EncodeError
from autok.models import Metadata
from support.encoded import FULL, NOTHING, carries, jpeg_markers, smooth
from support.uploads import saved, segment

FILE = b"\xff\xd8rest of the file"


def test_segments_stand_behind_the_first_marker_in_their_order():
    """EXIF comes first, as its standard asks, then XMP and the profile, and the file goes on as it was."""
    written = insert_segments(FILE, Metadata(exif=b"one", xmp=b"two", icc_profile=b"three"))
    parts = segment(0xE1, EXIF_HEADER + b"one") + segment(0xE1, XMP_HEADER + b"two")
    assert written == FILE[:2] + parts + segment(0xE2, ICC_HEADER + b"\1\1three") + FILE[2:]


@pytest.mark.parametrize("metadata", [NOTHING, Metadata(exif=b"", xmp=b"", icc_profile=b"")])
def test_nothing_to_embed_leaves_the_file_itself(metadata):
    """Without blocks, or with empty ones, the very object comes back."""
    assert insert_segments(FILE, metadata) is FILE


def test_a_reader_finds_them():
    """Pillow reads all three blocks of a file that it wrote without any."""
    assert carries(insert_segments(saved(smooth(8, 8), "JPEG"), FULL)) == (FULL.icc_profile, FULL.exif, FULL.xmp)


@pytest.mark.parametrize(("name", "header"), [("exif", EXIF_HEADER), ("xmp", XMP_HEADER)])
def test_the_longest_block_fills_its_segment(name, header):
    """The length field reaches 65,535 at the last byte that fits, and one more is refused with both numbers."""
    longest = LONGEST_BODY - len(header)
    written = insert_segments(FILE, Metadata(**{name: bytes(longest)}))
    assert written[4:6] == b"\xff\xff"
    assert len(written) == len(FILE) + 4 + LONGEST_BODY
    with pytest.raises(EncodeError, match=f"holds {longest} bytes .* there are {longest + 1}") as caught:
        insert_segments(FILE, Metadata(**{name: bytes(longest + 1)}))
    assert caught.value.code == "encode_failed"


@pytest.mark.parametrize(("size", "parts"), [(65_519, 1), (65_520, 2), (255 * 65_519, 255)])
def test_a_profile_takes_as_many_parts_as_it_needs(size, parts):
    """Each part holds 65,519 bytes and says its number and how many there are, 255 at most."""
    written = insert_segments(FILE, Metadata(icc_profile=bytes(size)))
    assert len(written) == len(FILE) + size + parts * 18
    assert written.count(ICC_HEADER) == parts
    assert ICC_HEADER + bytes((parts, parts)) in written


def test_a_long_profile_is_cut_into_numbered_parts():
    """A profile of 200 kB spans four segments and comes back whole."""
    profile = np.random.default_rng(3).bytes(200_000)
    data = encode_jpeg(smooth(20, 20), 70, Metadata(icc_profile=profile))
    assert jpeg_markers(data).count(0xE2) == 4
    assert carries(data)[0] == profile


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        (Metadata(exif=bytes(70_000)), "65527 bytes of EXIF, and there are 70000"),
        (Metadata(xmp=bytes(66_000)), "65504 bytes of XMP, and there are 66000"),
        (Metadata(icc_profile=bytes(17_000_000)), "colour profile, and there are 17000000"),
    ],
)
def test_oversized_metadata_is_refused(metadata, message):
    """A block that no segment holds is a typed error with both numbers."""
    with pytest.raises(EncodeError, match=message):
        encode_jpeg(smooth(8, 8), 70, metadata)
