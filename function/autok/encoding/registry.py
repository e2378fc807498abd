"""One row for each format that can be written lossily: what it is called, what it holds, what writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from autok.encoding import avif, jpeg, webp
from autok.formats import FORMATS, WRITABLE, Format
from autok.models import Metadata


@dataclass(frozen=True, slots=True)
class Encoder:
    """A lossy format and its writer."""

    format: Format
    longest_side: int
    """In pixels."""
    alpha: bool
    """Whether it holds transparency."""
    quality_range: tuple[int, int]
    """Lowest and highest quality worth trying; below, artefacts grow faster than bytes shrink."""
    steps: Callable[[int], int]
    """Width times height to the settings that one whole quality is divided into."""
    write: Callable[[Image.Image, float, Metadata], bytes]
    """Picture (RGB, or RGBA where `alpha`), quality and metadata to the bytes of the file."""

    @property
    def extension(self) -> str:
        """File extension with its dot."""
        return FORMATS[self.format].extension

    @property
    def content_type(self) -> str:
        """Media type."""
        return FORMATS[self.format].content_type


ENCODERS: dict[Format, Encoder] = {
    "jpeg": Encoder("jpeg", jpeg.LONGEST_SIDE, False, (5, 98), jpeg.quality_steps, jpeg.encode_jpeg),
    "webp": Encoder("webp", webp.LONGEST_SIDE, True, (1, 100), webp.quality_steps, webp.encode_webp),
    "avif": Encoder("avif", avif.LONGEST_SIDE, True, (1, 100), avif.quality_steps, avif.encode_avif),
}
"""The lossy writers by format; PNG is written from a palette and has none."""


def able_formats(size: tuple[int, int], *, has_alpha: bool) -> tuple[Format, ...]:
    """Return the formats whose files can hold a picture.

    Parameters
    ----------
    size : tuple of int
        Width and height in pixels.
    has_alpha : bool
        Whether some of it is transparent.

    Returns
    -------
    tuple of str
        In the order of `WRITABLE`; PNG, which holds everything that is read, always.
    """
    able = {row.format for row in ENCODERS.values() if max(size) <= row.longest_side and (row.alpha or not has_alpha)}
    return tuple(each for each in WRITABLE if each == "png" or each in able)
