"""Reading EXIF blocks (EXIF 2.32 over TIFF 6.0) as hostile bytes: bounded, and never raising."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

ORIENTATION: Final = 0x0112
ARTIST: Final = 0x013B
COPYRIGHT: Final = 0x8298
DATE_TIME: Final = 0x0132
DATE_TIME_ORIGINAL: Final = 0x9003
DATE_TIME_DIGITIZED: Final = 0x9004
DESCRIPTION: Final = 0x010E
SOFTWARE: Final = 0x0131
EXIF_IFD: Final = 0x8769
GPS_IFD: Final = 0x8825
SHORT: Final = 3
ASCII: Final = 2
LONG: Final = 4
MAX_ENTRIES: Final = 1000
"""Entries read of one directory; real ones have fewer than 200."""

SIZES: Final[dict[int, int]] = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    129: 1,
}
"""Bytes of one value by TIFF field type."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a directory."""

    tag: int
    kind: int
    """TIFF field type."""
    count: int
    at: int
    """Position of the value in the block."""
    size: int
    """Bytes of the value."""


@dataclass(frozen=True, slots=True)
class Directory:
    """One image file directory."""

    entries: tuple[Entry, ...] = ()
    next_at: int = 0
    """Position of the pointer to the next directory."""
    next: int = 0
    """Position of the next directory; 0 where there is none."""

    def find(self, tag: int) -> Entry | None:
        """Return the first entry of a tag."""
        return next((entry for entry in self.entries if entry.tag == tag), None)


@dataclass(frozen=True, slots=True)
class Exif:
    """The directories of an EXIF block; empty where the block is damaged."""

    data: bytes = b""
    order: str = "<"
    """Byte order as `struct` writes it."""
    main: Directory = Directory()
    camera: Directory = Directory()
    """The EXIF directory proper."""
    position: Directory = Directory()
    """The GPS directory."""
    thumbnail: Directory = Directory()

    def value(self, entry: Entry) -> bytes:
        """Return the raw bytes of a value."""
        return self.data[entry.at : entry.at + entry.size]

    def number(self, tag: int) -> int | None:
        """Return a whole number of the main directory, or None."""
        entry = self.main.find(tag)
        if entry is None or entry.count < 1 or entry.kind not in (SHORT, LONG):
            return None
        return int(struct.unpack_from(self.order + ("H" if entry.kind == SHORT else "I"), self.data, entry.at)[0])

    def text(self, tag: int) -> str | None:
        """Return a text of the main or the EXIF directory without its padding, or None where it is empty."""
        entry = self.main.find(tag) or self.camera.find(tag)
        if entry is None or entry.kind not in (ASCII, 1, 7, 129):
            return None
        words = self.value(entry).split(b"\0\0")[0].replace(b"\0", b"; ").decode("utf-8", "replace").strip("; ")
        return words or None

    @property
    def orientation(self) -> int:
        """The orientation in 1 to 8; 1 where it is missing or out of range."""
        value = self.number(ORIENTATION)
        return value if value is not None and 1 <= value <= 8 else 1


def parse_exif(data: bytes | None) -> Exif:
    r"""Read the directories of an EXIF block, or of the first page of a TIFF file.

    Parameters
    ----------
    data : bytes or None
        TIFF structure, without the ``Exif\0\0`` header.

    Returns
    -------
    Exif
        Whatever could be read; damaged parts are left out, and no error is raised.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get((data or b"")[:4])
    if data is None or order is None or len(data) < 8:
        return Exif()
    main = _directory(data, order, struct.unpack_from(order + "I", data, 4)[0])
    return Exif(
        data,
        order,
        main,
        camera=_pointed(data, order, main, EXIF_IFD),
        position=_pointed(data, order, main, GPS_IFD),
        thumbnail=_directory(data, order, main.next),
    )


def _pointed(data: bytes, order: str, directory: Directory, tag: int) -> Directory:
    entry = directory.find(tag)
    if entry is None or entry.size != 4:
        return Directory()
    return _directory(data, order, struct.unpack_from(order + "I", data, entry.at)[0])


def _directory(data: bytes, order: str, at: int) -> Directory:
    if at < 8 or at + 2 > len(data):
        return Directory()
    (count,) = struct.unpack_from(order + "H", data, at)
    end = at + 2 + 12 * count
    if count > MAX_ENTRIES:
        return Directory()
    entries = tuple(_entries(data, order, at + 2, min(end, len(data))))
    following = struct.unpack_from(order + "I", data, end)[0] if end + 4 <= len(data) else 0
    return Directory(entries, end, following)


def _entries(data: bytes, order: str, start: int, end: int) -> Iterator[Entry]:
    for at in range(start, end - 11, 12):
        tag, kind, count, offset = struct.unpack_from(order + "HHII", data, at)
        size = SIZES.get(kind, 0) * count
        place = at + 8 if size <= 4 else offset
        if size and place + size <= len(data):
            yield Entry(tag, kind, count, place, size)
