"""Decoding: formats, modes, orientations, and the kept original."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from autok.decoding import decode
from autok.models import SourceImage
from support.uploads import (
    chunk,
    corner_picture,
    drawn_png,
    orientation_exif,
    saved,
    segment,
    stored_turned,
    with_chunks,
    with_segments,
)

ERRORS = {"PNG": 0, "JPEG": 8, "WEBP": 8, "GIF": 0, "BMP": 0, "TIFF": 0, "AVIF": 8}
"""Mean error allowed by format, in 8-bit steps: none where it is lossless."""


def _pixels(source: SourceImage) -> np.ndarray:
    return np.asarray(source.image).astype(int)


def _mean_error(source: SourceImage, expected: Image.Image) -> float:
    assert source.image.size == expected.size
    return float(np.abs(_pixels(source)[..., :3] - np.asarray(expected.convert("RGB")).astype(int)).mean())


@pytest.mark.parametrize("plugin", ERRORS)
def test_formats(plugin: str) -> None:
    """Each format comes out in RGB with the pixels that went in."""
    picture = corner_picture().quantize(64).convert("RGB")
    source = decode(saved(picture, plugin))
    assert (source.image.mode, source.format) == ("RGB", plugin.lower())
    assert _mean_error(source, picture) <= ERRORS[plugin]


@pytest.mark.parametrize("plugin", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientations(plugin: str, orientation: int) -> None:
    """All eight orientations come out upright, and a kept original still looks upright."""
    picture = corner_picture()
    stored = stored_turned(picture, orientation)
    options = {"tiffinfo": {0x0112: orientation}} if plugin == "TIFF" else {"exif": orientation_exif(orientation)}
    source = decode(saved(stored, plugin, **options))
    assert _mean_error(source, picture) <= ERRORS[plugin]
    assert source.metadata.exif is None
    if source.original is not None:
        assert _mean_error(decode(source.original), picture) <= ERRORS[plugin]
    kept = plugin in ("JPEG", "AVIF") or (orientation == 1 and plugin in ("PNG", "WEBP"))
    assert (source.original is not None) == kept


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_senseless_orientation(orientation: int) -> None:
    """An orientation out of range is ignored."""
    assert (
        _mean_error(decode(saved(corner_picture(), "PNG", exif=orientation_exif(orientation))), corner_picture()) == 0
    )


@pytest.mark.parametrize(("depth", "kind"), [(1, 0), (2, 0), (4, 0), (1, 3), (2, 3), (4, 3)])
def test_low_depths(depth: int, kind: int) -> None:
    """Samples of 1, 2 and 4 bits span black to white, or name the colours of their palette."""
    levels = 1 << depth
    values = np.arange(8) % levels
    packed = int("".join(f"{value:0{depth}b}" for value in values), 2).to_bytes(depth, "big")
    palette = [chunk(b"PLTE", bytes(range(10, 10 + 3 * levels)))] if kind == 3 else []
    row = _pixels(decode(drawn_png([packed] * 2, 8, 2, depth, kind, *palette)))[1]
    expected = [[10 + 3 * v, 11 + 3 * v, 12 + 3 * v] if kind == 3 else [v * 255 // (levels - 1)] * 3 for v in values]
    assert row.tolist() == expected


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_gray_key(depth: int) -> None:
    """The one transparent grey level of a PNG is transparent, at every depth, and no other is."""
    values = list(range(min(1 << depth, 16)))
    samples = [value * 257 if depth == 16 else value for value in values]
    row = int("".join(f"{value:0{depth}b}" for value in samples), 2) << (-len(values) * depth) % 8
    packed = row.to_bytes((len(values) * depth + 7) // 8, "big")
    data = drawn_png([packed], len(values), 1, depth, 0, chunk(b"tRNS", samples[1].to_bytes(2, "big")))
    alpha = _pixels(decode(data))[0, :, 3]
    assert alpha.tolist() == [0 if value == 1 else 255 for value in values]


@pytest.mark.parametrize("depth", [8, 16])
def test_color_key(depth: int) -> None:
    """The one transparent colour of a PNG is transparent, and no other is."""
    size = depth // 8
    row = b"".join(bytes((level,)) * size for level in (1, 2, 3, 1, 2, 4))
    key = chunk(b"tRNS", b"".join((bytes((level,)) * size).rjust(2, b"\0") for level in (1, 2, 3)))
    source = decode(drawn_png([row], 2, 1, depth, 2, key))
    assert _pixels(source)[0].tolist() == [[1, 2, 3, 0], [1, 2, 4, 255]]


def test_palette_alpha() -> None:
    """A palette's alpha values reach the pixels, and an index without one is opaque."""
    chunks = chunk(b"PLTE", bytes(9)), chunk(b"tRNS", bytes((0, 128)))
    assert _pixels(decode(drawn_png([b"\0\1\2"], 3, 1, 8, 3, *chunks)))[0, :, 3].tolist() == [0, 128, 255]


