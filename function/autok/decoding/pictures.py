"""The containers that Pillow reads itself: BMP, TIFF and AVIF."""

from __future__ import annotations

from PIL import Image

from autok.decoding.container import Container
from autok.decoding.exif import parse_exif
from autok.decoding.limits import Limits
from autok.decoding.metadata import copied_block
from autok.decoding.opening import guard, open_picture
from autok.errors import AnimationError
from autok.formats import FORMATS, Format

_BITS = 0x0102
_PHOTOMETRIC = 0x0106
_IPTC = 0x83BB
_PHOTOSHOP = 0x8649

MANY = "Only the first picture was taken; the file holds more than one."


def read_picture(data: bytes, kind: Format, limits: Limits) -> Container:
    """Read the facts of a file through Pillow and check its limits; no pixel is decoded.

    Raises
    ------
    InputError
        The file is damaged, animated, or over one of the `limits`.
    """
    image = open_picture(data, kind, limits)
    several = False
    if kind in ("avif", "tiff"):
        with guard(FORMATS[kind].label):
            frames = getattr(image, "n_frames", 1) if kind == "avif" else 1
            if frames > 1:
                raise AnimationError(
                    f"The {FORMATS[kind].label} is an animation of {frames:,} frames; "
                    "Auto-K compresses single pictures. Save one frame."
                )
            several = kind == "tiff" and _has_second_page(data, limits)
    exif: bytes | None = image.info.get("exif")
    extras: tuple[str, ...] = ()
    page = parse_exif(data if kind == "tiff" else None)
    if kind == "tiff":
        exif = copied_block(page)
        extras = ("Photoshop and IPTC data",) if page.main.find(_IPTC) or page.main.find(_PHOTOSHOP) else ()
    return Container(
        *image.size,
        exif=exif.removeprefix(b"Exif\0\0") if exif else None,
        xmp=image.info.get("xmp"),
        icc=image.info.get("icc_profile"),
        extras=extras,
        notes=(MANY,) if several else (),
        shown=kind in ("bmp", "avif"),
        upright=kind == "tiff",
        depth=_tag(image, _BITS) or 8,
        inverted=image.mode == "I;16" and _tag(image, _PHOTOMETRIC) == 0,
    )


def _tag(image: Image.Image, tag: int) -> int | None:
    """Return a number of a TIFF's first directory as Pillow read it, which knows the wide form (BigTIFF) as well."""
    value = getattr(image, "tag_v2", {}).get(tag)
    return value[0] if isinstance(value, tuple) else value


def _has_second_page(data: bytes, limits: Limits) -> bool:
    image = open_picture(data, "tiff", limits)
    try:
        image.seek(1)
    except EOFError:
        return False
    return True
