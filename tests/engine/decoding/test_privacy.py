"""No private byte in anything that leaves the decoder."""

from __future__ import annotations

import struct
import zlib

import pytest

from autok.decoding import decode
from autok.decoding.exif import parse_exif
from autok.models import SourceImage
from support.uploads import (
    AUTHOR,
    RIGHTS,
    SECRET,
    STAMP,
    chunk,
    corner_picture,
    private_exif,
    saved,
    segment,
    with_chunks,
    with_riff_chunks,
    with_segments,
)

XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">SECRET xmp</x:xmpmeta>'
TAIL = b"PK\3\4 SECRET tail"


def _jpeg() -> bytes:
    jpeg = with_segments(
        saved(corner_picture(), "JPEG"),
        segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\4\1SECRET jfif!"),
        segment(0xE0, b"JFXX\0SECRET"),
        segment(0xE1, b"Exif\0\0" + private_exif()),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
        segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0SECRET"),
        segment(0xED, b"Photoshop 3.0\0SECRET"),
        segment(0xEE, b"Adobe\0\x64\0\0\0\0\1SECRET"),
        segment(0xEB, b"SECRET"),
        segment(0xFE, b"SECRET comment"),
    )
    return jpeg + TAIL


def _png() -> bytes:
    private = [
        chunk(b"eXIf", private_exif()),
        chunk(b"tEXt", b"Comment\0SECRET comment"),
        chunk(b"zTXt", b"Software\0\0" + zlib.compress(b"SECRET software")),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
        chunk(b"tIME", bytes((7, 234, 5, 4, 3, 2, 1))),
        chunk(b"prIv", b"SECRET"),
        chunk(b"hIST", b"SECRET"),
        chunk(b"pHYs", b"SECRET far too long for this chunk"),
        chunk(b"sRGB", b"\0"),
        chunk(b"sRGB", b"SECRET"),
    ]
    return with_chunks(saved(corner_picture(), "PNG"), *private) + TAIL


def _webp() -> bytes:
    webp = saved(corner_picture(), "WEBP", exif=b"Exif\0\0" + private_exif(), xmp=XMP)
    return with_riff_chunks(webp, (b"PRIV", b"SECRET")) + TAIL


def _gif() -> bytes:
    gif = saved(corner_picture(), "GIF", comment=b"SECRET comment")
    at = gif.index(b"\x21\xfe")
    xmp = b"\x21\xff\x0bXMP DataXMP\x06SECRET\0"
    return gif[:at] + xmp + b"\x21\xff\x0bSECRETapp!!\x01x\0" + gif[at:] + TAIL


PRIVATE = {"jpeg": _jpeg(), "png": _png(), "webp": _webp(), "gif": _gif()}
OTHERS = {
    "tiff": saved(corner_picture(), "TIFF", tiffinfo={270: "SECRET text", 315: AUTHOR, 33432: RIGHTS, 306: STAMP}),
    "avif": saved(corner_picture(), "AVIF", exif=b"Exif\0\0" + private_exif(), xmp=XMP),
}
EVERY = PRIVATE | OTHERS


def _leaving(source: SourceImage) -> bytes:
    metadata = source.metadata
    return b"".join((source.original or b"", metadata.exif or b"", metadata.xmp or b"", metadata.icc_profile or b""))


@pytest.mark.parametrize("which", ["none", "copyright"])
@pytest.mark.parametrize("name", EVERY)
def test_no_secret_leaves(name: str, which: str) -> None:
    """Neither the kept original nor the metadata hold one private text, in any format."""
    assert SECRET in EVERY[name]
    source = decode(EVERY[name], metadata=which)
    assert SECRET not in _leaving(source)
    assert SECRET not in saved(source.image, "PNG")
    assert (source.original is not None) == (name in PRIVATE or (name == "avif" and which == "none"))


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "avif"])
def test_removed_names(name: str) -> None:
    """The report names in plain words what was removed."""
    removed = set(decode(EVERY[name]).metadata.removed)
    assert removed >= {
        "GPS position", "XMP", "author", "camera make and model", "camera serial number", "copyright", "date",
        "lens serial number", "maker note",
    }  # fmt: skip
    # Pillow writes no thumbnail into an AVIF.
    assert name == "avif" or "thumbnail" in removed
    assert name == "avif" or f"trailing bytes ({len(TAIL)})" in removed
    assert name == "avif" or "application data" in removed


