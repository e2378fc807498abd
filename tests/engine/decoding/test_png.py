"""The chunks of a PNG, in files laid out by hand as the W3C's third edition says."""

from __future__ import annotations

import struct
import zlib

import pytest

from autok.decoding.container import Blocks, Container
from autok.decoding.limits import Limits
from autok.decoding.png import pixels_png, read_png, walk, write_png
from autok.errors import AnimationError, CorruptImageError, TooManyChunksError, TruncatedImageError
from support.uploads import chunk, drawn_png, with_chunks

PLAIN = drawn_png([bytes(12)] * 3, 4, 3, 8, 2)
END = chunk(b"IEND", b"")
HEADER = PLAIN[:33]


def read(*chunks: bytes, kind: int = 2, depth: int = 8) -> Container:
    """Return the facts of a file of 4 x 3 pixels with these chunks."""
    return read_png(with_chunks(drawn_png([bytes(40)] * 3, 4, 3, depth, kind), *chunks), Limits())


def test_every_chunk_is_found_at_its_place() -> None:
    """Names and contents come in their order, and the end chunk ends the walk whatever trails it."""
    parts = {b"IHDR": HEADER[16:29], b"abCd": b"xyz", b"IDAT": zlib.compress(b"data"), b"IEND": b""}
    data = PLAIN[:8] + b"".join(chunk(name, content) for name, content in parts.items())
    assert {name: data[start:end] for name, start, end in walk(data + b"\0\0\0\5tail")} == parts


@pytest.mark.parametrize("end", range(8, len(PLAIN)))
def test_a_file_cut_anywhere_is_told_as_cut(end: int) -> None:
    """Before the end chunk is whole, part of the picture may be missing."""
    with pytest.raises(TruncatedImageError, match=f"after {end} bytes"):
        [*walk(PLAIN[:end])]


@pytest.mark.parametrize(
    "name", [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"IEND"]
)
def test_what_decides_pixels_or_colours_has_to_be_whole(name: bytes) -> None:
    """One wrong bit in such a chunk is refused by its name and place."""
    broken = bytearray(chunk(name, bytes(4)))
    broken[-1] ^= 1
    with pytest.raises(CorruptImageError, match=f"{name.decode()} chunk at byte 33") as caught:
        [*walk(HEADER + broken + END)]
    assert caught.value.code == "corrupt_image"
    assert len([*walk(HEADER + chunk(b"tEXt", b"x")[:-1] + b"\0" + END)]) == 3


@pytest.mark.parametrize("kind", range(8))
@pytest.mark.parametrize("depth", [0, 1, 2, 3, 4, 8, 16, 32])
def test_only_the_pairs_of_the_standard_are_read(kind: int, depth: int) -> None:
    """Colour types and depths combine as table 11.1 of the standard lists them."""
    allowed = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
    palette = chunk(b"PLTE", bytes(6))
    if depth in allowed.get(kind, set()):
        assert read(palette, kind=kind, depth=depth).depth == depth
    else:
        with pytest.raises(CorruptImageError, match=f"colour type {kind} with {depth} bits"):
            read(palette, kind=kind, depth=depth)


@pytest.mark.parametrize("at", [26, 27, 28])
def test_unknown_methods_are_refused(at: int) -> None:
    """Compression and filtering have one method each, interlacing has two."""
    for value, fine in ((0, True), (1, at == 28), (2, False)):
        header = bytearray(HEADER[16:29])
        header[at - 16] = value
        data = PLAIN[:8] + chunk(b"IHDR", bytes(header)) + PLAIN[33:]
        if fine:
            assert read_png(data, Limits()).width == 4
        else:
            with pytest.raises(CorruptImageError, match="does not have"):
                read_png(data, Limits())


def test_the_first_chunk_is_the_header_and_data_must_follow() -> None:
    """A file that begins otherwise, has no data or no fitting palette contradicts itself."""
    for data, words in (
        (PLAIN[:8] + chunk(b"gAMA", bytes(4)) + PLAIN[8:], "header chunk"),
        (HEADER + END, "no picture data"),
        (drawn_png([bytes(4)], 4, 1, 8, 3), "palette"),
        (drawn_png([bytes(4)], 4, 1, 8, 3, chunk(b"PLTE", bytes(4))), "palette"),
    ):
        with pytest.raises(CorruptImageError, match=words):
            read_png(data, Limits())


def test_one_frame_is_no_animation() -> None:
    """An acTL of one frame is a still picture, of two it is refused."""
    assert read(chunk(b"acTL", struct.pack(">II", 1, 0))).width == 4
    with pytest.raises(AnimationError, match="2 frames"):
        read(chunk(b"acTL", struct.pack(">II", 2, 0)))


def test_text_chunks_have_a_limit() -> None:
    """As many as the limit are read, whatever their kind, and one more is refused."""
    texts = chunk(b"tEXt", b"a\0b"), chunk(b"zTXt", b"c\0\0" + zlib.compress(b"d")), chunk(b"tIME", bytes(7))
    assert read_png(with_chunks(PLAIN, *texts), Limits(max_text_chunks=3)).width == 4
    with pytest.raises(TooManyChunksError, match="more than 2 text chunks"):
        read_png(with_chunks(PLAIN, *texts), Limits(max_text_chunks=2))


