"""The boxes of an AVIF file (ISO/IEC 14496-12 and 23008-12): the file written anew with its picture items alone.

Nothing is edited in place: every kept item is copied behind a new header, so that bytes which no kept item points to
(EXIF, XMP, further boxes, gaps, what trails the file) have no way into the result. Whatever is out of the ordinary
makes the rewriting give up, never guess.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from autok.decoding.container import Blocks

_PICTURE_ITEMS = frozenset({b"av01", b"grid"})
_METADATA_ITEMS = frozenset({b"Exif", b"mime", b"uri "})
_PROPERTIES = frozenset({
    b"ispe", b"pixi", b"av1C", b"colr", b"auxC", b"irot", b"imir", b"clap", b"pasp", b"lsel", b"a1op", b"a1lx",
    b"clli", b"mdcv", b"cclv", b"amve",
})  # fmt: skip
_HANDLER = b"\0\0\0\0" + b"\0\0\0\0" + b"pict" + bytes(12) + b"\0"
_MAX_BOXES = 5000


@dataclass(frozen=True, slots=True)
class _Item:
    number: int
    kind: bytes
    content: bytes


def write_avif(data: bytes, blocks: Blocks) -> bytes | None:
    """Return an AVIF file with its coded pixels unchanged and without metadata, or None where that is not sure.

    Parameters
    ----------
    data : bytes
        A file that was decoded.
    blocks : Blocks
        EXIF and XMP cannot be carried: where one is asked for, the result is None. The file's own profile stays where
        it is the one asked for, and gives way to nothing where none is.
    """
    if blocks.exif is not None or blocks.xmp is not None or data[8:12] != b"avif":
        return None
    try:
        return _rewrite(data, blocks.icc)
    except (struct.error, IndexError, KeyError, ValueError, OverflowError):
        return None


def _rewrite(data: bytes, icc: bytes | None) -> bytes:
    top = dict(_boxes(data, 0, len(data)))
    meta = dict(_boxes(top[b"meta"], 4, len(top[b"meta"])))
    kinds = dict(_kinds(meta[b"iinf"]))
    if not set(kinds.values()) <= _PICTURE_ITEMS | _METADATA_ITEMS:
        raise ValueError("an item of an unknown kind")
    pictures = {number: kind for number, kind in kinds.items() if kind in _PICTURE_ITEMS}
    contents = _contents(data, meta, pictures)
    items = [_Item(number, kind, contents[number]) for number, kind in sorted(pictures.items())]
    middle = _box(b"iinf", _full(0) + struct.pack(">H", len(items)) + b"".join(map(_entry, items)))
    middle += _references(meta.get(b"iref"), set(pictures)) + _box(b"iprp", _properties(meta[b"iprp"], icc))
    head = _box(b"ftyp", top[b"ftyp"])
    before = _box(b"hdlr", _HANDLER) + _box(b"pitm", meta[b"pitm"])
    # Offsets count from the start of the file, this table included: its length comes first, from offsets of 0.
    size = 8 + 4 + len(before) + len(_locations(items, 0)) + len(middle)
    located = _locations(items, len(head) + size + 8)
    body = b"".join(item.content for item in items)
    return head + _box(b"meta", _full(0) + before + located + middle) + _box(b"mdat", body)


def _boxes(data: bytes, at: int, end: int) -> list[tuple[bytes, bytes]]:
    """Return the boxes in a part of a file, the first of each kind last, so that it wins in a dictionary."""
    found: list[tuple[bytes, bytes]] = []
    while at + 8 <= end and len(found) < _MAX_BOXES:
        size, kind = struct.unpack_from(">I4s", data, at)
        start = at + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, start)
            start = at + 16
        stop = end if size == 0 else at + size
        if stop < start or stop > end:
            break
        found.append((kind, b"" if kind == b"mdat" else data[start:stop]))
        at = stop
    return found[::-1]


def _kinds(content: bytes) -> Iterator[tuple[int, bytes]]:
    at = 6 if content[0] == 0 else 8
    for kind, entry in _boxes(content, at, len(content)):
        if kind != b"infe" or entry[0] not in (2, 3):
            raise ValueError("an item entry of an unknown version")
        wide = entry[0] == 3
        (number,) = struct.unpack_from(">I" if wide else ">H", entry, 4)
        at = 8 if wide else 6
        if entry[at : at + 2] != b"\0\0" or number > 0xFFFF:
            raise ValueError("a protected item, or a number that does not fit")
        yield number, entry[at + 2 : at + 6]


def _contents(data: bytes, meta: dict[bytes, bytes], pictures: dict[int, bytes]) -> dict[int, bytes]:
    content = meta[b"iloc"]
    version = content[0]
    sizes = content[4] >> 4, content[4] & 15, content[5] >> 4, content[5] & 15 if version else 0
    reader = _Reader(content, 6)
    found: dict[int, bytes] = {}
    for _ in range(reader.take(2 if version < 2 else 4)):
        number = reader.take(2 if version < 2 else 4)
        method = reader.take(2) & 15 if version else 0
        source = data if method == 0 else meta[b"idat"] if method == 1 else b""
        if reader.take(2):
            raise ValueError("data in another file")
        base = reader.take(sizes[2])
        extents = [_extent(reader, sizes, base) for _ in range(reader.take(2))]
        if number in pictures:
            found[number] = b"".join(_slice(source, start, length) for start, length in extents)
    return found


def _extent(reader: _Reader, sizes: tuple[int, int, int, int], base: int) -> tuple[int, int]:
    reader.take(sizes[3])
    return base + reader.take(sizes[0]), reader.take(sizes[1])


def _slice(source: bytes, start: int, length: int) -> bytes:
    if not 0 < length <= len(source) - start:
        raise ValueError("an extent outside of the data")
    return source[start : start + length]


class _Reader:
    """Takes whole numbers of stated widths from a box, one after another."""

    def __init__(self, content: bytes, at: int) -> None:
        self.content, self.at = content, at

    def take(self, width: int) -> int:
        """Return the next number, of `width` bytes; 0 for none."""
        if self.at + width > len(self.content):
            raise ValueError("a table that is cut off")
        self.at += width
        return int.from_bytes(self.content[self.at - width : self.at], "big")


def _properties(content: bytes, icc: bytes | None) -> bytes:
    parts = dict(_boxes(content, 0, len(content)))
    if set(parts) != {b"ipco", b"ipma"}:
        raise ValueError("properties of an unknown layout")
    kept = b""
    for kind, value in _boxes(parts[b"ipco"], 0, len(parts[b"ipco"]))[::-1]:
        if kind not in _PROPERTIES:
            raise ValueError("a property of an unknown kind")
        # Properties are referred to by their place, so an unwanted profile leaves an empty box behind.
        profile = kind == b"colr" and value[:4] in (b"prof", b"rICC") and value[4:] != icc
        kept += _box(b"free", b"") if profile else _box(kind, value)
    return _box(b"ipco", kept) + _box(b"ipma", parts[b"ipma"])


def _references(content: bytes | None, kept: set[int]) -> bytes:
    if content is None:
        return b""
    wide = content[0] == 1
    number = ">I" if wide else ">H"
    entries = b""
    for kind, entry in _boxes(content, 4, len(content))[::-1]:
        step = struct.calcsize(number)
        (count,) = struct.unpack_from(">H", entry, step)
        ends = [struct.unpack_from(number, entry, at)[0] for at in (0, *range(step + 2, step + 2 + step * count, step))]
        if set(ends) <= kept:
            entries += _box(kind, entry)
    return _box(b"iref", content[:4] + entries) if entries else b""


def _entry(item: _Item) -> bytes:
    return _box(b"infe", _full(2) + struct.pack(">HH4s", item.number, 0, item.kind) + b"\0")


def _locations(items: list[_Item], at: int) -> bytes:
    table = b""
    for item in items:
        table += struct.pack(">HHHII", item.number, 0, 1, at, len(item.content))
        at += len(item.content)
    return _box(b"iloc", _full(0) + b"\x44\0" + struct.pack(">H", len(items)) + table)


def _full(version: int) -> bytes:
    return bytes((version, 0, 0, 0))


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content