def test_format_names() -> None:
    """What only one format has is named too."""
    assert {"comment", "Photoshop and IPTC data"} <= set(decode(PRIVATE["jpeg"]).metadata.removed)
    assert {"comment", "software"} <= set(decode(PRIVATE["png"]).metadata.removed)
    assert set(decode(PRIVATE["gif"]).metadata.removed) == {
        "XMP", "application data", "comment", f"trailing bytes ({len(TAIL)})"
    }  # fmt: skip
    assert set(decode(OTHERS["tiff"]).metadata.removed) == {"author", "copyright", "date", "description"}


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "tiff", "avif"])
def test_copyright(name: str) -> None:
    """Under copyright, author, rights and dates stay and nothing else does."""
    metadata = decode(EVERY[name], metadata="copyright").metadata
    assert metadata.kept == ("author", "copyright", "date")
    assert metadata.exif is not None
    for text in (AUTHOR, RIGHTS, STAMP):
        assert text.encode() in metadata.exif
    assert "GPS position" not in metadata.kept
    assert metadata.xmp is None


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "avif"])
def test_all(name: str) -> None:
    """Under all, everything stays but the thumbnail and what trails the file, in the kept original too."""
    source = decode(EVERY[name], metadata="all")
    assert {"GPS position", "XMP", "author", "camera serial number", "maker note"} <= set(source.metadata.kept)
    assert name == "avif" or "thumbnail" in source.metadata.removed
    leaving = _leaving(source)
    assert b"SECRET position" in leaving
    assert XMP in leaving
    assert b"SECRET thumbnail" not in leaving
    assert b"SECRET tail" not in leaving
    if source.original is not None:
        assert decode(source.original, metadata="all").metadata.kept == source.metadata.kept


def test_orientation_under_all() -> None:
    """Under all, results are told to be upright, while the kept original keeps its own orientation."""
    source = decode(
        with_segments(saved(corner_picture(), "JPEG"), segment(0xE1, b"Exif\0\0" + private_exif(6))), metadata="all"
    )
    assert parse_exif(source.metadata.exif).orientation == 1
    assert source.original is not None
    assert decode(source.original).image.size == source.image.size == (32, 48)


def test_text_fields() -> None:
    """PNG text fields become EXIF: author, rights and creation time on request, comments under all."""
    data = with_chunks(
        saved(corner_picture(), "PNG"),
        chunk(b"tEXt", b"Author\0" + AUTHOR.encode()),
        chunk(b"iTXt", b"Copyright\0\1\0\0\0" + zlib.compress(RIGHTS.encode())),
        chunk(b"tEXt", b"Creation Time\x00Mon, 04 May 2026 03:02:01 GMT"),
        chunk(b"tEXt", b"Comment\0SECRET comment"),
    )
    some, everything = (decode(data, metadata=which).metadata for which in ("copyright", "all"))
    assert some.exif is not None
    assert everything.exif is not None
    for text in (AUTHOR, RIGHTS, STAMP):
        assert text.encode() in some.exif
        assert text.encode() in everything.exif
    assert SECRET not in some.exif
    assert b"SECRET comment" in everything.exif
    assert some.removed == ("comment",)


def test_greedy_thumbnail() -> None:
    """A thumbnail that claims the room of other entries costs itself alone."""
    exif = private_exif()
    block = parse_exif(exif)
    start = block.thumbnail.find(0x0201)
    size = block.thumbnail.find(0x0202)
    assert start is not None
    assert size is not None
    greedy = bytearray(exif)
    struct.pack_into(block.order + "I", greedy, start.at, 8)
    struct.pack_into(block.order + "I", greedy, size.at, len(exif) - 8)
    source = decode(with_chunks(saved(corner_picture(), "PNG"), chunk(b"eXIf", bytes(greedy))), metadata="all")
    assert {"GPS position", "author", "camera serial number"} <= set(source.metadata.kept)


def test_nothing_to_keep() -> None:
    """A file without metadata yields none, whatever is asked for."""
    for which in ("none", "copyright", "all"):
        metadata = decode(saved(corner_picture(), "PNG"), metadata=which).metadata
        assert (metadata.exif, metadata.xmp, metadata.removed, metadata.kept) == (None, None, (), ())


def test_long_block() -> None:
    """A block too long for a JPEG segment is written anew without its maker note."""
    exif = private_exif() + bytes(70_000)
    source = decode(with_chunks(saved(corner_picture(), "PNG"), chunk(b"eXIf", exif)), metadata="all")
    assert source.metadata.exif is not None
    assert len(source.metadata.exif) < 2000
    assert {"GPS position", "author", "camera serial number"} <= set(source.metadata.kept)
    assert "maker note" in source.metadata.removed
