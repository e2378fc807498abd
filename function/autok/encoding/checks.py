"""What every writer checks first, and how a library's fault becomes a typed one."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from autok.errors import EncodeError


def check_sides(width: int, height: int, *, label: str, longest: int) -> None:
    """Refuse a picture that the format cannot hold.

    Parameters
    ----------
    width, height : int
        Sides in pixels.
    label : str
        Name of the format in the message.
    longest : int
        Longest side that the format can hold, in pixels.

    Raises
    ------
    EncodeError
        If a side is below 1 or above `longest`.
    """
    if not (1 <= width <= longest and 1 <= height <= longest):
        raise EncodeError(
            f"{label} holds 1 to {longest} pixels a side, and the picture has {width} x {height}; "
            "choose another format or a smaller scale."
        )


def check_mode(image: Image.Image, *, label: str, modes: tuple[str, ...]) -> None:
    """Refuse a picture whose mode the writer does not take.

    Parameters
    ----------
    image : PIL.Image.Image
        The picture.
    label : str
        Name of the format in the message.
    modes : tuple of str
        Pillow modes that the writer takes.

    Raises
    ------
    EncodeError
        If the mode is another one.
    """
    if image.mode not in modes:
        raise EncodeError(
            f"{label} is written from {' or '.join(modes)}, and the picture is {image.mode}; "
            "flatten or convert it, or choose another format."
        )


def check_quality(quality: float, *, label: str) -> float:
    """Refuse a quality that is out of range.

    Parameters
    ----------
    quality : float
        Encoder quality, 1 to 100.
    label : str
        Name of the format in the message.

    Returns
    -------
    float
        The quality as it came.

    Raises
    ------
    EncodeError
        If it is outside 1 to 100 or not a number.
    """
    if not 1 <= quality <= 100:
        raise EncodeError(f"{label} quality runs from 1 to 100, and {quality:g} was given; choose one in that range.")
    return quality


def save_image(image: Image.Image, *, label: str, **params: Any) -> bytes:
    """Write a picture with Pillow.

    Parameters
    ----------
    image : PIL.Image.Image
        The picture; whatever its ``info`` holds is overruled by `params`.
    label : str
        Pillow's name of the format, used in the message too.
    **params
        Parameters of `PIL.Image.Image.save`.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    EncodeError
        If Pillow refuses, with Pillow's own reason.
    """
    buffer = io.BytesIO()
    try:
        image.save(buffer, format=label, **params)
    except (OSError, ValueError, TypeError, SystemError) as fault:
        raise EncodeError(
            f"{label} could not be written at {image.width} x {image.height} ({image.mode}): {fault}; "
            "choose another format or a smaller scale."
        ) from fault
    return buffer.getvalue()
