"""The blocks of a GIF, in files laid out by hand as GIF89a says."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image

from autok.decoding.container import Blocks
from autok.decoding.gif import MAX_BLOCKS, read_gif, walk, write_gif
from autok.decoding.limits import Limits
from autok.errors import AnimationError, CorruptImageError, TooLongSideError, TruncatedImageError
from support.uploads import corner_picture, saved

CONTROL = b"\x21\xf9\x04\0\0\0\0\0"
COMMENT = b"\x21\xfe\x05Hello\0"
XMP = b"\x21\xff\x0bXMP DataXMP\x02ab\0"
LOOP = b"\x21\xff\x0bNETSCAPE2.0\x03\1\0\0\0"
TABLE = bytes(range(12))


def screen(width: int = 5, height: int = 4, flags: int = 0) -> bytes:
    """Return the header and the screen of a GIF; no table of colours follows where `flags` is 0."""
    return b"GIF89a" + struct.pack("<HHBBB", width, height, flags, 0, 0)


def frame(left: int = 0, top: int = 0, width: int = 5, height: int = 4, flags: int = 0, table: bytes = b"") -> bytes:
    """Return a frame whose coded data are two blocks of nonsense, for what looks at no pixel."""
    return b"\x2c" + struct.pack("<4HB", left, top, width, height, flags) + table + b"\2\3abc\1d\0"


def test_every_block_is_found_at_its_place() -> None:
    """Tables of colours are stepped over by their stated size, and what lies between two blocks is nothing."""
    parts = (CONTROL, COMMENT, frame(flags=0x81, table=TABLE), XMP, b"\x3b")
    data = screen(flags=0x81) + TABLE + b"".join(parts)
    found = [*walk(data)]
    assert [data[start:end] for *_, start, end in found] == list(parts)
    assert [(introducer, label) for introducer, label, *_ in found] == [
        *((0x21, 0xF9), (0x21, 0xFE), (0x2C, 0), (0x21, 0xFF), (0x3B, 0))
    ]


@pytest.mark.parametrize("bits", range(8))
def test_tables_double_with_every_bit(bits: int) -> None:
    """A table has 2 to the power of its size plus one colours of three bytes, on the screen and in a frame alike."""
    table = bytes(3 * 2 ** (bits + 1))
    data = screen(flags=0x80 | bits) + table + frame(flags=0x80 | bits, table=table) + b"\x3b"
    assert [start for *_, start, _ in walk(data)] == [13 + len(table), len(data) - 1]
    bare = screen(flags=bits) + frame(flags=bits) + b"\x3b"
    assert [start for *_, start, _ in walk(bare)] == [13, len(bare) - 1]


def test_a_missing_trailer_is_forgiven_between_blocks_alone() -> None:
    """Cut behind a whole block a file is read as browsers do, cut at any other byte it is refused as truncated."""
    blocks = (COMMENT, frame(), CONTROL)
    data = screen() + b"".join(blocks)
    whole = {13, *(13 + sum(map(len, blocks[: count + 1])) for count in range(3))}
    for end in range(len(data) + 1):
        if end in whole:
            assert [*walk(data[:end])][-1] == (0x3B, 0, end, end)
        else:
            with pytest.raises(TruncatedImageError, match=f"after {end} bytes"):
                [*walk(data[:end])]


def test_unknown_and_countless_blocks_are_refused() -> None:
    """A byte that starts no block is told by its place; a file of nothing but blocks ends at a bound."""
    with pytest.raises(CorruptImageError, match="unknown block at byte 21"):
        [*walk(screen() + CONTROL + b"\x01")]
    with pytest.raises(CorruptImageError, match=f"{MAX_BLOCKS:,} blocks"):
        [*walk(screen() + b"\x21\x01\0" * MAX_BLOCKS)]


def test_the_facts_of_a_file() -> None:
    """Size, first comment, and the names of what else is in it come from the blocks."""
    data = screen() + COMMENT + COMMENT.replace(b"Hello", b"World") + LOOP + XMP + frame() + b"\x3btail"
    facts = read_gif(data, Limits())
    assert (facts.width, facts.height, facts.box) == (5, 4, None)
    assert facts.texts == (("Comment", "Hello"),)
    assert facts.extras == ("XMP", "application data", "trailing bytes (4)")


@pytest.mark.parametrize(
    ("size", "place", "picture", "box"),
    [
        ((5, 4), (1, 2, 3, 1), (5, 4), (1, 2, 4, 3)),
        ((5, 4), (3, 0, 5, 4), (8, 4), (3, 0, 8, 4)),
        ((2, 2), (0, 0, 5, 4), (5, 4), None),
        ((0, 0), (0, 1, 5, 4), (5, 5), (0, 1, 5, 5)),
    ],
)
def test_the_screen_grows_with_its_frame(
    size: tuple[int, int], place: tuple[int, ...], picture: tuple[int, int], box: tuple[int, ...] | None
) -> None:
    """A frame may be smaller than its screen, which leaves margins, or reach beyond it, which makes it larger."""
    facts = read_gif(screen(*size) + frame(*place) + b"\x3b", Limits())
    assert ((facts.width, facts.height), facts.box) == (picture, box)


def test_what_is_no_single_picture_is_refused() -> None:
    """Two frames are an animation, none is damage, a frame over the limit counts though its screen is small."""
    with pytest.raises(AnimationError, match="2 frames"):
        read_gif(screen() + frame() * 2 + b"\x3b", Limits())
    with pytest.raises(CorruptImageError, match="no picture"):
        read_gif(screen() + COMMENT + b"\x3b", Limits())
    with pytest.raises(TooLongSideError, match="5 x 4"):
        read_gif(screen(1, 1) + frame() + b"\x3b", Limits(max_side=4))
    with pytest.raises(TruncatedImageError):
        read_gif(b"GIF89a", Limits())


def test_the_rewritten_file_has_nothing_but_the_picture() -> None:
    """Control block, table and frame stay byte for byte; comments, applications and the tail go."""
    kept = screen(flags=0x81) + TABLE + CONTROL + frame()
    data = kept[:25] + COMMENT + LOOP + kept[25:] + XMP + b"\x3btail"
    assert write_gif(data, Blocks()) == kept + b"\x3b"


def test_a_real_file_shows_the_same_without_its_comment() -> None:
    """What Pillow wrote decodes to the same pixels behind the rewriting."""
    data = saved(corner_picture().quantize(32), "GIF", comment=b"SECRET", transparency=3)
    shown, again = (
        np.asarray(Image.open(io.BytesIO(each)).convert("RGBA")) for each in (data, write_gif(data, Blocks()))
    )
    assert np.array_equal(shown, again)
    assert b"SECRET" not in write_gif(data, Blocks())
