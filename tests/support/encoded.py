"""One check that every writer must pass, and readers of what a file carries beside its pixels."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageCms

from autok.encoding import decode_pixels
from autok.formats import Format
from autok.models import Metadata

SIDES = ((1, 1), (1, 9), (9, 1), (3, 5), (16, 16), (33, 17))
"""Widths and heights around the sizes of blocks."""

_STAMPED = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
PROFILE = _STAMPED[:24] + bytes(12) + _STAMPED[36:]
"""A profile without the time of its making."""
EXIF = b"MM\0*\0\0\0\x08\0\x01\x82\x98\0\x02\0\0\0\x08\0\0\0\x1aA. Nobod\0\0\0\0"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
FULL = Metadata(icc_profile=PROFILE, exif=EXIF, xmp=XMP)
NOTHING = Metadata()

Write = Callable[[Image.Image, Metadata], bytes]


def smooth(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Return a picture without noise or hard edges, every channel different; alpha runs from 40 to 255."""
    y, x = np.mgrid[0:height, 0:width]
    u, v = np.abs(x / 96 % 2 - 1), np.abs(y / 96 % 2 - 1)
    planes = [60 + 120 * u, 200 - 90 * v, 90 + 60 * (1 - u) * v, 40 + 215 * (1 - u * v)]
    return Image.fromarray(np.stack(planes[: len(mode)], axis=-1).round().astype(np.uint8))


def dirty(image: Image.Image) -> Image.Image:
    """Return the picture with everything in its ``info`` that Pillow would write on its own accord."""
    image = image.copy()
    image.info.update(
        icc_profile=b"secret profile", exif=b"Exif\0\0secret", xmp=b"secret", comment=b"secret", dpi=(301, 301)
    )
    return image


def check_encoder(write: Write, kind: Format, modes: tuple[str, ...], tolerance: float) -> None:
    """Check sizes, modes, likeness, repeatability and what is carried, at awkward sizes.

    `tolerance` is the largest mean difference of a channel over the picture.
    """
    for mode in modes:
        for width, height in SIDES:
            image = smooth(width, height, mode)
            data = write(image, NOTHING)
            assert data == write(dirty(image), NOTHING)
            assert b"secret" not in data
            decoded = decode_pixels(data, kind)
            assert decoded.size == (width, height)
            assert decoded.mode == mode or (mode == "RGBA" and image.getextrema()[3] == (255, 255))
            shown = np.asarray(decoded.convert(mode), dtype=int)
            assert np.abs(shown - np.asarray(image)).mean() <= tolerance
    image = smooth(24, 16, modes[-1])
    carried = carries(write(image, FULL))
    assert carried == (PROFILE, EXIF, XMP)
    assert carries(write(image, NOTHING)) == (None, None, None)


def carries(data: bytes) -> tuple[bytes | None, bytes | None, bytes | None]:
    """Return the profile, EXIF (without its header) and XMP in a file."""
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        exif = image.info.get("exif")
        return image.info.get("icc_profile"), exif and exif.removeprefix(b"Exif\0\0"), image.info.get("xmp")


def png_chunks(data: bytes) -> dict[str, bytes]:
    """Return a PNG's chunks by name; image data is joined."""
    chunks: dict[str, bytes] = {}
    place = 8
    while place < len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        name = data[place + 4 : place + 8].decode("ascii")
        chunks[name] = chunks.get(name, b"") + data[place + 8 : place + 8 + length]
        place += 12 + length
    return chunks


def jpeg_markers(data: bytes) -> list[int]:
    """Return the second bytes of a JPEG's markers up to its first scan."""
    markers = []
    place = 2
    while data[place + 1] != 0xDA:
        markers.append(data[place + 1])
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return [*markers, 0xDA]
