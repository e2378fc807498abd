"""What a file says beside its pixels: naming it, and reducing it to what was asked for."""

from __future__ import annotations

import struct
from collections.abc import Collection, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Final

from autok.decoding import exif as tags
from autok.decoding.exif import Directory, Exif, parse_exif
from autok.decoding.ifd import Field, write_block

MAX_BLOCK: Final = 65_000
"""Bytes of an EXIF block or an XMP packet that fit into one JPEG segment with their headers."""

_MAX_TEXT: Final = 2000
_MAKER_NOTE: Final = 0x927C
_NAMES: Final[Mapping[int, str]] = MappingProxyType({
    tags.ARTIST: "author", tags.COPYRIGHT: "copyright", tags.DATE_TIME: "date", tags.DATE_TIME_ORIGINAL: "date",
    tags.DATE_TIME_DIGITIZED: "date", 0x9010: "date", 0x9011: "date", 0x9012: "date", 0x9290: "date", 0x9291: "date",
    0x9292: "date", tags.DESCRIPTION: "description", 0x010F: "camera make and model", 0x0110: "camera make and model",
    tags.SOFTWARE: "software", 0x013C: "software", _MAKER_NOTE: "maker note", 0x9286: "comment",
    0x9C9B: "description", 0x9C9C: "comment", 0x9C9D: "author", 0x9C9E: "keywords", 0x9C9F: "description",
    0xA420: "image identifier", 0xA430: "camera owner name", 0xA431: "camera serial number",
    0xC62F: "camera serial number", 0xA433: "lens make and model", 0xA434: "lens make and model",
    0xA435: "lens serial number",
})  # fmt: skip
_TEXT_NAMES: Final[Mapping[str, str]] = MappingProxyType({
    "Author": "author", "Copyright": "copyright", "Creation Time": "date", "Modification Time": "date",
    "Software": "software", "Description": "description", "Title": "description",
})  # fmt: skip
# What describes the stored pixels rather than the camera or the person, or is named by itself (XMP, IPTC, profile).
_STRUCTURE: Final = frozenset({
    0x00FE, 0x00FF, 0x0100, 0x0101, 0x0102, 0x0103, 0x0106, 0x010A, 0x010D, 0x0111, 0x0112, 0x0115, 0x0116, 0x0117,
    0x0118, 0x0119, 0x011A, 0x011B, 0x011C, 0x011D, 0x0120, 0x0121, 0x0128, 0x0129, 0x012D, 0x013D, 0x013E, 0x013F,
    0x0140, 0x0142, 0x0143, 0x0144, 0x0145, 0x014A, 0x0152, 0x0153, 0x015B, 0x0201, 0x0202, 0x0211, 0x0212, 0x0213,
    0x0214, 0x02BC, 0x83BB, 0x8649, 0x8769, 0x8773, 0x8825, 0x9000, 0x9101, 0xA000, 0xA001, 0xA002, 0xA003, 0xA005,
})  # fmt: skip

Texts = tuple[tuple[str, str], ...]
"""Keyword and value of text fields, as PNG spells them."""


def name_contents(block: Exif) -> set[str]:
    """Return the plain names of everything in an EXIF block that says more than how the pixels are stored."""
    entries = (*block.main.entries, *block.camera.entries)
    names = {_NAMES.get(entry.tag, "camera settings") for entry in entries if entry.tag not in _STRUCTURE}
    if block.position.entries:
        names.add("GPS position")
    if block.thumbnail.entries:
        names.add("thumbnail")
    return names


def name_texts(texts: Texts) -> set[str]:
    """Return the plain names of text fields."""
    return {_TEXT_NAMES.get(keyword, "comment") for keyword, _ in texts}