def test_texts_in_every_packing() -> None:
    """Latin letters, packed ones and international ones come out as words; the first of a keyword counts."""
    facts = read(
        chunk(b"tEXt", b"Author\0Zo\xeb"),
        chunk(b"tEXt", b"Author\0Other"),
        chunk(b"zTXt", b"Title\0\0" + zlib.compress(b"T\xeate")),
        chunk(b"iTXt", b"Comment\0\0\0de\0Kommentar\0" + "Grüße".encode()),
        chunk(b"iTXt", b"Software\0\1\0\0\0" + zlib.compress("Größe".encode())),
        chunk(b"tIME", struct.pack(">HBBBBB", 2026, 5, 4, 3, 2, 1)),
    )
    assert dict(facts.texts) == {
        "Author": "Zoë", "Title": "Tête", "Comment": "Grüße", "Software": "Größe",
        "Modification Time": "2026-05-04T03:02:01",
    }  # fmt: skip


def test_xmp_is_no_text() -> None:
    """The packet stands by itself, and is not among the texts."""
    facts = read(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x/>"))
    assert (facts.xmp, facts.texts) == (b"<x/>", ())


def test_the_colours_as_the_file_tells_them() -> None:
    """gAMA, cHRM and cICP are numbers of their units; a profile or sRGB puts the first two aside."""
    gamma, points = chunk(b"gAMA", struct.pack(">I", 45_455)), tuple(range(10_000, 90_000, 10_000))
    chroma = chunk(b"cHRM", struct.pack(">8I", *points))
    facts = read(gamma, chroma, chunk(b"cICP", b"\x0c\x0d\0\1"))
    assert (facts.gamma, facts.code_points) == (0.45455, (12, 13))
    assert facts.chromaticities == tuple(value / 100_000 for value in points)
    for other in (chunk(b"sRGB", b"\0"), chunk(b"iCCP", b"x\0\0" + zlib.compress(b"profile"))):
        named = read(gamma, chroma, other)
        assert (named.gamma, named.chromaticities) == (None, None)
    assert read(chunk(b"gAMA", bytes(4))).gamma is None
    assert read(chunk(b"cHRM", bytes(31))).chromaticities is None


@pytest.mark.parametrize(
    "content", [b"", b"name", b"name\0\1x", b"name\0\0not packed", b"name\0\0" + zlib.compress(b"p")[:-1]]
)
def test_a_damaged_profile_is_told(content: bytes) -> None:
    """A profile that cannot be unpacked is left out with a note; a whole one has none."""
    facts = read(chunk(b"iCCP", content))
    assert (facts.icc, len(facts.notes)) == (None, 1)
    assert read(chunk(b"iCCP", b"name\0\0" + zlib.compress(b"profile"))).icc == b"profile"


@pytest.mark.parametrize(
    ("kind", "content", "key"),
    [
        (0, b"\1\2", (0x102,)),
        (2, b"\0\1\0\2\0\3", (1, 2, 3)),
        (2, b"\0\1", None),
        (6, b"\0\1\0\2\0\3", None),
        (0, b"", None),
    ],
)
def test_the_transparent_colour(kind: int, content: bytes, key: tuple[int, ...] | None) -> None:
    """Grey has one sample and RGB three, in 16 bits each; too few or a kind with alpha of its own have none."""
    assert read(chunk(b"tRNS", content), kind=kind).key == key


def test_what_stays_in_a_rewritten_file() -> None:
    """Structure of at most its right size stays, all else goes, and numbers of colours stay where asked for."""
    numbers = chunk(b"gAMA", bytes(4)) + chunk(b"cHRM", bytes(32)) + chunk(b"cICP", bytes(4))
    small = chunk(b"sRGB", b"\0") + chunk(b"pHYs", bytes(9)) + chunk(b"sBIT", bytes(3)) + chunk(b"bKGD", bytes(6))
    private = (
        chunk(b"tEXt", b"a\0b"),
        chunk(b"eXIf", b"x"),
        chunk(b"prIv", b"x"),
        chunk(b"sRGB", b"\0"),
        chunk(b"hIST", b"x"),
    )
    data = with_chunks(PLAIN, numbers, small, *private) + b"tail"
    assert write_png(data, Blocks()) == with_chunks(PLAIN, small)
    assert write_png(data, Blocks(numbers=True)) == with_chunks(PLAIN, numbers, small)
    assert write_png(with_chunks(PLAIN, chunk(b"pHYs", bytes(10))), Blocks()) == PLAIN


def test_blocks_are_written_where_readers_look() -> None:
    """Profile, EXIF and XMP stand behind the header, the profile in place of sRGB, and are read again."""
    written = write_png(with_chunks(PLAIN, chunk(b"sRGB", b"\0")), Blocks(exif=b"II*\0", xmp=b"<x/>", icc=b"profile"))
    assert written is not None
    assert [name for name, *_ in walk(written)] == [b"IHDR", b"iCCP", b"eXIf", b"iTXt", b"IDAT", b"IEND"]
    facts = read_png(written, Limits())
    assert (facts.exif, facts.xmp, facts.icc) == (b"II*\0", b"<x/>", b"profile")


def test_what_hides_behind_the_rows_makes_no_file() -> None:
    """Data that hold a byte more than the rows are not carried on."""
    packed = zlib.compress(b"\0" + bytes(12)) + b"x"
    header = struct.pack(">IIBBBBB", 4, 1, 8, 2, 0, 0, 0)
    assert write_png(PLAIN[:8] + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + END, Blocks()) is None


def test_pixels_need_four_chunks() -> None:
    """Header, palette, transparency and data are all that Pillow gets to see."""
    kept = chunk(b"PLTE", bytes(6)) + chunk(b"tRNS", b"\0")
    data = drawn_png([bytes(4)], 4, 1, 8, 3, chunk(b"gAMA", bytes(4)), kept, chunk(b"eXIf", b"x"))
    assert pixels_png(data + b"tail") == drawn_png([bytes(4)], 4, 1, 8, 3, kept)
