"""Writing EXIF blocks: the bytes that TIFF 6.0 asks for, in both orders, and what readers make of them."""

from __future__ import annotations

import random
import struct

import pytest
from PIL import Image

from autok.decoding.exif import ARTIST, ASCII, COPYRIGHT, DATE_TIME_ORIGINAL, LONG, SHORT, SIZES, SOFTWARE, parse_exif
from autok.decoding.ifd import Field, write_block


@pytest.mark.parametrize("order", ["<", ">"])
def test_what_we_wrote_is_read_by_pillow(order: str) -> None:
    """A block of ours, in either order of bytes, says the same to Pillow as to us."""
    block = write_block(
        [(0x0112, SHORT, struct.pack(order + "H", 8)), (ARTIST, ASCII, b"Noor\0")],
        camera=[(DATE_TIME_ORIGINAL, ASCII, b"2026:11:26 01:02:03\0")],
        order=order,
    )
    assert block is not None
    foreign = Image.Exif()
    foreign.load(b"Exif\0\0" + block)
    assert (foreign[0x0112], foreign[ARTIST]) == (8, "Noor")
    assert foreign.get_ifd(0x8769)[DATE_TIME_ORIGINAL] == "2026:11:26 01:02:03"
    own = parse_exif(block)
    assert (own.orientation, own.text(ARTIST), own.text(DATE_TIME_ORIGINAL)) == (8, "Noor", "2026:11:26 01:02:03")


def test_nothing_to_say_is_no_block() -> None:
    """Without entries there is no block at all."""
    assert write_block([]) is None


@pytest.mark.parametrize(("order", "mark"), [("<", b"II"), (">", b"MM")])
def test_the_bytes_are_those_of_the_standard(order: str, mark: bytes) -> None:
    """Entries stand by rising tag, short values inline at the left, longer ones behind the directory at even places."""
    fields: list[Field] = [
        (COPYRIGHT, ASCII, b"(c) A\0"),
        (ARTIST, ASCII, b"Noor!"),
        (SOFTWARE, ASCII, b"k9!\0"),
        (0x0112, SHORT, struct.pack(order + "H", 6)),
    ]
    expected = mark + struct.pack(order + "HI", 42, 8) + struct.pack(order + "H", 4)
    expected += struct.pack(order + "HHIHxx", 0x0112, 3, 1, 6)
    expected += struct.pack(order + "HHI", 0x0131, 2, 4) + b"k9!\0"
    expected += struct.pack(order + "HHII", 0x013B, 2, 5, 62)
    expected += struct.pack(order + "HHII", 0x8298, 2, 6, 68)
    expected += bytes(4) + b"Noor!\0" + b"(c) A\0"
    assert write_block(fields, order=order) == expected


@pytest.mark.parametrize("order", ["<", ">"])
def test_pointers_lead_to_the_other_directories(order: str) -> None:
    """The EXIF and the GPS directory are found where their pointers say, and an empty one has no pointer."""
    camera, position = [(DATE_TIME_ORIGINAL, ASCII, b"2026:05:04 03:02:01\0")], [(1, ASCII, b"N\0")]
    read = parse_exif(write_block([], camera, position, order))
    assert [entry.tag for entry in read.main.entries] == [0x8769, 0x8825]
    assert [entry.kind for entry in read.main.entries] == [LONG, LONG]
    assert [read.value(entry) for entry in read.camera.entries] == [camera[0][2]]
    assert [read.value(entry) for entry in read.position.entries] == [b"N\0"]
    alone = parse_exif(write_block([], (), position, order))
    assert [entry.tag for entry in alone.main.entries] == [0x8825]


def test_whatever_is_written_is_read_again() -> None:
    """Random entries of every type in three directories come back with their type, count and bytes."""
    rng = random.Random(5)

    def drawn() -> list[Field]:
        tags = rng.sample(range(0x1000, 0x7000), rng.randrange(6))
        kinds = [rng.choice(sorted(SIZES)) for _ in tags]
        return [
            (tag, kind, rng.randbytes(SIZES[kind] * rng.randrange(1, 9))) for tag, kind in zip(tags, kinds, strict=True)
        ]

    for _ in range(200):
        order, parts = rng.choice("<>"), [drawn(), drawn(), drawn()]
        block = write_block(*parts, order)
        assert (block is None) == (not any(parts))
        read = parse_exif(block)
        for fields, directory in zip(parts, (read.main, read.camera, read.position), strict=True):
            found = [(each.tag, each.kind, read.value(each)) for each in directory.entries if each.tag < 0x8000]
            assert found == sorted(fields)
            assert all(each.count == each.size // SIZES[each.kind] for each in directory.entries)
