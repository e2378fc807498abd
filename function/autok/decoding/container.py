"""What the container of a picture says beside its pixels, as one value for every format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Shown = Literal["everywhere", "nowhere"]
"""Whether web browsers show such a file."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks beside the pixels that a rewritten file carries; None leaves a block out."""

    exif: bytes | None = None
    """TIFF structure, without the ``Exif\\0\\0`` header."""
    xmp: bytes | None = None
    icc: bytes | None = None
    texts: bool = False
    """Whether comments and text chunks stay."""


@dataclass(frozen=True, slots=True)
class Container:
    """The facts of a file, read without decoding a pixel."""

    width: int
    """Stored width in pixels, before any orientation."""
    height: int
    exif: bytes | None = None
    """TIFF structure, without the ``Exif\\0\\0`` header; not checked."""
    xmp: bytes | None = None
    icc: bytes | None = None
    """ICC profile; not checked."""
    extras: tuple[str, ...] = ()
    """Names of what else is private in the file, such as ``comment`` or ``trailing bytes (20000)``."""
    texts: tuple[tuple[str, str], ...] = ()
    """Keyword and value of text fields (PNG)."""
    notes: tuple[str, ...] = ()
    """Sentences for the report."""
    shown: Shown = "everywhere"
    key: tuple[int, ...] | None = None
    """Grey level or RGB of the one transparent colour, in samples of the file's own depth (PNG)."""
    depth: int = 8
    """Bits in a sample."""
    gamma: float | None = None
    """Exponent of the file's encoding where it is told by a number alone (PNG gAMA), such as 0.45455."""
    chromaticities: tuple[float, ...] | None = None
    """White, red, green, blue as x, y pairs (PNG cHRM)."""
    code_points: tuple[int, int] | None = None
    """Colour primaries and transfer function of ITU-T H.273 (PNG cICP)."""
