"""What a file says beside its pixels: named in plain words, and reduced to what was asked for."""

from __future__ import annotations

import struct

import pytest

from autok.decoding import exif as tags
from autok.decoding.exif import Exif, parse_exif
from autok.decoding.ifd import write_block
from autok.decoding.metadata import (
    MAX_BLOCK,
    chosen_block,
    copied_block,
    name_contents,
    name_texts,
    turned,
    whole_block,
)
from support.uploads import AUTHOR, RIGHTS, STAMP, private_exif, with_thumbnail

FULL = parse_exif(private_exif(6))
NOTHING = parse_exif(None)


def ascii_field(tag: int, text: str) -> tuple[int, int, bytes]:
    """Return an entry of text."""
    return tag, tags.ASCII, text.encode() + b"\0"


def block_of(*main: tuple[int, int, bytes], order: str = "<", **parts: list[tuple[int, int, bytes]]) -> Exif:
    """Return a block with these entries."""
    return parse_exif(write_block(main, order=order, **parts))


def test_contents_are_named_in_plain_words() -> None:
    """Every private part of a block has its name, and how pixels are stored has none."""
    assert name_contents(FULL) == {
        "GPS position", "author", "copyright", "date", "camera make and model", "camera serial number",
        "lens serial number", "maker note", "thumbnail",
    }  # fmt: skip
    structure = block_of(*((tag, tags.SHORT, b"\1\0") for tag in (0x0100, 0x0103, 0x0112, 0x011C, 0xA001)))
    assert name_contents(structure) == set()
    assert name_contents(block_of((0x829A, 5, bytes(8)))) == {"camera settings"}


def test_texts_are_named_in_plain_words() -> None:
    """Keywords of the standard have their names, and any other is a comment."""
    texts = (("Author", "x"), ("Creation Time", "x"), ("Title", "x"), ("Raw profile type iptc", "x"))
    assert name_texts(texts) == {"author", "date", "description", "comment"}


@pytest.mark.parametrize(
    ("groups", "kept"),
    [
        ({"copyright"}, {"author", "copyright"}),
        ({"creation"}, {"date"}),
        ({"location"}, {"GPS position"}),
        ({"copyright", "creation", "location"}, {"author", "copyright", "date", "GPS position"}),
        (set(), set()),
    ],
)
def test_a_chosen_block_has_its_groups_alone(groups: set[str], kept: set[str]) -> None:
    """Nothing of another group, and no private text of a kept one's neighbour, is in it."""
    block = chosen_block(FULL, (), groups)
    assert name_contents(parse_exif(block)) == kept
    assert (block is None) == (not kept)
    assert block is None or b"SECRET m" not in block


def test_texts_speak_where_the_block_is_silent() -> None:
    """The block's own author wins over the text field's, and a text field's over none."""
    texts = (("Author", "Other"), ("Copyright", "Field"))
    own = parse_exif(chosen_block(FULL, texts, {"copyright"}))
    assert (own.text(tags.ARTIST), own.text(tags.COPYRIGHT)) == (AUTHOR, RIGHTS)
    silent = parse_exif(chosen_block(NOTHING, texts, {"copyright"}))
    assert (silent.text(tags.ARTIST), silent.text(tags.COPYRIGHT)) == ("Other", "Field")


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Mon, 04 May 2026 03:02:01 GMT", STAMP), ("2026-05-04T03:02:01", STAMP), ("2026-05-04 03:02:01+02:00", STAMP),
        (" 2026-05-04T03:02:01Z ", STAMP), ("yesterday", None), ("", None), ("9999-99-99", None),
    ],
)  # fmt: skip
def test_dates_of_text_fields_are_spelled_as_exif_does(text: str, date: str | None) -> None:
    """RFC 1123 and ISO 8601 are read, and anything else is no date."""
    block = parse_exif(chosen_block(NOTHING, (("Creation Time", text),), {"creation"}))
    assert block.text(tags.DATE_TIME_ORIGINAL) == date


def test_a_date_of_digitizing_stands_in() -> None:
    """Where no date of taking is told, that of digitizing is the next best."""
    block = block_of(camera=[ascii_field(tags.DATE_TIME_DIGITIZED, STAMP)])
    assert parse_exif(chosen_block(block, (), {"creation"})).text(tags.DATE_TIME_ORIGINAL) == STAMP


