"""Pictures with alpha, laid on grounds on which they can be compared."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


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