def chosen_block(block: Exif, texts: Texts, groups: Collection[str], orientation: int = 1) -> bytes | None:
    """Return a new EXIF block with some groups of entries alone, or None where there is nothing of them.

    Parameters
    ----------
    block : Exif
        The file's own block.
    texts : tuple of (str, str)
        Its text fields, taken where the block is silent.
    groups : collection of {"copyright", "creation", "location"}
        Author and copyright; dates; the position.
    orientation : int, optional
        Written where it is not 1; the default is 1.
    """
    fields = dict(texts)
    main: dict[int, str | None] = {}
    camera: dict[int, str | None] = {}
    if "creation" in groups:
        main[tags.DATE_TIME] = block.text(tags.DATE_TIME) or _exif_date(fields.get("Modification Time"))
        taken = block.text(tags.DATE_TIME_ORIGINAL) or _exif_date(fields.get("Creation Time"))
        camera[tags.DATE_TIME_ORIGINAL] = taken or block.text(tags.DATE_TIME_DIGITIZED)
    if "copyright" in groups:
        main[tags.ARTIST] = block.text(tags.ARTIST) or fields.get("Author")
        main[tags.COPYRIGHT] = block.text(tags.COPYRIGHT) or fields.get("Copyright")
    position = _copied(block, block.position) if "location" in groups else []
    # Numbers are copied as they are stored; texts have no byte order.
    order = block.order if position else "<"
    return write_block([*_texts(main), *turned(orientation, order)], _texts(camera), position, order)


def whole_block(block: Exif, texts: Texts, orientation: int = 1) -> bytes | None:
    """Return an EXIF block with everything but its thumbnail, or None where there is nothing.

    The block is changed in place, byte for byte, so that offsets inside of maker notes stay true; where it is longer
    than `MAX_BLOCK`, or part of a TIFF file, its entries are written anew. A file without a block gets one from its
    text fields.

    Parameters
    ----------
    block : Exif
        The file's own block.
    texts : tuple of (str, str)
        Its text fields.
    orientation : int, optional
        The orientation to tell; the default is 1.
    """
    if not block.main.entries:
        return _text_block(texts, orientation)
    changed = _changed(block, orientation)
    # A thumbnail that claims the room of other entries would take them along.
    whole = name_contents(parse_exif(changed)) >= name_contents(block) - {"thumbnail"}
    return changed if whole and len(changed) <= MAX_BLOCK else copied_block(block, orientation)


def copied_block(block: Exif, orientation: int = 1) -> bytes | None:
    """Return a new EXIF block with the entries of another, but for maker notes and values over 2,000 bytes.

    Parameters
    ----------
    block : Exif
        An EXIF block, or the first page of a TIFF file.
    orientation : int, optional
        The orientation to tell; the default is 1.
    """
    main, camera, position = (_copied(block, part) for part in (block.main, block.camera, block.position))
    return write_block([*main, *turned(orientation, block.order)], camera, position, block.order)


def turned(orientation: int, order: str = "<") -> list[Field]:
    """Return the entry that tells an orientation; none for 1."""
    return [] if orientation == 1 else [(tags.ORIENTATION, tags.SHORT, struct.pack(order + "H", orientation))]


def _texts(values: Mapping[int, str | None]) -> list[Field]:
    return [
        (tag, tags.ASCII, value[:_MAX_TEXT].replace("\0", " ").encode("utf-8") + b"\0")
        for tag, value in values.items()
        if value
    ]


def _text_block(texts: Texts, orientation: int) -> bytes | None:
    fields = dict(texts)
    main = {
        tags.DESCRIPTION: fields.get("Description") or fields.get("Title") or fields.get("Comment"),
        tags.SOFTWARE: fields.get("Software"),
        tags.DATE_TIME: _exif_date(fields.get("Modification Time")),
        tags.ARTIST: fields.get("Author"),
        tags.COPYRIGHT: fields.get("Copyright"),
    }
    taken = {tags.DATE_TIME_ORIGINAL: _exif_date(fields.get("Creation Time"))}
    return write_block([*_texts(main), *turned(orientation)], _texts(taken))


def _exif_date(text: str | None) -> str | None:
    """Return a date as EXIF writes it, or None where it is neither of RFC 1123 nor of ISO 8601."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            return read((text or "").strip()).strftime("%Y:%m:%d %H:%M:%S")
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def _copied(block: Exif, directory: Directory) -> list[Field]:
    left_out = {_MAKER_NOTE} if directory is block.position else _STRUCTURE | {_MAKER_NOTE}
    return [
        (entry.tag, entry.kind, block.value(entry))
        for entry in directory.entries
        if entry.tag not in left_out and entry.size <= _MAX_TEXT
    ]


def _changed(block: Exif, orientation: int) -> bytes:
    changed = bytearray(block.data)
    entry = block.main.find(tags.ORIENTATION)
    if entry is not None and entry.kind in (tags.SHORT, tags.LONG):
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
        changed[start : start + size] = bytes(size) if start + size < len(changed) else b""
