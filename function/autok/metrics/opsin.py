"""The colour space in which SSIMULACRA2 compares: sRGB bytes to linear light to positive XYB.

Every operation is an elementwise IEEE float32 one, so that a score is the same number on every machine; a library's
power or matrix product may round differently from one processor to the next.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_BIAS = 0.0037930732552754493
_MIX = (
    (0.30, 0.622, 0.078),
    (0.23, 0.692, 0.078),
    (0.24342268924547819, 0.20476744424496821, 0.5518098665095536),
)


def _linear_table() -> Floats:
    level = np.arange(256) / 255.0
    linear = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    return linear.astype(np.float32)


LINEAR = _linear_table()
"""(256,) float32: linear light in [0, 1] of each sRGB byte (IEC 61966-2-1)."""


def linearize(pixels: NDArray[np.uint8]) -> Floats:
    """Give the linear light of sRGB pixels, plane by plane.

    Parameters
    ----------
    pixels : ndarray of shape (..., 3), uint8
        sRGB.

    Returns
    -------
    ndarray of shape (3, ...), float32
        Linear light in [0, 1].
    """
    planes = np.empty((3, *pixels.shape[:-1]), np.float32)
    for channel in range(3):
        np.take(LINEAR, pixels[..., channel], out=planes[channel], mode="clip")
    return planes


def cube_root(values: Floats) -> Floats:
    """Give the cube root of positive numbers, five times as fast as the library's and to the last bit or two.

    Parameters
    ----------
    values : ndarray, float32
        Positive, contiguous.

    Returns
    -------
    ndarray of the same shape, float32
        The cube roots.

    Notes
    -----
    A third of the bit pattern is a first guess within 4 %; two of Halley's steps, each of which triples the number
    of right digits, do the rest.
    """
    root = (values.view(np.int32) // np.int32(3) + np.int32(0x2A514067)).view(np.float32)
    cube = np.empty_like(values)
    over = np.empty_like(values)
    for _ in range(2):
        np.multiply(root, root, out=cube)
        cube *= root
        np.add(values, values, out=over)
        over += cube
        cube += cube
        cube += values
        over /= cube
        root *= over
    return root


def positive_xyb(linear: Floats, channels: tuple[bool, bool, bool] = (True, True, True)) -> dict[int, Floats]:
    """Give the XYB planes of linear light, scaled and shifted to be positive.

    Parameters
    ----------
    linear : ndarray of shape (3, ...), float32
        Linear light in [0, 1].
    channels : tuple of three bool, optional
        Which of X, Y and B - Y are wanted; the default is all of them.

    Returns
    -------
    dict of int to ndarray, float32
        The wanted planes: 0 is X, 1 is Y, 2 is B - Y; each about in [0, 1].

    References
    ----------
    JPEG XL's opsin absorbance (ISO/IEC 18181-1, annex on XYB) and the rescaling of SSIMULACRA2 2.1,
    https://github.com/cloudinary/ssimulacra2 (BSD-3-Clause).
    """
    offset = np.float32(np.cbrt(_BIAS))
    cones = [_cone(linear, row, offset) for row in (_MIX if channels[2] else _MIX[:2])]
    planes: dict[int, Floats] = {}
    half = np.float32(0.5)
    if channels[0]:
        planes[0] = (cones[0] - cones[1]) * np.float32(0.5 * 14.0) + np.float32(0.42)
    luma = (cones[0] + cones[1]) * half
    if channels[2]:
        planes[2] = cones[2] - luma + np.float32(0.55)
    if channels[1]:
        planes[1] = luma + np.float32(0.01)
    return planes


def _cone(linear: Floats, weights: tuple[float, float, float], offset: np.float32) -> Floats:
    mixed = linear[0] * np.float32(weights[0])
    term = linear[1] * np.float32(weights[1])
    mixed += term
    np.multiply(linear[2], np.float32(weights[2]), out=term)
    mixed += term
    mixed += np.float32(_BIAS)
    root = cube_root(mixed)
    root -= offset
    return root


def halve(linear: Floats) -> Floats:
    """Halve the last two axes by averaging 2 x 2 pixels; an odd edge averages the pixels that there are.

    Parameters
    ----------
    linear : ndarray of shape (..., H, W), float32
        Linear light.

    Returns
    -------
    ndarray of shape (..., ceil(H / 2), ceil(W / 2)), float32
        The averages.
    """
    height, width = linear.shape[-2:]
    if height % 2 or width % 2:
        pad = [(0, 0)] * (linear.ndim - 2) + [(0, height % 2), (0, width % 2)]
        linear = np.pad(linear, pad, mode="edge")
    rows = linear[..., 0::2, :] + linear[..., 1::2, :]
    halved: Floats = rows[..., 0::2] + rows[..., 1::2]
    halved *= np.float32(0.25)
    return halved
