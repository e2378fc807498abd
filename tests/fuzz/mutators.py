"""Changes that know the formats: sizes and checksums are mended after them, to get beyond the first check."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable
from typing import Any, Final

from support.uploads import chunk, segment

Mutator = Callable[[random.Random, bytes], bytes]

_ODD: Final = (0, 1, 2, 3, 7, 8, 15, 16, 127, 128, 255, 256, 4095, 16383, 32767, 65535, 2**24, 2**31 - 1, 2**32 - 1)
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_LARGEST: Final = 40 * 1024**2
"""Bytes to which scans are repeated: above what the decoder accepts, and far below a case's memory."""


def mutate_bytes(rng: random.Random, data: bytes) -> bytes:
    """Change, cut out, double, insert or number bytes anywhere; knows nothing of formats."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        at = rng.randrange(len(changed) + 1)
        match rng.randrange(6):
            case 0:
                changed[at : at + 1] = rng.randbytes(1)
            case 1:
                del changed[at : at + rng.choice((1, 2, 4, 64))]
            case 2:
                changed[at:at] = changed[at : at + rng.choice((1, 4, 64))]
            case 3:
                changed[at:at] = rng.randbytes(rng.choice((1, 2, 8)))
            case 4:
                order = rng.choice("<>")
                changed[at : at + 4] = struct.pack(f"{order}I", rng.choice(_ODD))
            case _:
                order = rng.choice("<>")
                changed[at : at + 2] = struct.pack(f"{order}H", rng.choice(_ODD) & 0xFFFF)
        changed = changed or bytearray(b"\0")
    return bytes(changed)


def mutate_png(rng: random.Random, data: bytes) -> bytes:
    """Change chunks, or the picture's bytes below their compression; every checksum is right again."""
    parts = _read_png(data)
    if not parts:
        return mutate_bytes(rng, data)
    for _ in range(rng.choice((1, 1, 2, 3))):
        at = rng.randrange(len(parts))
        name, content = parts[at]
        match rng.randrange(7):
            case 0:
                parts[at] = (name, mutate_bytes(rng, content or b"\0"))
            case 1 | 2 | 3 as way:
                _rearrange(rng, parts, at, way)
            case 4:
                known = (
                    b"PLTE",
                    b"tRNS",
                    b"gAMA",
                    b"iCCP",
                    b"eXIf",
                    b"acTL",
                    b"zTXt",
                    b"iTXt",
                    b"cICP",
                    b"IDAT",
                    b"IEND",
                )
                parts.insert(at, (rng.choice(known), rng.randbytes(rng.choice((0, 1, 4, 13, 60)))))
            case 5:
                parts = [(each, _repack(rng, held) if each == b"IDAT" else held) for each, held in parts]
            case _:
                parts = [(each, _rehead(rng, held) if each == b"IHDR" else held) for each, held in parts]
        parts = parts or [(b"IEND", b"")]
    return _SIGNATURE + b"".join(chunk(*part) for part in parts)


def _rearrange(rng: random.Random, parts: list[Any], at: int, way: int) -> None:
    """Double the part at a place, drop it, or shuffle all: way 1, 2 or 3."""
    match way:
        case 1:
            parts.insert(rng.randrange(len(parts) + 1), parts[at])
        case 2:
            del parts[at]
        case _:
            rng.shuffle(parts)


def _read_png(data: bytes) -> list[tuple[bytes, bytes]]:
    parts, at = [], 8
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        parts.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + size]))
        at += 12 + size
    return parts


def _repack(rng: random.Random, content: bytes) -> bytes:
    try:
        raw = zlib.decompress(content)
    except zlib.error:
        return mutate_bytes(rng, content or b"\0")
    return zlib.compress(mutate_bytes(rng, raw or b"\0"), 1)


def _rehead(rng: random.Random, content: bytes) -> bytes:
    fields = list(struct.unpack(">IIBBBBB", content[:13].ljust(13, b"\0")))
    at = rng.randrange(7)
    fields[at] = rng.choice(_ODD) if at < 2 else rng.choice((0, 1, 2, 3, 4, 6, 8, 16, 255))
    return struct.pack(">IIBBBBB", *fields)