@pytest.mark.parametrize("plugin", ["PNG", "TIFF"])
def test_wide_gray(plugin: str) -> None:
    """16-bit grey is scaled to 8 bits within half a step, nothing is clipped."""
    levels = np.linspace(0, 65535, 1024).astype(np.uint16).reshape(16, 64)
    got = _pixels(decode(saved(Image.fromarray(levels), plugin)))[..., 0]
    assert np.abs(got - levels / 257).max() <= 0.5


def test_wide_color() -> None:
    """16-bit RGB keeps its high bytes, one step off at most."""
    levels = np.linspace(0, 65535, 64 * 3).astype(">u2")
    got = _pixels(decode(drawn_png([levels.tobytes()], 64, 1, 16, 2))).reshape(-1)
    assert np.abs(got - levels.astype(float) / 257).max() <= 1


@pytest.mark.parametrize("mode", ["L", "LA", "1", "P", "RGBA", "CMYK"])
def test_modes(mode: str) -> None:
    """Every mode of Pillow that files hold comes out in RGB where it is opaque."""
    picture = corner_picture().convert(mode)
    source = decode(saved(picture, "TIFF" if mode == "CMYK" else "PNG"))
    assert source.image.mode == "RGB"
    assert _mean_error(source, picture) == 0


def test_alpha() -> None:
    """Alpha survives to the byte, colours under full transparency included."""
    picture = corner_picture().convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    source = decode(saved(picture, "PNG"))
    assert source.has_alpha
    assert np.array_equal(_pixels(source), np.asarray(picture))


def test_cmyk_jpeg() -> None:
    """A CMYK JPEG in Adobe's inverted form shows its colours, and its original is not kept."""
    picture = Image.new("CMYK", (16, 16), (255, 0, 0, 0))
    source = decode(saved(picture, "JPEG", quality=95))
    assert np.abs(_pixels(source) - [0, 255, 255]).max() <= 8
    assert source.original is None
    assert source.metadata.profile == "CMYK without a profile, converted to sRGB"


def test_small_frame() -> None:
    """A GIF whose picture is smaller than its screen is transparent around it."""
    data = bytearray(saved(Image.new("P", (4, 4), 1), "GIF"))
    data[6:10] = b"\x08\0\x06\0"
    source = decode(bytes(data))
    alpha = _pixels(source)[..., 3]
    assert source.image.size == (8, 6)
    assert alpha[:4, :4].min() == 255
    assert alpha.sum() == 255 * 16


def test_second_picture() -> None:
    """Of an MPO and of a TIFF with two pages the first picture is taken, and the report says so."""
    first, second = corner_picture(), Image.new("RGB", (48, 32), "red")
    for plugin in ("MPO", "TIFF"):
        target = io.BytesIO()
        first.copy().save(target, plugin, save_all=True, append_images=[second.copy()])
        source = decode(target.getvalue())
        assert _mean_error(source, first) < 8
        assert source.notes == ("Only the first picture was taken; the file holds more than one.",)
        if source.original is not None:
            assert len(source.original) < len(target.getvalue()) * 0.75


def test_arithmetic_original() -> None:
    """A JPEG that browsers do not show has no kept original."""
    jpeg = bytearray(saved(corner_picture(), "JPEG"))
    frame = jpeg.index(b"\xff\xc0")
    jpeg[frame + 1] = 0xC9
    assert decode(bytes(jpeg)).original is None


@pytest.mark.parametrize("plugin", ["PNG", "JPEG", "WEBP", "GIF", "AVIF"])
def test_original(plugin: str) -> None:
    """The kept original decodes to the same pixels, is never larger, and is its own original."""
    source = decode(saved(corner_picture(), plugin))
    assert source.original is not None
    assert len(source.original) <= len(source.data)
    again = decode(source.original)
    assert np.array_equal(_pixels(again), _pixels(source))
    assert again.original == source.original


def test_late_jfif_header() -> None:
    """A JFIF header behind other segments still decides how a kept original is read."""
    jpeg = saved(corner_picture(), "JPEG")
    late = with_segments(jpeg, segment(0xE5, b"SECRET"))
    assert decode(late).original == decode(jpeg).original


def test_stray_bytes_before_the_frame() -> None:
    """Stray bytes between a JPEG's header segments are forgiven and dropped."""
    jpeg = saved(corner_picture(), "JPEG")
    at = jpeg.index(b"\xff\xdb")
    assert decode(jpeg[:at] + b"\0\0" + jpeg[at:]).original == decode(jpeg).original


def test_damaged_ancillary_chunk() -> None:
    """A wrong checksum in a text chunk is forgiven, because no pixel depends on it."""
    data = with_chunks(saved(corner_picture(), "PNG"), chunk(b"tEXt", b"Comment\0x")[:-1] + b"\0")
    assert _mean_error(decode(data), corner_picture()) == 0


def test_info_is_empty() -> None:
    """Nothing of the file clings to the picture, from where an encoder would write it out."""
    exif = orientation_exif(1)
    for plugin in ("WEBP", "AVIF", "TIFF", "GIF"):
        assert decode(saved(corner_picture(), plugin, exif=exif)).image.info == {}
