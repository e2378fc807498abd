"""Turning a picture upright (EXIF 2.32, tag 0x0112)."""

from __future__ import annotations

from typing import Final

from PIL import Image

UPRIGHT: Final = 1

_TURNS: Final[dict[int, Image.Transpose]] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def turn_upright(image: Image.Image, orientation: int) -> Image.Image:
    """Return a picture as it is meant to be seen.

    Parameters
    ----------
    image : PIL.Image.Image
        As stored.
    orientation : int
        The value of the EXIF tag; 1, and whatever is not in 2 to 8, leaves the picture as it is.

    Returns
    -------
    PIL.Image.Image
        The same object where nothing had to be turned.
    """
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)
