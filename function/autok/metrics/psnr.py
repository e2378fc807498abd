"""Peak signal-to-noise ratio, and where the error is worst."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from autok.metrics.grounds import pixels_in

WORST_SIDE = 64
"""Side in pixels of the tiles among which the worst is found."""


def squared_errors(reference: Image.Image, distorted: Image.Image) -> NDArray[np.int64]:
    """Sum the squared differences of all bytes, tile by tile, exactly.

    Works on bands of `WORST_SIDE` rows, so that memory does not grow with the picture's height.

    Parameters
    ----------
    reference, distorted : PIL.Image.Image
        Of one size and mode; the second may have a palette, whose colours are laid in band by band.

    Returns
    -------
    ndarray of shape (ceil(H / 64), ceil(W / 64)), int64
        Squared 8-bit steps, summed over the pixels and channels of each 64 x 64 tile.

    Raises
    ------
    ValueError
        If size or mode differ.
    """
    if reference.size != distorted.size or distorted.mode not in (reference.mode, "P"):
        raise ValueError(f"{reference.mode} {reference.size} cannot be compared with {distorted.mode} {distorted.size}")
    width, height = reference.size
    starts = np.arange(0, width, WORST_SIDE) * len(reference.getbands())
    bands = []
    for top in range(0, height, WORST_SIDE):
        box = (0, top, width, min(height, top + WORST_SIDE))
        rows = box[3] - top
        first = np.asarray(reference.crop(box)).reshape(rows, -1)
        second = pixels_in(distorted.crop(box), reference.mode).reshape(rows, -1)
        error = np.maximum(first, second)
        error -= np.minimum(first, second)
        square = np.multiply(error, error, dtype=np.uint16)
        bands.append(np.add.reduceat(square.sum(axis=0, dtype=np.uint32), starts, dtype=np.int64))
    return np.stack(bands)


def psnr_db(reference: Image.Image, distorted: Image.Image) -> float | None:
    """Compute the peak signal-to-noise ratio over all bytes.

    Parameters
    ----------
    reference, distorted : PIL.Image.Image
        Of one size and mode.

    Returns
    -------
    float or None
        10 log10(255^2 / mean squared error) in decibels; more is better; None when the two are identical.

    Raises
    ------
    ValueError
        If size or mode differ.

    References
    ----------
    ITU-T J.340 (2010), "Reference algorithm for computing peak signal to noise ratio of a processed video sequence".
    """
    return decibels(
        int(squared_errors(reference, distorted).sum()), math.prod((*reference.size, len(reference.getbands())))
    )


def decibels(squared_error: int, count: int) -> float | None:
    """Turn a sum of squared errors into decibels.

    Parameters
    ----------
    squared_error : int
        Sum over all bytes, in squared 8-bit steps.
    count : int
        Number of bytes.

    Returns
    -------
    float or None
        The ratio in decibels; None without any error.
    """
    return 10.0 * math.log10(255.0**2 * count / squared_error) if squared_error else None
