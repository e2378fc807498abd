"""Nothing private leaves the engine: fifty uploads full of it, in every format and with every kind of hiding place."""

from __future__ import annotations

import io
import random
import struct
import zlib

import pytest
from PIL import Image

from autok.options import Options
from autok.pipeline import compress
from support.uploads import (
    SECRET,
    chunk,
    corner_picture,
    private_exif,
    saved,
    segment,
    srgb_profile,
    with_chunks,
    with_riff_chunks,
    with_segments,
)

XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">SECRET <script>alert("SECRET")</script></x:xmpmeta>'
TAILS = (
    b"PK\3\4SECRET.txtSECRETPK\5\6" + bytes(18),
    b"<html><script>alert('SECRET')</script></html>",
    b"%PDF-1.7\n1 0 obj<</S/JavaScript/JS(SECRET)>>endobj\n%%EOF",
    b"#!/bin/sh\necho SECRET\n",
    b"\xff\xd8\xff\xe1\0\x0eExif\0\0SECRET\xff\xd9",
)
MARKERS = (SECRET, b"<script", b"%PDF", b"PK\3\4", b"JavaScript", b"#!/bin", b"Ada Lovelace", b"adobe:ns:meta")
PNG_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"IDAT", b"IEND"}
JPEG_SEGMENTS = {0xC0, 0xC1, 0xC2, 0xC4, 0xDA, 0xDB, 0xDD, 0xE0, 0xE1, 0xE2, 0xEE}
WEBP_CHUNKS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP", b"EXIF"}
GIF_EXTENSIONS = {0xF9}
KINDS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF")
WISHES = ("auto", "keep", "png", "jpeg", "webp", "avif", "any")
TYPES = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP", "avif": "AVIF", "gif": "GIF", "tiff": "TIFF"}


def make_upload(number: int) -> tuple[bytes, Options]:
    """Return a file with private data in some of the places that its format has, and the options to use."""
    rng = random.Random(number)
    kind = KINDS[number % len(KINDS)]
    picture = corner_picture(rng.choice((48, 33)), rng.choice((32, 21)))
    exif = private_exif(rng.randint(1, 8))
    if kind == "JPEG":
        places = [
            segment(0xE1, b"Exif\0\0" + exif),
            segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
            segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x06SECRET"),
            segment(0xFE, rng.choice(TAILS)),
            segment(0xE0, b"JFXX\0\x10SECRET"),
            segment(rng.choice((0xE3, 0xE8, 0xEF)), b"SECRET"),
        ]
        data = with_segments(saved(picture, kind, progressive=rng.random() < 0.5), *rng.sample(places, 4))
    elif kind == "PNG":
        places = [
            chunk(b"eXIf", exif),
            chunk(b"tEXt", b"Comment\0" + rng.choice(TAILS)),
            chunk(b"zTXt", b"Title\0\0" + zlib.compress(b"SECRET")),
            chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
            chunk(b"prVt", b"SECRET"),
            chunk(b"sPLT", b"SECRET\0\x08" + bytes(6)),
        ]
        mode = rng.choice(("RGB", "RGBA", "L"))
        data = with_chunks(saved(picture.convert(mode), kind), *rng.sample(places, 4))
    elif kind == "WEBP":
        data = saved(
            picture, kind, exif=b"Exif\0\0" + exif, xmp=XMP, icc_profile=srgb_profile(), lossless=rng.random() < 0.5
        )
        data = with_riff_chunks(data, (b"PRIV", b"SECRET"))
    elif kind == "GIF":
        data = saved(picture, kind, comment=b"SECRET " + rng.choice(TAILS)[:200])
    elif kind == "TIFF":
        data = saved(picture, kind, tiffinfo={270: "SECRET", 315: "Ada Lovelace", 33432: "SECRET", 700: XMP})
    else:
        data = saved(picture, kind, exif=b"Exif\0\0" + exif, xmp=XMP)
    tail = b"" if kind in ("TIFF", "AVIF") else rng.choice(TAILS)
    wish = {"format": WISHES[number % len(WISHES)], "colors": rng.choice(("auto", 8))}
    return data + tail, Options.parse(wish)


def parts_of(data: bytes, kind: str) -> set[bytes] | set[int]:
    """Return the names of everything that a PNG, JPEG, WebP or GIF file is made of."""
    found: list[bytes] | list[int] = []
    if kind == "png":
        at = 8
        while at < len(data):
            found.append(data[at + 4 : at + 8])  # type: ignore[arg-type]
            at += 12 + struct.unpack_from(">I", data, at)[0]
    elif kind == "webp":
        at = 12
        while at < len(data):
            found.append(data[at : at + 4])  # type: ignore[arg-type]
            size = struct.unpack_from("<I", data, at + 4)[0]
            at += 8 + size + size % 2
    elif kind == "jpeg":
        at = 2
        while data[at : at + 2] != b"\xff\xd9":
            assert data[at] == 0xFF
            found.append(data[at + 1])  # type: ignore[arg-type]
            at += 2 + struct.unpack_from(">H", data, at + 2)[0]
            while not (data[at] == 0xFF and data[at + 1] not in (0, *range(0xD0, 0xD8))):
                at += 1
        at += 2
    else:
        at = len(data)
        image = Image.open(io.BytesIO(data))
        assert set(image.info) <= {"version", "background", "transparency", "duration", "exif"}, kind
    assert at == len(data)
    return set(found)  # type: ignore[return-value]


ALLOWED = {"png": PNG_CHUNKS, "jpeg": JPEG_SEGMENTS, "webp": WEBP_CHUNKS}


@pytest.mark.parametrize("number", range(50))
def test_nothing_private_comes_out(number: int) -> None:
    """No marker byte is in the result, it is made of known parts alone, and it is what its content type says."""
    data, options = make_upload(number)
    assert any(marker in data for marker in MARKERS)
    result, report = compress(data, options)
    for marker in MARKERS:
        assert marker not in result
    output = report.content["output"]
    assert output["content_type"] == f"image/{output['format']}"
    image = Image.open(io.BytesIO(result))
    assert image.format == TYPES[output["format"]]
    assert parts_of(result, output["format"]) <= ALLOWED.get(output["format"], set())
    assert image.info.get("xmp") is None
    exif = image.getexif()
    assert set(exif) <= {0x0112}
    assert dict(exif.get_ifd(0x8825)) == {}


def test_the_fifty_hold_every_kind_of_private_data() -> None:
    """Position, XMP, comments, scripts, archives and documents are all among what went in, in six formats."""
    every = [make_upload(number)[0] for number in range(50)]
    for marker in MARKERS:
        assert sum(marker in data for data in every) >= 3
    assert {Image.open(io.BytesIO(data)).format for data in every} == set(KINDS)
    assert sum(bool(Image.open(io.BytesIO(data)).getexif().get_ifd(0x8825)) for data in every) >= 15
