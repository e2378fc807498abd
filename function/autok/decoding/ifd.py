"""Writing EXIF blocks (TIFF 6.0, section 2): a main directory, and behind it the EXIF and the GPS directory."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from autok.decoding.exif import EXIF_IFD, GPS_IFD, LONG, SIZES

Field = tuple[int, int, bytes]
"""Tag, TIFF field type, and the raw value in the block's byte order."""


def write_block(
    main: Sequence[Field], camera: Sequence[Field] = (), position: Sequence[Field] = (), order: str = "<"
) -> bytes | None:
    """Return an EXIF block, or None where there is nothing to say.

    Parameters
    ----------
    main, camera, position : sequence of Field
        The entries of the main, the EXIF and the GPS directory, in any order; pointers are added here.
    order : {"<", ">"}, optional
        Byte order of the values as `struct` writes it; the default is little-endian.
    """
    if not main and not camera and not position:
        return None
    pointed = [(tag, fields) for tag, fields in ((EXIF_IFD, camera), (GPS_IFD, position)) if fields]
    blank = [(tag, LONG, bytes(4)) for tag, _ in pointed]
    at = 8 + len(_directory([*main, *blank], 8, order))
    pointers: list[Field] = []
    bodies = b""
    for tag, fields in pointed:
        pointers.append((tag, LONG, struct.pack(order + "I", at + len(bodies))))
        bodies += _directory(fields, at + len(bodies), order)
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    return head + _directory([*main, *pointers], 8, order) + bodies


def _directory(fields: Sequence[Field], at: int, order: str) -> bytes:
    entries, values = b"", b""
    start = at + 2 + 12 * len(fields) + 4
    for tag, kind, value in sorted(fields):
        inline = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack(order + "I", start + len(values))
        entries += struct.pack(order + "HHI", tag, kind, len(value) // SIZES[kind]) + inline
        values += value + bytes(len(value) % 2) if len(value) > 4 else b""
    return struct.pack(order + "H", len(fields)) + entries + bytes(4) + values
