"""Pixels back from a file that was just written, as a viewer would show them."""

from __future__ import annotations

import io

from PIL import Image

from autok.errors import EncodeError
from autok.formats import Format


def decode_pixels(data: bytes, format: Format, *, indexed: bool = False) -> Image.Image:  # noqa: A002 - the word of the domain
    """Decode one of our own files, for scoring.

    Parameters
    ----------
    data : bytes
        A file that this package wrote, or one that was decoded under limits before.
    format : Format
        What it is; no other decoder is tried.
    indexed : bool, optional
        Whether a picture with a palette stays one, mode P, which takes a quarter of the memory; the default is False.

    Returns
    -------
    PIL.Image.Image
        Mode RGB, or RGBA where the file has an alpha channel or a transparent colour; its profile is not applied.

    Raises
    ------
    EncodeError
        If the file cannot be decoded, which is a fault of its encoder.
    """
    try:
        with Image.open(io.BytesIO(data), formats=(format.upper(),)) as image:
            image.load()
            if indexed and image.mode == "P":
                return image
            clear = image.has_transparency_data
            mode = "RGBA" if clear else "RGB"
            # Pillow copies a picture that has the mode already.
            return image if image.mode == mode else image.convert(mode)
    except (OSError, ValueError, SyntaxError) as fault:
        raise EncodeError(f"The {format} file of {len(data)} bytes that was written cannot be read: {fault}") from fault
