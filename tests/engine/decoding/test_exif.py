"""EXIF blocks, written by one library and read by the other, and broken on purpose."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from autok.decoding.exif import ARTIST, ASCII, COPYRIGHT, DATE_TIME_ORIGINAL, MAX_ENTRIES, SHORT, Exif, parse_exif
from autok.decoding.ifd import write_block

LATITUDE = 0x0002


def pillow_block() -> bytes:
    """Return a block with entries in three directories, as Pillow writes it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[ARTIST] = "Ada Park"
    exif.get_ifd(0x8769)[DATE_TIME_ORIGINAL] = "2026:11:26 01:02:03"
    exif.get_ifd(0x8825)[LATITUDE] = (1.0, 2.0, 3.0)
    return exif.tobytes().removeprefix(b"Exif\0\0")


def test_what_pillow_wrote_is_read() -> None:
    """Orientation, texts and the position's entries come out of a foreign block."""
    read = parse_exif(pillow_block())
    assert read.orientation == 6
    assert read.text(ARTIST) == "Ada Park"
    assert read.text(DATE_TIME_ORIGINAL) == "2026:11:26 01:02:03"
    assert read.position.find(LATITUDE) is not None
    assert read.text(COPYRIGHT) is None


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_block_made_by_hand_is_read(order: str) -> None:
    """Inline and distant values, the pointers to both other directories and the next one are followed."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    main = [
        (0x0112, 3, 1, struct.pack(order + "HH", 6, 0)),
        (0x013B, 2, 9, 90),
        (0x8769, 4, 1, 100),
        (0x8825, 4, 1, 118),
    ]
    block = bytearray(mark + struct.pack(order + "IH", 8, len(main)))
    for tag, kind, count, value in main:
        block += struct.pack(order + "HHI", tag, kind, count)
        block += value if isinstance(value, bytes) else struct.pack(order + "I", value)
    block += struct.pack(order + "I", 136)
    block = block.ljust(90, b"\0") + b"Ada Park\0\0"
    block += struct.pack(order + "HHHI4sI", 1, 0x9003, 2, 4, b"now\0", 0)
    block += struct.pack(order + "HHHI4sI", 1, 1, 2, 2, b"N\0\0\0", 0)
    block += struct.pack(order + "HHHIII", 1, 0x0201, 4, 1, 77, 0)
    read = parse_exif(bytes(block))
    assert (read.order, read.orientation, read.text(ARTIST)) == (order, 6, "Ada Park")
    assert read.text(DATE_TIME_ORIGINAL) == "now"
    assert [read.value(entry) for entry in read.position.entries] == [b"N\0"]
    assert (read.main.next, [entry.tag for entry in read.thumbnail.entries]) == (136, [0x0201])


@pytest.mark.parametrize(
    ("kind", "stored", "words"),
    [
        (ASCII, b"Ada\0", "Ada"),
        (ASCII, b"Ada\0Noor\0\0\0rest", "Ada; Noor"),
        (7, b" Ada ", "Ada"),
        (ASCII, b"\xff\0", "\ufffd"),
        (ASCII, b"\0\0\0\0\0", None),
        (SHORT, b"ab", None),
    ],
)
def test_texts_lose_their_padding(kind: int, stored: bytes, words: str | None) -> None:
    """A text ends at its padding, several are joined, and what is no text or is empty is none."""
    assert parse_exif(write_block([(ARTIST, kind, stored)])).text(ARTIST) == words


@pytest.mark.parametrize("value", [0, 9, 300])
def test_an_orientation_out_of_range_is_upright(value: int) -> None:
    """A turn that does not exist is none."""
    block = write_block([(0x0112, SHORT, struct.pack("<H", value))])
    assert parse_exif(block).orientation == 1


@given(data=st.binary(max_size=200), head=st.sampled_from([b"II*\0", b"MM\0*"]))
def test_hostile_bytes_never_raise(data: bytes, head: bytes) -> None:
    """Whatever the bytes, reading ends, and every value lies inside of the block."""
    block = head + data
    read = parse_exif(block)
    for directory in (read.main, read.camera, read.position, read.thumbnail):
        assert all(entry.at + entry.size <= len(block) for entry in directory.entries)
    assert 1 <= read.orientation <= 8


def test_a_block_cut_anywhere_is_read_as_far_as_it_goes() -> None:
    """Cut at any place or with any byte changed, a good block loses entries and never more."""
    whole, rng = pillow_block(), random.Random(1)
    for end in range(len(whole)):
        assert len(parse_exif(whole[:end]).main.entries) <= len(parse_exif(whole).main.entries)
        broken = bytearray(whole)
        broken[end] = rng.randrange(256)
        parse_exif(bytes(broken))


def test_too_many_entries_are_none() -> None:
    """A directory that says it is longer than any real one is not gone through."""
    block = b"II*\0" + struct.pack("<IH", 8, MAX_ENTRIES + 1) + bytes(12 * (MAX_ENTRIES + 1) + 4)
    assert parse_exif(block).main.entries == ()
    assert parse_exif(None) == parse_exif(b"") == Exif()
