"""The file formats: one row each, from which extensions, types and names for people come everywhere.

Nothing else is loaded here, so that processes without an image library read the table, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Format = Literal["png", "jpeg", "webp", "avif", "gif", "bmp", "tiff", "heic"]
"""A file format that can be read."""

WRITABLE: Final[tuple[Format, ...]] = ("png", "jpeg", "webp", "avif")
"""Those that can be written too, in the order in which ties are broken."""


@dataclass(frozen=True, slots=True)
class FileFormat:
    """What a file format is called."""

    label: str
    """By people."""
    content_type: str
    """By HTTP: the media type."""
    extensions: tuple[str, ...]
    """By file systems, in lower case with the dot; the first is the one that results get."""

    @property
    def extension(self) -> str:
        """The extension that results get, with its dot."""
        return self.extensions[0]


FORMATS: Final[Mapping[str, FileFormat]] = MappingProxyType(
    {
        "png": FileFormat("PNG", "image/png", (".png",)),
        "jpeg": FileFormat("JPEG", "image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif")),
        "webp": FileFormat("WebP", "image/webp", (".webp",)),
        "avif": FileFormat("AVIF", "image/avif", (".avif",)),
        "gif": FileFormat("GIF", "image/gif", (".gif",)),
        "bmp": FileFormat("BMP", "image/bmp", (".bmp", ".dib")),
        "tiff": FileFormat("TIFF", "image/tiff", (".tiff", ".tif")),
        "heic": FileFormat("HEIC", "image/heic", (".heic", ".heif")),
    }
)
"""The table, by `Format`."""

ALL_EXTENSIONS: Final[tuple[str, ...]] = tuple(each for row in FORMATS.values() for each in row.extensions)
"""Every extension of the table."""
