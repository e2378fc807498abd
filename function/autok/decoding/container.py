"""What the container of a picture says beside its pixels, as one value for every format."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks beside the pixels that a rewritten file carries; None leaves a block out."""

    exif: bytes | None = None
    """TIFF structure, without the header of the container's block."""
    xmp: bytes | None = None
    icc: bytes | None = None
    numbers: bool = False
    """Whether the numbers that describe the colours (PNG gAMA, cHRM, cICP) stay."""


@dataclass(frozen=True, slots=True)
class Container:
    """The facts of a file, read without decoding a pixel."""

    width: int
    """Stored width in pixels, before any orientation."""
    height: int
    exif: bytes | None = None
    """TIFF structure, without the header of the container's block; not checked."""
    xmp: bytes | None = None
    icc: bytes | None = None
    """ICC profile; not checked."""
    extras: tuple[str, ...] = ()
    """Names of what else is private in the file and never kept, such as ``trailing bytes (20000)``."""
    texts: tuple[tuple[str, str], ...] = ()
    """Keyword and value of text fields, with the keywords of PNG."""
    notes: tuple[str, ...] = ()
    """Sentences for the report."""
    shown: bool = True
    """Whether web browsers show such a file."""
    upright: bool = False
    """Whether the decoder turns the picture upright by itself."""
    box: tuple[int, int, int, int] | None = None
    """Left, top, right and bottom of the part of the picture that has pixels; the rest is transparent (GIF)."""
    key: tuple[int, ...] | None = None
    """Grey level or RGB of the one transparent colour, in samples of the file's own depth (PNG)."""
    depth: int = 8
    """Bits in a sample."""
    inverted: bool = False
    """Whether 0 is white, left to be undone behind the decoder (16-bit TIFF)."""
    gamma: float | None = None
    """Exponent with which light was encoded, where a number tells it (PNG gAMA), such as 0.45455."""
    chromaticities: tuple[float, ...] | None = None
    """White, red, green, blue as x, y pairs (PNG cHRM)."""
    code_points: tuple[int, int] | None = None
    """Colour primaries and transfer function of ITU-T H.273 (PNG cICP)."""
