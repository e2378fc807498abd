"""Limits that are checked before a pixel is decoded."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib
from dataclasses import replace

import pytest
from PIL import Image

from autok.decoding import Limits, decode
from autok.errors import (
    AnimationError,
    CorruptImageError,
    InputError,
    TooLongSideError,
    TooManyBytesError,
    TooManyChunksError,
    TooManyPixelsError,
    TooManyScansError,
)
from support.uploads import chunk, corner_picture, drawn_png, saved, segment, with_chunks, with_segments

SMALL = Limits(max_bytes=4000, max_pixels=1000, max_side=60)
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")


def test_bytes() -> None:
    """A file one byte over the limit is refused with both numbers, one at the limit is not."""
    data = saved(corner_picture(), "PNG")
    assert decode(data, replace(SMALL, max_bytes=len(data), max_pixels=2000)).width == 48
    with pytest.raises(TooManyBytesError, match=f"{len(data)} bytes.*{len(data) - 1}"):
        decode(data, replace(SMALL, max_bytes=len(data) - 1))


@pytest.mark.parametrize("plugin", FORMATS)
def test_pixels(plugin: str) -> None:
    """In every format a picture over the pixel limit is refused with its size."""
    data = saved(corner_picture(40, 30), plugin)
    with pytest.raises(TooManyPixelsError, match="40 x 30"):
        decode(data, replace(SMALL, max_bytes=10**6))


@pytest.mark.parametrize("plugin", FORMATS)
def test_sides(plugin: str) -> None:
    """In every format a picture with too long a side is refused with its size."""
    data = saved(corner_picture(70, 10), plugin)
    with pytest.raises(TooLongSideError, match="70 x 10"):
        decode(data, replace(SMALL, max_bytes=10**6))


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 0)])
def test_empty_side(width: int, height: int) -> None:
    """A side of no pixels is damage."""
    with pytest.raises(CorruptImageError, match=f"{width} x {height}"):
        decode(drawn_png([b"\0"], width, height, 8, 0))


def _headers() -> list[bytes]:
    jpeg = bytearray(saved(corner_picture(), "JPEG"))
    frame = jpeg.index(b"\xff\xc0")
    jpeg[frame + 5 : frame + 9] = b"\xfa\xfa\xfa\xfa"
    gif = bytearray(saved(corner_picture(), "GIF"))
    gif[6:10] = b"\xff\xff\xff\xff"
    webp = b"VP8X\x0a\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\x00VP8L\x06\0\0\0\x2f\0\0\0\0\0"
    bmp = bytearray(saved(corner_picture(), "BMP"))
    bmp[18:26] = struct.pack("<ii", 60000, 60000)
    return [
        drawn_png([b"\0"], 2**31 - 1, 2**31 - 1, 16, 6),
        drawn_png([b"\0"], 16000, 16000, 1, 0),
        bytes(jpeg),
        bytes(gif),
        b"RIFF" + struct.pack("<I", len(webp) + 4) + b"WEBP" + webp,
        bytes(bmp),
    ]


@pytest.mark.parametrize("data", _headers(), ids=["png-huge", "png-1bit", "jpeg", "gif", "webp", "bmp"])
def test_bombs(data: bytes) -> None:
    """A header that claims gigapixels is refused without memory for them."""
    tracemalloc.start()
    try:
        with pytest.raises(InputError):
            decode(data)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_scans() -> None:
    """A JPEG that repeats its scans is refused before it is decoded, at one scan over the limit."""
    data = saved(corner_picture(), "JPEG", progressive=True)
    start = data.index(b"\xff\xda")
    scan = data[start : data.index(b"\xff\xc4", start)] if b"\xff\xc4" in data[start:] else data[start:-2]
    count = data.count(b"\xff\xda")
    longer = data[:-2] + scan * 200 + data[-2:]
    with pytest.raises(TooManyScansError, match="more than 100 scans"):
        decode(longer)
    assert decode(data, Limits(max_scans=count)).width == 48
    with pytest.raises(TooManyScansError):
        decode(data, Limits(max_scans=count - 1))


def test_text_chunks() -> None:
    """A PNG with one text chunk over the limit is refused, one at the limit is not."""
    data = saved(corner_picture(), "PNG")
    texts = [chunk(b"tEXt", b"Comment\0x")] * 50
    assert decode(with_chunks(data, *texts)).width == 48
    with pytest.raises(TooManyChunksError, match="50 text chunks"):
        decode(with_chunks(data, *texts, chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"x"))))


def test_text_bomb() -> None:
    """Text that inflates to 100 MB is dropped without being inflated."""
    bomb = zlib.compress(bytes(100_000_000), 9)
    tracemalloc.start()
    try:
        source = decode(
            with_chunks(
                saved(corner_picture(), "PNG"),
                chunk(b"zTXt", b"Comment\0\0" + bomb),
                chunk(b"iTXt", b"Comment\0\1\0\0\0" + bomb),
            ),
            metadata="all",
        )
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()
    assert source.metadata.removed == ("comment",)


def test_profile_bomb() -> None:
    """A profile that inflates to 100 MB is ignored with a note, without being inflated."""
    profile = chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(100_000_000), 9))
    tracemalloc.start()
    try:
        source = decode(with_chunks(saved(corner_picture(), "PNG"), profile))
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
    assert source.metadata.icc_profile is None
    assert any("profile" in note for note in source.notes)


def test_many_parts() -> None:
    """Millions of empty parts cost nothing, because counting stops at a bound."""
    png = with_chunks(saved(corner_picture(), "PNG"), chunk(b"juNk", b"") * 150_000)
    jpeg = with_segments(saved(corner_picture(), "JPEG"), segment(0xFE, b"") * 50_000)
    with pytest.raises(TooManyChunksError, match="100,000 chunks"):
        decode(png)
    with pytest.raises(CorruptImageError, match="20,000 segments"):
        decode(jpeg)


@pytest.mark.parametrize("plugin", ["PNG", "GIF", "WEBP", "AVIF"])
def test_animations(plugin: str) -> None:
    """An animation is refused with the number of its frames."""
    frames = [Image.new("RGB", (24, 24), color) for color in ("red", "lime", "blue")]
    target = io.BytesIO()
    frames[0].save(target, plugin, save_all=True, append_images=frames[1:], duration=100)
    with pytest.raises(AnimationError, match="3 frames"):
        decode(target.getvalue())


def test_limit_above_that_of_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit above Pillow's own counts, and Pillow's own is left as it was."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert decode(saved(corner_picture(), "TIFF")).pixel_count == 48 * 32
    assert Image.MAX_IMAGE_PIXELS == 100
    with pytest.raises(TooManyPixelsError):
        decode(saved(corner_picture(), "TIFF"), Limits(max_pixels=50))
