"""The segments of a JPEG, in files laid out by hand as ITU-T T.81, annex B, says."""

from __future__ import annotations

import pytest

from autok.decoding.container import Blocks
from autok.decoding.jpeg import MAX_SEGMENTS, read_jpeg, walk, write_jpeg
from autok.decoding.limits import Limits
from autok.errors import CorruptImageError, TooManyScansError, TruncatedImageError, UnsupportedFormatError
from support.uploads import corner_picture, saved, segment

START, END = b"\xff\xd8", b"\xff\xd9"
JFIF = segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\0\0")
ADOBE = segment(0xEE, b"Adobe\0\x64\0\0\0\0\1")
TABLES = segment(0xDB, bytes(65)) + segment(0xC4, bytes(20))
SCAN = segment(0xDA, b"\1\1\0\0\x3f\0") + b"ab\xff\0cd\xff\xd0ef"
EXIF, XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"


def frame(width: int = 7, height: int = 300, process: int = 0xC0, bits: int = 8) -> bytes:
    """Return a frame header of one component."""
    return segment(process, bytes((bits, *height.to_bytes(2, "big"), *width.to_bytes(2, "big"), 1, 1, 0x11, 0)))


def drawn(*segments: bytes) -> bytes:
    """Return a file of these segments, and behind them tables, a frame and a scan."""
    return START + b"".join(segments) + TABLES + frame() + SCAN + END


def test_every_segment_is_found_at_its_place() -> None:
    """Header segments have their length, and a scan reaches to the next true marker over stuffed bytes and restarts."""
    parts = (JFIF, segment(0xDB, bytes(65)), segment(0xC4, bytes(20)), frame(), SCAN, END)
    data = START + b"".join(parts)
    found = [*walk(data)]
    assert [data[each.start : each.end] for each in found] == list(parts)
    assert [each.marker for each in found] == [0xE0, 0xDB, 0xC4, 0xC0, 0xDA, 0xD9]
    assert data[found[0].body : found[0].end] == JFIF[4:]


def test_what_follows_the_end_marker_is_not_looked_at() -> None:
    """The first picture ends the walk, whatever trails it, and the report counts the rest."""
    data = drawn(JFIF)
    assert [*walk(data + START + b"\xff\xff\xff")] == [*walk(data)]
    assert read_jpeg(data + b"12345", Limits()).extras == ("trailing bytes (5)",)


def test_stray_bytes_are_forgiven_before_the_first_scan_alone() -> None:
    """Between header segments libjpeg skips what is no marker; behind a scan it is damage, fill bytes excepted."""
    assert [each.marker for each in walk(START + b"\0\0" + frame() + SCAN + b"\xff\xff" + END)] == [0xC0, 0xDA, 0xD9]
    behind = START + frame() + SCAN + segment(0xC4, b"x") + b"\0" + END
    with pytest.raises(CorruptImageError, match=f"damaged at byte {len(behind) - 2}"):
        [*walk(behind)]


@pytest.mark.parametrize("end", range(2, len(drawn(JFIF))))
def test_a_file_cut_anywhere_is_told_as_cut(end: int) -> None:
    """Without the end marker part of the picture is missing, wherever the file ends."""
    with pytest.raises(TruncatedImageError, match=f"after {end} bytes") as caught:
        [*walk(drawn(JFIF)[:end])]
    assert caught.value.code == "truncated_image"


@pytest.mark.parametrize("bad", [b"\xff\xe0\0\1", b"\xff\x05\0\2", b"\xff\xd8\0\2"])
def test_what_is_no_segment_is_damage(bad: bytes) -> None:
    """A length below two, a reserved marker and a second start marker are no segments."""
    with pytest.raises(CorruptImageError, match="damaged at byte 2:"):
        [*walk(START + bad + bytes(9) + END)]


def test_segments_are_counted() -> None:
    """One empty segment over the bound is refused, as many as the bound are not."""
    empty = segment(0xFE, b"")
    assert sum(1 for _ in walk(START + empty * (MAX_SEGMENTS - 1) + END)) == MAX_SEGMENTS
    with pytest.raises(CorruptImageError, match=f"{MAX_SEGMENTS:,} segments"):
        [*walk(START + empty * MAX_SEGMENTS + END)]


def test_the_facts_of_a_file() -> None:
    """Size, first EXIF, first XMP, comment and the profile put together by its numbers come from the segments."""
    facts = read_jpeg(
        drawn(
            segment(0xE1, EXIF + b"one"), segment(0xE1, EXIF + b"two"), segment(0xE1, XMP + b"<x/>"),
            segment(0xE2, b"ICC_PROFILE\0\2\2cd"), segment(0xE2, b"ICC_PROFILE\0\1\2ab"), segment(0xFE, b" Hi\0"),
        ),
        Limits(),
    )  # fmt: skip
    assert (facts.width, facts.height) == (7, 300)
    assert (facts.exif, facts.xmp, facts.icc) == (b"one", b"<x/>", b"abcd")
    assert (facts.texts, facts.extras, facts.shown) == ((("Comment", "Hi"),), (), True)


