"""The chunks of a WebP, in files laid out by hand as RFC 9649 says."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from autok.decoding.container import Blocks
from autok.decoding.limits import Limits
from autok.decoding.webp import MAX_CHUNKS, read_webp, walk, write_webp
from autok.errors import AnimationError, CorruptImageError, TooLongSideError, TruncatedImageError
from support.uploads import corner_picture, saved

LOSSY = b"\0\0\0\x9d\x01\x2a" + (300).to_bytes(2, "little") + (0x4000 | 200).to_bytes(2, "little") + b"data"
LOSSLESS = b"\x2f" + (299 | 199 << 14 | 1 << 28).to_bytes(4, "little") + b"data"


def piece(name: bytes, content: bytes) -> bytes:
    """Return a chunk with its padding."""
    return name + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2)


def canvas(flags: int = 0, width: int = 300, height: int = 200) -> bytes:
    """Return the chunk of an extended file."""
    return piece(
        b"VP8X", bytes((flags, 0, 0, 0)) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    )


def riff(*pieces: bytes) -> bytes:
    """Return a file of these chunks."""
    body = b"WEBP" + b"".join(pieces)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def test_every_chunk_is_found_at_its_place() -> None:
    """An odd chunk is followed by a byte of padding, and what trails the container is none of its own."""
    data = riff(piece(b"AAAA", b"odd"), piece(b"BBBB", b""), piece(b"CCCC", b"even"))
    found = [(name, data[start:end]) for name, start, end in walk(data + b"tail of more than eight bytes")]
    assert found == [(b"AAAA", b"odd"), (b"BBBB", b""), (b"CCCC", b"even")]


@pytest.mark.parametrize("end", range(12, len(riff(canvas(), piece(b"VP8 ", LOSSY)))))
def test_a_file_cut_anywhere_is_told_as_cut(end: int) -> None:
    """The container says its length, so that every missing byte is known."""
    with pytest.raises(TruncatedImageError, match=f"after {end} bytes"):
        [*walk(riff(canvas(), piece(b"VP8 ", LOSSY))[:end])]


def test_a_chunk_longer_than_its_container_is_told_as_cut() -> None:
    """A chunk that claims more than the container holds misses its rest."""
    with pytest.raises(TruncatedImageError):
        [*walk(riff(b"VP8 \x09\0\0\0" + bytes(8)))]


def test_chunks_are_counted() -> None:
    """As many chunks as the bound are refused, one less is not."""
    assert len([*walk(riff(piece(b"AAAA", b"") * (MAX_CHUNKS - 1)))]) == MAX_CHUNKS - 1
    with pytest.raises(CorruptImageError, match=f"{MAX_CHUNKS:,} chunks"):
        [*walk(riff(piece(b"AAAA", b"") * MAX_CHUNKS))]


@pytest.mark.parametrize(
    "pieces", [(piece(b"VP8 ", LOSSY),), (piece(b"VP8L", LOSSLESS),), (canvas(), piece(b"VP8 ", LOSSY))]
)
def test_the_size_is_read_from_every_header(pieces: tuple[bytes, ...]) -> None:
    """Lossy, lossless and extended headers store sides in 14 bits, 14 bits less one and 24 bits less one."""
    facts = read_webp(riff(*pieces), Limits())
    assert (facts.width, facts.height, facts.shown) == (300, 200, True)


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        ((canvas(width=301), piece(b"VP8 ", LOSSY)), "301 x 200 pixels and its picture 300 x 200"),
        ((canvas(),), "no picture data"),
        ((piece(b"VP8 ", b"\0\0\0\x9d\x01\x2b" + bytes(9)),), "no picture data"),
        ((piece(b"VP8L", b"\x2e" + bytes(9)),), "no picture data"),
        ((), "no picture data"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(pieces: tuple[bytes, ...], words: str) -> None:
    """Canvas and picture must be of one size, and a picture must be there with its signature."""
    with pytest.raises(CorruptImageError, match=words):
        read_webp(riff(*pieces), Limits())


def test_limits_and_frames() -> None:
    """A side over the limit and two frames are refused; one frame alone is read, though browsers show none."""
    with pytest.raises(TooLongSideError, match="300 x 200"):
        read_webp(riff(piece(b"VP8 ", LOSSY)), Limits(max_side=299))
    frame = piece(b"ANMF", bytes(24))
    with pytest.raises(AnimationError, match="2 frames"):
        read_webp(riff(canvas(2), piece(b"ANIM", bytes(6)), frame, frame), Limits())
    assert not read_webp(riff(canvas(2), piece(b"ANIM", bytes(6)), frame), Limits()).shown


@pytest.mark.parametrize("head", [b"", b"Exif\0\0"])
def test_the_facts_of_a_file(head: bytes) -> None:
    """EXIF with the header of JPEG or without, XMP, the profile and names for the rest come from the chunks."""
    facts = read_webp(
        riff(
            canvas(), piece(b"ICCP", b"icc"), piece(b"VP8 ", LOSSY), piece(b"EXIF", head + b"II*\0"),
            piece(b"XMP ", b"<x/>"), piece(b"XMP ", b"<y/>"), piece(b"PRIV", b"x"),
        ) + b"tail",
        Limits(),
    )  # fmt: skip
    assert (facts.exif, facts.xmp, facts.icc) == (b"II*\0", b"<x/>", b"icc")
    assert facts.extras == ("application data", "trailing bytes (4)")


def test_the_rewritten_file_has_what_it_is_given_alone() -> None:
    """Without blocks a lossy picture needs no canvas; with them the canvas says which, in the standard's order."""
    data = riff(canvas(0x2C), piece(b"ICCP", b"old"), piece(b"VP8 ", LOSSY), piece(b"PRIV", b"SECRET")) + b"SECRET"
    assert write_webp(data, Blocks()) == riff(piece(b"VP8 ", LOSSY))
    blocks = Blocks(exif=b"odd", xmp=b"<x/>", icc=b"new!")
    parts = piece(b"ICCP", b"new!"), piece(b"VP8 ", LOSSY), piece(b"EXIF", b"odd"), piece(b"XMP ", b"<x/>")
    assert write_webp(data, blocks) == riff(canvas(0x2C), *parts)


def test_alpha_beside_a_lossy_picture_stays() -> None:
    """The plane of alpha needs the canvas and its flag, whatever the file's own flags were."""
    data = riff(canvas(0x04), piece(b"ALPH", b"\0abc"), piece(b"VP8 ", LOSSY), piece(b"XMP ", b"SECRET"))
    assert write_webp(data, Blocks()) == riff(canvas(0x10), piece(b"ALPH", b"\0abc"), piece(b"VP8 ", LOSSY))


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 60}])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_real_file_shows_the_same_behind_its_rewriting(mode: str, options: dict[str, object]) -> None:
    """What Pillow wrote decodes to the same pixels, alpha included, with blocks and without."""
    picture = corner_picture().convert(mode)
    picture.putpixel((3, 3), (9, 9, 9, 90)[: len(mode)])
    data = saved(picture, "WEBP", exif=b"Exif\0\0II*\0", **options)
    for blocks in (Blocks(), Blocks(icc=b"icc", xmp=b"<x/>")):
        shown, again = (Image.open(io.BytesIO(each)) for each in (data, write_webp(data, blocks)))
        assert shown.mode == again.mode == mode
        assert shown.tobytes() == again.tobytes()
