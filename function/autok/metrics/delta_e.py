"""Colour difference as the eye sees it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def delta_e_2000(reference: NDArray[np.uint8], distorted: NDArray[np.uint8]) -> float:
    """Compute the mean CIEDE2000 colour difference.

    Parameters
    ----------
    reference, distorted : ndarray of shape (..., 3), uint8
        sRGB, of one shape.

    Returns
    -------
    float
        The mean difference, 0 for equal pictures; 1 is about what can just be noticed; less is better.

    Raises
    ------
    ValueError
        If the shapes differ.

    References
    ----------
    CIE 142-2001; G. Sharma, W. Wu, E. N. Dalal, "The CIEDE2000 color-difference formula", Color Research and
    Application 30 (2005), doi:10.1002/col.20070. Computed by scikit-image, in CIELAB under D65.
    """
    from skimage import color

    if reference.shape != distorted.shape:
        raise ValueError(f"the pictures have the shapes {reference.shape} and {distorted.shape}")
    to_lab: Any = color.rgb2lab
    difference: Any = color.deltaE_ciede2000
    return float(np.mean(difference(to_lab(reference), to_lab(distorted))))
