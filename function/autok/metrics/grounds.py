"""Pictures of any mode in pixels that can be compared: their colours, and those with alpha on grounds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def pixels_in(image: Image.Image, mode: str) -> NDArray[np.uint8]:
    """Give the pixels of a picture, or of a part of one, in a mode.

    Parameters
    ----------
    image : PIL.Image.Image
        Any mode that Pillow converts to the wanted one.
    mode : str
        RGB or RGBA, or the picture's own.

    Returns
    -------
    ndarray of shape (H, W) or (H, W, C), uint8
        The pixels.
    """
    # Pillow copies a picture that has the mode already.
    return np.asarray(image if image.mode == mode else image.convert(mode))


def flatten(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], ...]:
    """Give pixels without alpha.

    Parameters
    ----------
    pixels : ndarray of shape (..., 3) or (..., 4), uint8
        sRGB, and straight alpha.

    Returns
    -------
    tuple of ndarray of shape (..., 3), uint8
        The pixels as they are; with alpha, on black and on white.
    """
    if pixels.shape[-1] == 3:
        return (pixels,)
    alpha = pixels[..., 3:].astype(np.uint16)
    black = ((pixels[..., :3] * alpha + 127) // 255).astype(np.uint8)
    return black, black + (255 - pixels[..., 3:])
