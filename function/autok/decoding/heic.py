"""HEIC through the optional package pi_heif, whose bundled libheif and libde265 are under the LGPL."""

from __future__ import annotations

import io
from importlib import import_module
from typing import Any

from PIL import Image

from autok.decoding.container import Container
from autok.decoding.limits import Limits
from autok.decoding.opening import guard
from autok.decoding.pictures import MANY
from autok.errors import UnsupportedFormatError


def read_heic(data: bytes, limits: Limits) -> Container:
    """Read the facts of a HEIC file's primary picture and check its limits; no pixel is decoded.

    Raises
    ------
    UnsupportedFormatError
        The package pi_heif is not installed.
    InputError
        The file is damaged or over one of the `limits`.
    """
    picture, several = _primary(data)
    width, height = picture.size
    limits.check_size(width, height)
    exif: bytes | None = picture.info.get("exif")
    return Container(
        width,
        height,
        exif=exif.removeprefix(b"Exif\0\0") if exif else None,
        xmp=picture.info.get("xmp"),
        icc=picture.info.get("icc_profile"),
        extras=("thumbnail",) if picture.info.get("thumbnails") else (),
        notes=(MANY,) if several else (),
        shown=False,
        upright=True,
    )


def load_heic(data: bytes) -> Image.Image:
    """Decode the primary picture of a HEIC file, turned as its properties say.

    Raises
    ------
    InputError
        The data are damaged or cut off.
    """
    picture, _ = _primary(data)
    with guard("HEIC"):
        image: Image.Image = picture.to_pillow()
    return image


def _primary(data: bytes) -> tuple[Any, bool]:
    try:
        library = import_module("pi_heif")
    except ImportError:
        raise UnsupportedFormatError(
            "This is a HEIC image, which this installation does not read. Save it as JPEG (on an iPhone: Settings, "
            "Camera, Formats, Most Compatible), or install the Python package pi_heif beside Auto-K."
        ) from None
    with guard("HEIC"):
        file = library.open_heif(io.BytesIO(data), convert_hdr_to_8bit=True)
        return file[file.primary_index], len(file) > 1
