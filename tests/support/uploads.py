"""Uploads drawn in code: files of every format, with and without what is private or wrong."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np
from PIL import Image, ImageCms

from autok.decoding.building import SRGB_POINTS, build_profile
from autok.decoding.exif import parse_exif

SECRET = b"SECRET"
"""Stands at the head of every private text that is put into a file."""

RIGHTS = "Copyright Ada Lovelace 2026"
AUTHOR = "Ada Lovelace"
STAMP = "2026:05:04 03:02:01"

_STORED_BY_ORIENTATION = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}


def corner_picture(width: int = 48, height: int = 32) -> Image.Image:
    """Return an RGB picture whose four corners differ, so that no turn or mirroring leaves it alike."""
    y, x = np.mgrid[0:height, 0:width]
    pixels = np.stack([255 * x / width, 255 * y / height, np.where((x < width / 3) & (y < height / 3), 255, 40)], -1)
    return Image.fromarray(pixels.astype(np.uint8))


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Return a picture as a file of Pillow's format `kind`."""
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def stored_turned(image: Image.Image, orientation: int) -> Image.Image:
    """Return a picture stored such that its EXIF orientation makes it upright again."""
    turn = _STORED_BY_ORIENTATION.get(orientation)
    return image if turn is None else image.transpose(Image.Transpose(turn))


def orientation_exif(orientation: int) -> bytes:
    """Return a block that tells an orientation and nothing else, as Pillow writes it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


def private_exif(orientation: int = 1) -> bytes:
    """Return a block with a position, serial numbers, an author, dates and a thumbnail; private texts hold SECRET."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F], exif[0x0110] = "SECRET maker", "SECRET model"
    exif[0x013B], exif[0x8298], exif[0x0132] = AUTHOR, RIGHTS, STAMP
    exif.get_ifd(0x8769).update({0x9003: STAMP, 0xA431: "SECRET serial", 0xA435: "SECRET lens", 0x927C: b"SECRET note"})
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 26.0), 27: b"SECRET position"})
    return with_thumbnail(exif.tobytes().removeprefix(b"Exif\0\0"), b"SECRET thumbnail")


def with_thumbnail(block: bytes, thumbnail: bytes) -> bytes:
    """Return a block with a second directory that points to a thumbnail."""
    read = parse_exif(block)
    at = len(block) + len(block) % 2
    entries = ((0x0201, at + 30), (0x0202, len(thumbnail)))
    directory = struct.pack(read.order + "H", 2)
    directory += b"".join(struct.pack(read.order + "HHII", tag, 4, 1, value) for tag, value in entries)
    changed = bytearray(block.ljust(at, b"\0")) + directory + bytes(4) + thumbnail
    struct.pack_into(read.order + "I", changed, read.main.next_at, at)
    return bytes(changed)


def segment(marker: int, payload: bytes) -> bytes:
    """Return a JPEG segment."""
    return bytes((0xFF, marker)) + (len(payload) + 2).to_bytes(2, "big") + payload


def with_segments(jpeg: bytes, *segments: bytes) -> bytes:
    """Return a JPEG file with segments put behind its start marker."""
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def chunk(name: bytes, content: bytes) -> bytes:
    """Return a PNG chunk."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def with_chunks(png: bytes, *chunks: bytes) -> bytes:
    """Return a PNG file with chunks put behind its header."""
    return png[:33] + b"".join(chunks) + png[33:]


def drawn_png(
    rows: Iterable[bytes], width: int, height: int, depth: int, kind: int, *chunks: bytes, level: int = 6
) -> bytes:
    """Return a PNG file of packed rows; `chunks` stand before the data."""
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows), level)
    parts = (chunk(b"IHDR", header), *chunks, chunk(b"IDAT", data), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def with_riff_chunks(webp: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """Return a WebP file with chunks put at its end, its header's size mended."""
    added = b"".join(
        name + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2) for name, content in chunks
    )
    body = webp[8:] + added
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def srgb_profile() -> bytes:
    """Return LittleCMS's own sRGB profile."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def gray_profile(gamma: float | None) -> bytes:
    """Return a grey profile of an exponent, or of the curve of sRGB for None, cut from the pieces of an RGB one."""
    rgb = build_profile(SRGB_POINTS, gamma and 1 / gamma, "grey")
    assert rgb is not None
    count = int.from_bytes(rgb[128:132], "big")
    table = {rgb[at : at + 4]: rgb[at + 4 : at + 12] for at in range(132, 132 + 12 * count, 12)}
    kept = {b"desc": table[b"desc"], b"cprt": table[b"cprt"], b"wtpt": table[b"wtpt"], b"kTRC": table[b"rTRC"]}
    body = b"".join(name + place for name, place in kept.items())
    head = rgb[:16] + b"GRAY" + rgb[20:128] + len(kept).to_bytes(4, "big") + body
    return head.ljust(132 + 12 * count, b"\0") + rgb[132 + 12 * count :]