@pytest.mark.parametrize(
    ("part", "names"),
    [
        (JFIF, ()),
        (ADOBE, ()),
        (segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\1\1abc"), ("thumbnail",)),
        (segment(0xE0, b"JFXX\0\x10"), ("thumbnail",)),
        (segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0"), ("XMP",)),
        (segment(0xE2, b"MPF\0II"), ("further pictures",)),
        (segment(0xED, b"Photoshop 3.0\0"), ("Photoshop and IPTC data",)),
        (segment(0xEB, b"JP"), ("application data",)),
        (segment(0xE1, b"unknown"), ("application data",)),
    ],
)
def test_private_segments_have_names(part: bytes, names: tuple[str, ...]) -> None:
    """What is taken out is told in plain words; the two headers that decoders need are not private."""
    facts = read_jpeg(drawn(part), Limits())
    assert facts.extras == names
    assert bool(facts.notes) == (names == ("further pictures",))


@pytest.mark.parametrize(("process", "shown"), [(0xC0, True), (0xC1, True), (0xC2, True), (0xC9, False), (0xCA, False)])
def test_processes_that_are_read(process: int, shown: bool) -> None:
    """Huffman coded pictures show in browsers, and arithmetic ones are read though none shows them."""
    assert read_jpeg(START + frame(process=process) + SCAN + END, Limits()).shown == shown


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (frame(process=0xC3) + SCAN, "coding process 3"),
        (frame(process=0xCF) + SCAN, "coding process 15"),
        (frame(bits=12) + SCAN, "12 bits"),
    ],
)
def test_processes_that_are_not_read(data: bytes, words: str) -> None:
    """Lossless and hierarchical pictures and those of 12 bits are refused by what they are."""
    with pytest.raises(UnsupportedFormatError, match=words):
        read_jpeg(START + data + END, Limits())


@pytest.mark.parametrize("data", [SCAN, frame(), segment(0xC0, b"\x08\0\1\0\1") + SCAN, segment(0xC4, b"") + SCAN])
def test_a_file_without_a_whole_picture_is_damage(data: bytes) -> None:
    """A frame without a scan, a scan without a frame and a frame header cut short are no picture."""
    with pytest.raises(CorruptImageError):
        read_jpeg(START + data + END, Limits())


def test_scans_have_a_limit() -> None:
    """As many scans as the limit pass, and one more is refused before anything is decoded."""
    assert read_jpeg(START + frame() + SCAN * 3 + END, Limits(max_scans=3)).width == 7
    with pytest.raises(TooManyScansError, match="more than 3 scans"):
        read_jpeg(START + frame() + SCAN * 4 + END, Limits(max_scans=3))


def test_the_rewritten_file_has_what_it_is_given_alone() -> None:
    """Both headers lose what hides in them, all other segments and the tail go, new blocks stand before the tables."""
    parts = (
        segment(0xE0, b"JFIF\0\1\2\1\0\x48\0\x48\1\1abc"), segment(0xFE, b"SECRET"), segment(0xEB, b"SECRET"),
        segment(0xEE, b"Adobe\0\x64\0\0\0\0\2SECRET"), segment(0xE1, EXIF + b"SECRET"),
    )  # fmt: skip
    header, adobe = segment(0xE0, b"JFIF\0\1\2\1\0\x48\0\x48\0\0"), segment(0xEE, b"Adobe\0\x64\0\0\0\0\2")
    coded = TABLES + frame() + SCAN + END
    assert write_jpeg(drawn(*parts) + b"SECRET", Blocks()) == START + header + adobe + coded
    blocks = segment(0xE1, EXIF + b"new") + segment(0xE1, XMP + b"<y/>") + segment(0xE2, b"ICC_PROFILE\0\1\1icc")
    given = Blocks(exif=b"new", xmp=b"<y/>", icc=b"icc")
    assert write_jpeg(drawn(*parts), given) == START + header + blocks + adobe + coded


@pytest.mark.parametrize("size", [65_519, 65_520, 200_000])
def test_a_long_profile_is_cut_into_numbered_parts(size: int) -> None:
    """65,519 bytes of profile fit into a segment with their header, and every further part says which it is."""
    profile = bytes(range(256)) * (size // 256 + 1)
    written = write_jpeg(drawn(), Blocks(icc=profile[:size]))
    parts = [written[each.body : each.end] for each in walk(written) if each.marker == 0xE2]
    assert [tuple(each[12:14]) for each in parts] == [(at + 1, -(-size // 65_519)) for at in range(len(parts))]
    assert read_jpeg(written, Limits()).icc == profile[:size]


@pytest.mark.parametrize(("name", "head"), [("exif", EXIF), ("xmp", XMP)])
def test_a_block_too_long_for_its_segment_is_left_out(name: str, head: bytes) -> None:
    """65,533 bytes with the header are the most that a segment holds; a longer block would break the file."""
    longest = 65_533 - len(head)
    for size, kept in ((longest, True), (longest + 1, False)):
        facts = read_jpeg(write_jpeg(drawn(), Blocks(**{name: bytes(size)})), Limits())
        assert (getattr(facts, name) is not None) == kept


def test_a_real_file_is_its_own_rewriting() -> None:
    """What Pillow writes without metadata comes out byte for byte."""
    for options in ({}, {"progressive": True}, {"restart_marker_blocks": 2}):
        data = saved(corner_picture(), "JPEG", **options)
        assert write_jpeg(data, Blocks()) == data
