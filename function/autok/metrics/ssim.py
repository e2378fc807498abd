"""Structural similarity of luma."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_SIDE = 7


def luma(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Compute luma.

    Parameters
    ----------
    pixels : ndarray of shape (..., 3), uint8
        sRGB.

    Returns
    -------
    ndarray of shape (...), float32
        0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), in [0, 255].
    """
    grey: NDArray[np.float32] = pixels[..., 0] * np.float32(0.299)
    grey += pixels[..., 1] * np.float32(0.587)
    grey += pixels[..., 2] * np.float32(0.114)
    return grey


def ssim(reference: NDArray[np.uint8], distorted: NDArray[np.uint8]) -> float:
    """Compute the mean structural similarity of luma, by scikit-image with its 7 x 7 window.

    Parameters
    ----------
    reference, distorted : ndarray of shape (H, W, 3) or (T, H, W, 3), uint8
        sRGB; of several tiles the mean is taken. A side below 7 pixels is stretched to 7 by repeating the edge.

    Returns
    -------
    float
        In [-1, 1]; 1 for equal pictures; more is better.

    Raises
    ------
    ValueError
        If the sizes differ.

    References
    ----------
    Z. Wang et al., "Image quality assessment: from error visibility to structural similarity", IEEE Transactions on
    Image Processing 13 (2004), doi:10.1109/TIP.2003.819861.
    """
    from skimage import metrics

    structural_similarity: Any = metrics.structural_similarity

    first, second = (_tiles(pixels) for pixels in (reference, distorted))
    if first.shape != second.shape:
        raise ValueError(f"the pictures have the shapes {reference.shape} and {distorted.shape}")
    values = [structural_similarity(a, b, data_range=255.0) for a, b in zip(first, second, strict=True)]
    return float(np.mean(values))


def _tiles(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    grey = luma(pixels if pixels.ndim == 4 else pixels[np.newaxis])
    below, right = (max(0, _SIDE - side) for side in grey.shape[1:])
    return np.pad(grey, ((0, 0), (0, below), (0, right)), mode="edge")
