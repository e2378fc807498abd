"""Damaged and cut files end in typed errors, whatever is wrong with them."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autok.decoding import decode
from autok.errors import CorruptImageError, InputError, TruncatedImageError, UnsupportedFormatError
from autok.models import SourceImage
from support.uploads import (
    chunk,
    corner_picture,
    drawn_png,
    private_exif,
    saved,
    segment,
    srgb_profile,
    with_chunks,
    with_segments,
)

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def _samples() -> dict[str, bytes]:
    picture = corner_picture()
    exif, profile = b"Exif\0\0" + private_exif(6), srgb_profile()
    samples = {
        f"{plugin.lower()}": saved(picture, plugin, exif=exif, icc_profile=profile)
        for plugin in ("PNG", "JPEG", "WEBP", "AVIF")
    }
    samples["progressive"] = saved(picture, "JPEG", progressive=True, exif=exif)
    samples["lossless"] = saved(picture, "WEBP", lossless=True)
    samples["palette"] = saved(picture.quantize(16), "PNG", transparency=3)
    return samples | {plugin.lower(): saved(picture, plugin) for plugin in ("GIF", "BMP", "TIFF")}


SAMPLES = _samples()


@pytest.mark.parametrize(
    "name", ["png", "palette", "jpeg", "progressive", "webp", "lossless", "gif", "bmp", "tiff", "avif"]
)
def test_truncation(name: str) -> None:
    """A file cut at any twentieth of its length is refused, as cut off wherever its format is still known."""
    data = SAMPLES[name]
    kinds = set()
    for step in range(1, 20):
        with pytest.raises(InputError) as caught:
            decode(data[: len(data) * step // 20])
        kinds.add(type(caught.value))
    assert TruncatedImageError in kinds
    assert kinds <= {TruncatedImageError, UnsupportedFormatError, CorruptImageError}


@pytest.mark.parametrize(
    "data", [b"\xff\xd8\xff", SIGNATURE, b"GIF89a", b"RIFF\x04\0\0\0WEBP", b"BM" + bytes(30), b"II*\0"]
)
def test_signatures_alone(data: bytes) -> None:
    """The first bytes of a format without anything behind them are damage."""
    with pytest.raises((TruncatedImageError, CorruptImageError)):
        decode(data)


def test_missing_end_marker() -> None:
    """A JPEG without its end marker counts as cut off."""
    with pytest.raises(TruncatedImageError, match="end marker"):
        decode(SAMPLES["jpeg"][:-2])


@pytest.mark.parametrize("name", [b"IHDR", b"IDAT"])
def test_checksums(name: bytes) -> None:
    """A wrong checksum in a chunk that pixels depend on is refused by the chunk's name."""
    data = bytearray(saved(corner_picture(), "PNG"))
    at = data.index(name)
    data[at + 4 + struct.unpack(">I", data[at - 4 : at])[0]] ^= 1
    with pytest.raises(CorruptImageError, match=name.decode()):
        decode(bytes(data))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (drawn_png([b"\0"], 1, 1, 8, 1), "colour type 1 with 8 bits"),
        (drawn_png([b"\0"], 1, 1, 0, 2), "colour type 2 with 0 bits"),
        (drawn_png([b"\0"], 1, 1, 8, 3), "palette"),
        (SIGNATURE + chunk(b"IDAT", b"x"), "header chunk"),
        (SIGNATURE + chunk(b"IHDR", b"x"), "1 bytes instead of 13"),
        (SIGNATURE + drawn_png([b"\0"], 1, 1, 8, 0)[8:33] + chunk(b"IEND", b""), "no picture data"),
        (
            drawn_png([b"\0"], 9, 9, 8, 0)[:33] + chunk(b"IDAT", b"not deflate") + chunk(b"IEND", b""),
            "cannot be decoded",
        ),
    ],
)
def test_senseless_png(data: bytes, words: str) -> None:
    """A PNG that contradicts its format is refused with the contradiction."""
    with pytest.raises(CorruptImageError, match=words):
        decode(data)