def mutate_jpeg(rng: random.Random, data: bytes) -> bytes:
    """Shuffle, double, drop and change segments, scans included; every segment's length is right again."""
    head, rest = _read_jpeg(data)
    if not head:
        return mutate_bytes(rng, data)
    for _ in range(rng.choice((1, 1, 2, 3))):
        at = rng.randrange(len(head))
        marker, payload = head[at]
        match rng.randrange(7):
            case 0:
                head[at] = (marker, mutate_bytes(rng, payload or b"\0")[:65_533])
            case 1 | 2 | 3 as way:
                _rearrange(rng, head, at, way)
            case 4:
                head[at] = (rng.choice((*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDD, 0xE0, 0xE1, 0xE2, 0xEE, 0xFE)), payload)
            case 5:
                copies = min(rng.choice((2, 3, 30, 120)), max(1, _LARGEST // len(rest or b"\0")))
                rest = rest[:-2] * copies + rest[-2:]
            case _:
                rest = mutate_bytes(rng, rest or b"\0")
        head = head or [(0xFE, b"")]
    return b"\xff\xd8" + b"".join(segment(*part) for part in head) + rest


def _read_jpeg(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Return the segments before the first scan, and everything from it on."""
    parts, at = [], 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        parts.append((data[at + 1], data[at + 4 : at + 2 + size]))
        at += 2 + size
    return parts, data[at:]


def mutate_webp(rng: random.Random, data: bytes) -> bytes:
    """Shuffle, double, drop, rename and change chunks; the sizes are mended, or one of them is made to lie."""
    parts = _read_riff(data)
    if not parts:
        return mutate_bytes(rng, data)
    for _ in range(rng.choice((1, 1, 2, 3))):
        at = rng.randrange(len(parts))
        name, content = parts[at]
        match rng.randrange(5):
            case 0:
                parts[at] = (name, mutate_bytes(rng, content or b"\0"))
            case 1 | 2 | 3 as way:
                _rearrange(rng, parts, at, way)
            case _:
                known = (b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"EXIF", b"XMP ", b"abcd")
                parts[at] = (rng.choice(known), content)
        parts = parts or [(b"VP8X", bytes(10))]
    lies = rng.random() < 0.2
    liar = rng.randrange(len(parts) + 1)
    sizes = [rng.choice(_ODD) if lies and at == liar else len(held) for at, (_, held) in enumerate(parts)]
    body = b"WEBP" + b"".join(
        name + struct.pack("<I", size) + held + b"\0" * (len(held) % 2)
        for size, (name, held) in zip(sizes, parts, strict=True)
    )
    whole = rng.choice(_ODD) if lies and liar == len(parts) else len(body)
    return b"RIFF" + struct.pack("<I", whole) + body


def _read_riff(data: bytes) -> list[tuple[bytes, bytes]]:
    parts, at = [], 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        parts.append((data[at : at + 4], data[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    return parts


def mutate_tiff(rng: random.Random, data: bytes) -> bytes:
    """Change tag, type, count or value of entries of the first directory."""
    order = "<" if data[:2] == b"II" else ">"
    (start,) = struct.unpack_from(f"{order}I", data, 4)
    if start + 2 > len(data):
        return mutate_bytes(rng, data)
    (entries,) = struct.unpack_from(f"{order}H", data, start)
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = start + 2 + 12 * rng.randrange(max(1, entries))
        form, offset = rng.choice((("H", 0), ("H", 2), ("I", 4), ("I", 8)))
        if at + 12 <= len(changed):
            value = rng.choice((*_ODD, *range(256, 340))) & (0xFFFF if form == "H" else 0xFFFFFFFF)
            struct.pack_into(order + form, changed, at + offset, value)
    return bytes(changed)


def mutate_avif(rng: random.Random, data: bytes) -> bytes:
    """Change bytes inside of one box of the file's head, or a box's size or name."""
    changed = bytearray(data)
    boxes = [at for at in range(4, min(len(data) - 4, 2000)) if data[at : at + 4].isalpha()]
    if not boxes:
        return mutate_bytes(rng, data)
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = rng.choice(boxes)
        match rng.randrange(3):
            case 0:
                changed[at - 4 : at] = struct.pack(">I", rng.choice(_ODD))
            case 1:
                other = rng.choice(boxes)
                changed[at : at + 4] = data[other : other + 4]
            case _:
                inside = min(len(changed) - 1, at + 4 + rng.randrange(24))
                changed[inside] = rng.randrange(256)
    return bytes(changed)


MUTATORS: Final[dict[str, tuple[Mutator, ...]]] = {
    "png": (mutate_png, mutate_png, mutate_png, mutate_bytes),
    "jpeg": (mutate_jpeg, mutate_jpeg, mutate_bytes),
    "webp": (mutate_webp, mutate_webp, mutate_bytes),
    "gif": (mutate_bytes,),
    "bmp": (mutate_bytes,),
    "tiff": (mutate_tiff, mutate_bytes),
    "avif": (mutate_avif, mutate_bytes),
}
"""What may happen to a file of each format; one of these is drawn for each case."""