def test_long_texts_and_zeros_are_tamed() -> None:
    """A text of a field is cut at 2,000 letters, and a zero in it does not end it."""
    block = parse_exif(chosen_block(NOTHING, (("Author", "a\0b" + "x" * 5000),), {"copyright"}))
    assert block.text(tags.ARTIST) == "a b" + "x" * 1997


@pytest.mark.parametrize("order", ["<", ">"])
def test_numbers_keep_their_byte_order(order: str) -> None:
    """A position is copied as it is stored, and the turn beside it is written alike."""
    place = [(2, 5, struct.pack(order + "6I", 51, 1, 30, 1, 26, 1))]
    block = parse_exif(chosen_block(block_of(order=order, position=place), (), {"location"}, orientation=8))
    assert (block.order, block.orientation) == (order, 8)
    assert struct.unpack(order + "6I", block.value(block.position.entries[0])) == (51, 1, 30, 1, 26, 1)


def test_a_whole_block_loses_its_thumbnail_alone() -> None:
    """Everything else stays at its very place, maker note included, and the turn is the one that is told."""
    block = whole_block(FULL, ())
    assert block is not None
    read = parse_exif(block)
    assert name_contents(read) == name_contents(FULL) - {"thumbnail"}
    assert read.orientation == 1
    assert b"SECRET thumbnail" not in block
    assert len(block) == len(FULL.data) - len(b"SECRET thumbnail")
    assert block.index(b"SECRET note") == FULL.data.index(b"SECRET note")


def test_a_thumbnail_that_claims_the_whole_block_costs_itself_alone() -> None:
    """Where blanking it would take other entries along, they are written anew."""
    greedy = bytearray(with_thumbnail(private_exif(), b"x" * 8))
    read = parse_exif(bytes(greedy))
    start, size = read.thumbnail.find(0x0201), read.thumbnail.find(0x0202)
    struct.pack_into(read.order + "I", greedy, start.at, 8)
    struct.pack_into(read.order + "I", greedy, size.at, len(greedy) - 8)
    kept = name_contents(parse_exif(whole_block(parse_exif(bytes(greedy)), ())))
    assert {"GPS position", "author", "camera serial number", "date"} <= kept


@pytest.mark.parametrize(("padding", "note"), [(0, True), (MAX_BLOCK, False)])
def test_a_block_too_long_is_written_anew(padding: int, note: bool) -> None:
    """Over 65,000 bytes its entries are copied, but for the maker note, whose offsets would not hold."""
    block = whole_block(parse_exif(FULL.data + bytes(padding)), ())
    assert block is not None
    assert len(block) <= MAX_BLOCK
    assert ("maker note" in name_contents(parse_exif(block))) == note


def test_a_copied_block_leaves_out_structure_and_what_is_long() -> None:
    """How pixels were stored is no more true, and values over 2,000 bytes are no words."""
    block = block_of(
        (0x0100, tags.SHORT, b"\5\0"), ascii_field(tags.DESCRIPTION, "x" * 1999), ascii_field(tags.SOFTWARE, "x" * 2000)
    )
    copied = parse_exif(copied_block(block, 3))
    assert [entry.tag for entry in copied.main.entries] == [tags.DESCRIPTION, tags.ORIENTATION]
    assert copied.orientation == 3


def test_text_fields_make_a_block_of_their_own() -> None:
    """A file without EXIF tells title, program, dates, author and rights by its text fields."""
    texts = (
        ("Title", "t"), ("Software", "s"), ("Author", AUTHOR), ("Copyright", RIGHTS),
        ("Modification Time", "2026-05-04T03:02:01"), ("Comment", "c"),
    )  # fmt: skip
    block = parse_exif(whole_block(NOTHING, texts))
    found = [block.text(tag) for tag in (tags.DESCRIPTION, tags.SOFTWARE, tags.ARTIST, tags.COPYRIGHT, tags.DATE_TIME)]
    assert found == ["t", "s", AUTHOR, RIGHTS, STAMP]
    assert whole_block(NOTHING, ()) is None


@pytest.mark.parametrize("order", ["<", ">"])
def test_only_a_turn_is_told(order: str) -> None:
    """Upright needs no entry, the others have one in the block's order."""
    assert turned(1, order) == []
    assert turned(6, order) == [(0x0112, tags.SHORT, struct.pack(order + "H", 6))]
