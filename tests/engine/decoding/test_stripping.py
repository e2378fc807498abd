"""The upload without its private parts, and the metadata that its results carry."""

from __future__ import annotations

import struct
import zlib

import pytest

from autok.decoding.colors import Outcome
from autok.decoding.container import Container
from autok.decoding.decoder import decode
from autok.decoding.exif import parse_exif
from autok.decoding.metadata import MAX_BLOCK
from autok.decoding.stripping import Which, reduce_metadata, strip_original
from support.uploads import AUTHOR, STAMP, corner_picture, private_exif, saved, segment, srgb_profile, with_segments

BLOCK = parse_exif(private_exif(6))
FULL = Container(
    *(48, 32),
    exif=BLOCK.data,
    xmp=b"<x/>",
    extras=("application data", "trailing bytes (4)"),
    texts=(("Comment", "SECRET"), ("Software", "SECRET")),
)
JPEG = with_segments(saved(corner_picture(), "JPEG"), segment(0xE1, b"Exif\0\0" + BLOCK.data))


@pytest.mark.parametrize(
    ("which", "kept"),
    [
        ("none", ()),
        ("copyright", ("author", "copyright", "date")),
        (frozenset({"location"}), ("GPS position",)),
        (frozenset({"creation"}), ("date",)),
        (frozenset(), ()),
    ],
)
def test_what_is_kept_and_what_is_removed_are_all_there_was(which: Which, kept: tuple[str, ...]) -> None:
    """Every name of the file stands in exactly one of both lists, sorted."""
    reduced = reduce_metadata(FULL, BLOCK, which, Outcome())
    assert reduced.kept == kept
    everything = reduce_metadata(FULL, BLOCK, "none", Outcome()).removed
    assert {"XMP", "GPS position", "comment", "software", "thumbnail", "application data"} <= set(everything)
    assert sorted({*reduced.kept, *reduced.removed}) == list(everything)
    assert not set(reduced.kept) & set(reduced.removed)
    assert list(reduced.removed) == sorted(reduced.removed)


def test_the_block_holds_what_its_names_say() -> None:
    """Author and dates are in it under copyright, no private text is, and none asks for none at all."""
    kept = reduce_metadata(FULL, BLOCK, "copyright", Outcome())
    assert kept.exif is not None
    assert AUTHOR.encode() in kept.exif
    assert STAMP.encode() in kept.exif
    assert b"SECRET" not in kept.exif
    assert kept.xmp is None
    none = reduce_metadata(FULL, BLOCK, "none", Outcome())
    assert (none.exif, none.xmp, none.icc_profile) == (None, None, None)


def test_results_are_upright_and_carry_their_profile() -> None:
    """Whatever stays, no result tells a turn, and the profile is that of the settled colours."""
    for which in ("copyright", "all"):
        reduced = reduce_metadata(FULL, BLOCK, which, Outcome(b"profile", "Display P3, kept"))
        assert parse_exif(reduced.exif).orientation == 1
        assert (reduced.icc_profile, reduced.profile) == (b"profile", "Display P3, kept")


@pytest.mark.parametrize(("size", "kept"), [(MAX_BLOCK, True), (MAX_BLOCK + 1, False)])
def test_a_packet_that_fits_no_segment_is_removed(size: int, kept: bool) -> None:
    """Under all XMP stays up to 65,000 bytes, and is told as removed beyond."""
    reduced = reduce_metadata(Container(1, 1, xmp=b"x" * size), parse_exif(None), "all", Outcome())
    assert (reduced.xmp is not None, "XMP" in reduced.kept, "XMP" in reduced.removed) == (kept, kept, not kept)


def stripped(
    kind: str = "jpeg", container: Container = FULL, outcome: Outcome | None = None, which: Which = "none"
) -> bytes | None:
    """Return the JPEG's original, as if it were of a kind."""
    data = JPEG if kind == "jpeg" else saved(corner_picture(), kind.upper())
    return strip_original(data, kind, container, BLOCK, which, outcome or Outcome())


def test_an_original_still_tells_its_turn_and_nothing_else() -> None:
    """A JPEG keeps its orientation, in a block with that one entry."""
    original = stripped()
    assert original is not None
    assert b"SECRET" not in original
    block = parse_exif(original[original.index(b"Exif\0\0") + 6 :])
    assert ([entry.tag for entry in block.main.entries], block.orientation) == ([0x0112], 6)


def test_what_cannot_be_told_or_shown_is_not_kept() -> None:
    """A turned PNG, converted colours, what no browser shows and what is not rewritten have no original."""
    assert stripped("png") is None
    assert stripped("tiff") is None
    assert stripped(outcome=Outcome(converted=True)) is None
    assert stripped(container=Container(48, 32, shown=False)) is None
    upright = strip_original(
        saved(corner_picture(), "PNG"), "png", Container(48, 32), parse_exif(None), "none", Outcome()
    )
    assert upright == saved(corner_picture(), "PNG")


def test_an_original_carries_what_was_asked_for() -> None:
    """Under all the packet and the block come along, under copyright the author does."""
    everything, some = stripped(which="all"), stripped(which="copyright")
    assert everything is not None
    assert some is not None
    assert b"<x/>" in everything
    assert b"SECRET position" in everything
    assert AUTHOR.encode() in some
    assert b"SECRET" not in some


@pytest.mark.parametrize("profile", [None, srgb_profile()])
def test_a_profile_made_of_numbers_takes_the_place_of_another_alone(profile: bytes | None) -> None:
    """An upload that tells its colours by numbers does not grow by a profile; readers of its profile still find one."""
    data = saved(corner_picture(), "PNG", icc_profile=profile)
    content = b"cICP" + bytes((12, 13, 0, 1))
    data = data[:33] + struct.pack(">I", 4) + content + struct.pack(">I", zlib.crc32(content)) + data[33:]
    kept = decode(data).original
    assert kept is not None
    assert content in kept
    assert (b"iCCP" in kept) == (profile is not None)
    assert profile is not None or len(kept) <= len(data)
