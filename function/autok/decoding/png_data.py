"""The compressed data of a PNG file: whether anything but the picture is in it (W3C PNG, third edition, 10 and 11)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import Final

_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PASSES: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""First column, first row, and the steps between columns and rows of Adam7's passes."""
_STEP: Final = 1 << 20


def count_bytes(header: bytes) -> int:
    """Return the bytes of all rows of a picture before they are compressed, their filter bytes included.

    Parameters
    ----------
    header : bytes
        The content of IHDR, checked before.
    """
    width, height, depth, kind, _, _, interlace = struct.unpack(">IIBBBBB", header)
    bits = depth * _CHANNELS[kind]
    passes = _PASSES if interlace else ((0, 0, 1, 1),)
    total = 0
    for left, top, step, drop in passes:
        columns, rows = max(0, -((left - width) // step)), max(0, -((top - height) // drop))
        total += rows * (1 + (columns * bits + 7) // 8) if columns else 0
    return total


def holds_rows_alone(header: bytes, parts: Iterable[bytes | memoryview]) -> bool:
    """Tell whether compressed data are the rows of a picture and not a byte more, before or behind compression.

    Parameters
    ----------
    header : bytes
        The content of IHDR.
    parts : iterable of bytes
        The contents of the IDAT chunks, in their order.

    Notes
    -----
    Decoders stop at the last row, so that whatever follows it is never seen, and would travel on in a file whose
    compressed data are taken over. Not more than a megabyte is held at a time.
    """
    left, stream = count_bytes(header), zlib.decompressobj()
    try:
        for part in parts:
            fed: bytes | memoryview = part
            while fed:
                left -= len(stream.decompress(fed, _STEP))
                if left < 0 or stream.unused_data:
                    return False
                fed = stream.unconsumed_tail
        while not stream.eof and (more := stream.decompress(b"", _STEP)):
            left -= len(more)
    except zlib.error:
        return False
    return stream.eof and left == 0
