"""What a file says beside its pixels: naming it, and reducing it to what was asked for."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from autok.decoding import exif as tags
from autok.decoding.exif import Exif

_NAMES: Final[Mapping[int, str]] = MappingProxyType({
    tags.ARTIST: "author", tags.COPYRIGHT: "copyright", tags.DATE_TIME: "date", 0x9003: "date", 0x9004: "date",
    0x9010: "date", 0x9011: "date", 0x9012: "date", 0x9290: "date", 0x9291: "date", 0x9292: "date",
    0x010E: "description", 0x010F: "camera make and model", 0x0110: "camera make and model", 0x0131: "software",
    0x013C: "software", 0x927C: "maker note", 0x9286: "comment", 0x9C9B: "description", 0x9C9C: "comment",
    0x9C9D: "author", 0x9C9E: "keywords", 0x9C9F: "description", 0xA420: "image identifier",
    0xA430: "camera owner name", 0xA431: "camera serial number", 0xC62F: "camera serial number",
    0xA433: "lens make and model", 0xA434: "lens make and model", 0xA435: "lens serial number",
    0x02BC: "XMP", 0x83BB: "Photoshop and IPTC data", 0x8649: "Photoshop and IPTC data",
})  # fmt: skip
_ALLOWED: Final = frozenset({"author", "copyright", "date"})
# What describes the stored pixels rather than the camera or the person.
_STRUCTURE: Final = frozenset({
    0x00FE, 0x00FF, 0x0100, 0x0101, 0x0102, 0x0103, 0x0106, 0x010A, 0x0111, 0x0112, 0x0115, 0x0116, 0x0117, 0x0118,
    0x0119, 0x011A, 0x011B, 0x011C, 0x0120, 0x0121, 0x0128, 0x012D, 0x013D, 0x013E, 0x013F, 0x0140, 0x0142, 0x0143,
    0x0144, 0x0145, 0x0152, 0x0153, 0x0201, 0x0202, 0x0211, 0x0212, 0x0213, 0x0214, 0x8769, 0x8773, 0x8825, 0x9000,
    0x9101, 0xA000, 0xA001, 0xA002, 0xA003, 0xA005, 0x015B, 0x014A, 0x010D, 0x011D, 0x0129,
})  # fmt: skip


def name_contents(block: Exif) -> set[str]:
    """Return the plain names of everything in an EXIF block that says more than how the pixels are stored."""
    entries = (*block.main.entries, *block.camera.entries)
    names = {_NAMES.get(entry.tag, "camera settings") for entry in entries if entry.tag not in _STRUCTURE}
    if block.position.entries:
        names.add("GPS position")
    if block.thumbnail.entries:
        names.add("thumbnail")
    return names


def is_allowed(name: str) -> bool:
    """Tell whether ``metadata=copyright`` keeps what has this name."""
    return name in _ALLOWED


def copyright_block(block: Exif, texts: Mapping[str, str], orientation: int = 1) -> bytes | None:
    """Return a new EXIF block with author, copyright and date alone, or None where there are none.

    Parameters
    ----------
    block : Exif
        The file's own block.
    texts : mapping of str to str
        PNG text fields; ``Author``, ``Copyright`` and ``Creation Time`` are taken where the block is silent.
    orientation : int, optional
        Written where it is not 1; the default is 1.
    """
    artist = block.text(tags.ARTIST) or texts.get("Author")
    rights = block.text(tags.COPYRIGHT) or texts.get("Copyright")
    date = block.text(tags.DATE_TIME) or texts.get("Creation Time")
    taken = block.text(tags.DATE_TIME_ORIGINAL)
    main = {
        tag: text for tag, text in ((tags.DATE_TIME, date), (tags.ARTIST, artist), (tags.COPYRIGHT, rights)) if text
    }
    return write_block(main, {tags.DATE_TIME_ORIGINAL: taken} if taken else {}, orientation)


def write_block(main: Mapping[int, str], camera: Mapping[int, str], orientation: int = 1) -> bytes | None:
    """Return a little-endian EXIF block of text entries, or None where it would say nothing.

    Parameters
    ----------
    main, camera : mapping of int to str
        Texts by tag, of the main and of the EXIF directory.
    orientation : int, optional
        Written where it is not 1; the default is 1.
    """
    if not main and not camera and orientation == 1:
        return None
    fields = [(tag, tags.ASCII, text.encode("utf-8") + b"\0") for tag, text in main.items()]
    if orientation != 1:
        fields.append((tags.ORIENTATION, tags.SHORT, struct.pack("<H", orientation)))
    if camera:
        fields.append((tags.EXIF_IFD, tags.LONG, b"\0\0\0\0"))
    first = _directory(fields, 8)
    if not camera:
        return b"II*\0\x08\0\0\0" + first
    fields[-1] = (tags.EXIF_IFD, tags.LONG, struct.pack("<I", 8 + len(first)))
    second = [(tag, tags.ASCII, text.encode("utf-8") + b"\0") for tag, text in camera.items()]
    return b"II*\0\x08\0\0\0" + _directory(fields, 8) + _directory(second, 8 + len(first))


def _directory(fields: list[tuple[int, int, bytes]], at: int) -> bytes:
    entries, values = b"", b""
    start = at + 2 + 12 * len(fields) + 4
    for tag, kind, value in sorted(fields):
        count = len(value) // {tags.ASCII: 1, tags.SHORT: 2, tags.LONG: 4}[kind]
        inline = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack("<I", start + len(values))
        entries += struct.pack("<HHI", tag, kind, count) + inline
        values += value + b"\0" * (len(value) % 2) if len(value) > 4 else b""
    return struct.pack("<H", len(fields)) + entries + b"\0\0\0\0" + values


def whole_block(block: Exif, orientation: int = 1) -> bytes | None:
    """Return an EXIF block with everything but its thumbnail, and with the given orientation.

    The block is changed in place, byte for byte, so that offsets inside of maker notes stay true.
    """
    if not block.main.entries:
        return None
    changed = bytearray(block.data)
    entry = block.main.find(tags.ORIENTATION)
    if entry is not None and entry.kind in (tags.SHORT, tags.LONG) and entry.count:
        code = "H" if entry.kind == tags.SHORT else "I"
        struct.pack_into(block.order + code, changed, entry.at, orientation)
    if block.main.next:
        struct.pack_into(block.order + "I", changed, block.main.next_at, 0)
        _blank_thumbnail(block, changed)
    return bytes(changed)


def _blank_thumbnail(block: Exif, changed: bytearray) -> None:
    numbers = {}
    for tag in (0x0201, 0x0202):
        entry = block.thumbnail.find(tag)
        if entry is not None and entry.size == 4:
            (numbers[tag],) = struct.unpack_from(block.order + "I", block.data, entry.at)
    start, size = numbers.get(0x0201, 0), numbers.get(0x0202, 0)
    if start >= 8 and start + size <= len(changed):
        changed[start : start + size] = bytes(size)