@pytest.mark.parametrize(
    ("old", "new", "error", "words"),
    [
        (b"\xff\xc0", b"\xff\xc3", UnsupportedFormatError, "coding process 3"),
        (b"\xff\xc0\x00\x11\x08", b"\xff\xc0\x00\x11\x0c", UnsupportedFormatError, "12 bits"),
        (b"\xff\xc0\x00\x11", b"\xff\xc0\x00\x03", CorruptImageError, "too short"),
        (b"\xff\xc0", b"\xff\xfd", CorruptImageError, "no picture"),
        (b"\xff\xdb", b"\xff\x10", CorruptImageError, "no segment starts"),
    ],
)
def test_senseless_jpeg(old: bytes, new: bytes, error: type[InputError], words: str) -> None:
    """A JPEG of a process that is not read, or that contradicts its format, is refused with the reason."""
    with pytest.raises(error, match=words):
        decode(saved(corner_picture(), "JPEG").replace(old, new, 1))


def test_stray_bytes_behind_a_scan() -> None:
    """A false marker inside of a JPEG's scan is damage, never the silent loss of the rest."""
    data = saved(corner_picture(200, 200), "JPEG", quality=95)
    at = data.index(b"\xff\xda") + 600
    with pytest.raises(CorruptImageError, match="damaged at byte"):
        decode(data[:at] + b"\xff\xfe\x00\x20" + data[at:])


def test_contradicting_webp() -> None:
    """A WebP whose canvas and picture differ in size, or without a picture, is refused."""
    data = bytearray(saved(corner_picture(), "WEBP", exif=b"Exif\0\0" + private_exif()))
    data[24] += 1
    with pytest.raises(CorruptImageError, match="49 x 32"):
        decode(bytes(data))
    with pytest.raises(CorruptImageError, match="no picture data"):
        decode(b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0" + bytes(10))


def test_harmless_damage() -> None:
    """Damaged metadata cost nothing but themselves."""
    noise = random.Random(4).randbytes(400)
    jpeg = saved(corner_picture(), "JPEG")
    source = decode(
        with_segments(jpeg, segment(0xE1, b"Exif\0\0" + noise), segment(0xE2, b"ICC_PROFILE\0\1\1" + noise))
    )
    assert source.original == decode(jpeg).original
    assert len(source.notes) == 1
    png = saved(corner_picture(), "PNG")
    damaged = with_chunks(
        png, chunk(b"eXIf", noise), chunk(b"iCCP", noise), chunk(b"zTXt", noise), chunk(b"tIME", b"x")
    )
    assert decode(damaged).original == decode(png).original


def test_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little memory is told as such, not as damage."""
    from PIL import ImageFile

    from autok.errors import MemoryLimitError

    def fail(self: ImageFile.ImageFile) -> None:
        raise MemoryError

    monkeypatch.setattr(ImageFile.ImageFile, "load", fail)
    with pytest.raises(MemoryLimitError, match="more memory"):
        decode(saved(corner_picture(), "BMP"))


def _survive(data: bytes, metadata: str) -> SourceImage | None:
    """Return the picture, or None where the bytes are refused as they may be."""
    try:
        source = decode(data, metadata=metadata)
    except InputError as error:
        return None if str(error).endswith(".") else pytest.fail(f"no sentence: {error}")
    assert source.image.mode in ("RGB", "RGBA")
    return source


@settings(max_examples=400)
@given(
    name=st.sampled_from(sorted(SAMPLES)),
    places=st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), min_size=1, max_size=12),
    cut=st.integers(0, 60),
    metadata=st.sampled_from(["none", "copyright", "all"]),
)
def test_mutations(name: str, places: list[tuple[int, int]], cut: int, metadata: str) -> None:
    """Bytes changed anywhere give a picture or a typed error of the input, never anything else."""
    data = bytearray(SAMPLES[name])
    for at, value in places:
        data[at % len(data)] = value
    source = _survive(bytes(data[: len(data) - (cut if cut < 20 else 0)]), metadata)
    if source is not None and source.original is not None:
        assert decode(source.original).image.size == source.image.size


@settings(max_examples=150)
@given(
    name=st.sampled_from(
        [b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"eXIf", b"acTL", b"tEXt", b"iTXt"]
    ),
    content=st.binary(max_size=60),
    kind=st.sampled_from([0, 2, 3, 4, 6]),
    metadata=st.sampled_from(["none", "copyright", "all"]),
)
def test_chunk_contents(name: bytes, content: bytes, kind: int, metadata: str) -> None:
    """A PNG chunk with any content under a right checksum gives a picture or a typed error of the input."""
    palette = [chunk(b"PLTE", bytes(9))] if kind == 3 and name != b"PLTE" else []
    row = bytes({0: 4, 2: 12, 3: 4, 4: 8, 6: 16}[kind])
    _survive(drawn_png([row] * 2, 4, 2, 8, kind, *palette, chunk(name, content)), metadata)
