"""The plain form of a BMP file (Windows BITMAPINFOHEADER, not compressed), written anew."""

from __future__ import annotations

import struct

from autok.decoding.container import Blocks

_HEADERS = 14 + 40
_DEPTHS = (1, 4, 8, 24)


def write_bmp(data: bytes, blocks: Blocks) -> bytes | None:
    """Return a BMP file with its pixels unchanged and nothing between or behind its parts, or None.

    Parameters
    ----------
    data : bytes
        A file that was decoded.
    blocks : Blocks
        None of them has a place in a BMP: where one is asked for, the result is None.

    Returns
    -------
    bytes or None
        None too where the file is not of the plain form: the tables of the others are not worth the risk, since
        anything but an icon is smaller in another format.
    """
    if blocks != Blocks() or len(data) < _HEADERS:
        return None
    (start, size, width, height, planes, depth, packing, _, wide, high, colors, important) = struct.unpack_from(
        "<IIiiHHIIiiII", data, 10
    )
    palette = 4 * (colors or 1 << depth) if depth <= 8 else 0
    rows = (width * depth + 31) // 32 * 4 * abs(height)
    if size != 40 or packing or depth not in _DEPTHS or colors > 256 or start < _HEADERS + palette:
        return None
    if len(data) < start + rows:
        return None
    at = _HEADERS + palette
    info = struct.pack("<IiiHHIIiiII", 40, width, height, planes, depth, 0, rows, wide, high, palette // 4, important)
    head = b"BM" + struct.pack("<IHHI", at + rows, 0, 0, at) + info
    return head + data[_HEADERS:at] + data[start : start + rows]
