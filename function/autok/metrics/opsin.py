"""The colour space in which SSIMULACRA2 compares: sRGB bytes to linear light to positive XYB.

Every operation is an elementwise IEEE float32 one, so that a score is the same number on every machine; a library's
power or matrix product may round differently from one processor to the next.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from autok.arrays import Array, beside, guess_cube_root, into, look_up, namespace

Floats = Array
"""An array of float32, of NumPy or of another library."""

_BIAS = 0.0037930732552754493
_OFFSET = float(np.float32(np.cbrt(_BIAS)))
_MIX = (
    (0.30, 0.622, 0.078),
    (0.23, 0.692, 0.078),
    (0.24342268924547819, 0.20476744424496821, 0.5518098665095536),
)


def _linear_table() -> NDArray[np.float32]:
    level = np.arange(256) / 255.0
    linear = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    return linear.astype(np.float32)


LINEAR = _linear_table()
"""(256,) float32: linear light in [0, 1] of each sRGB byte (IEC 61966-2-1)."""


def linearize(pixels: Array) -> Floats:
    """Give the linear light of sRGB pixels, plane by plane.

    Parameters
    ----------
    pixels : array of shape (..., 3), uint8
        sRGB.

    Returns
    -------
    array of shape (3, ...), float32
        Linear light in [0, 1].
    """
    xp = namespace(pixels)
    planes, table = xp.empty((3, *pixels.shape[:-1]), dtype=xp.float32, device=pixels.device), beside(pixels, LINEAR)
    for channel in range(3):
        look_up(table, pixels[..., channel], planes[channel, ...])
    return planes


def cube_root(values: Floats) -> Floats:
    """Give the cube root of positive numbers, five times as fast as the library's and to the last bit or two.

    Parameters
    ----------
    values : array, float32
        Positive, contiguous.

    Returns
    -------
    array of the same shape, float32
        The cube roots.

    Notes
    -----
    A third of the bit pattern is a first guess within 4 %; two of Halley's steps, each of which triples the number
    of right digits, do the rest.
    """
    xp, root = namespace(values), guess_cube_root(values)
    cube = xp.empty_like(values)
    over = xp.empty_like(values)
    for _ in range(2):
        into(cube, "multiply", root, root)
        cube *= root
        into(over, "add", values, values)
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
    linear : array of shape (3, ...), float32
        Linear light in [0, 1].
    channels : tuple of three bool, optional
        Which of X, Y and B - Y are wanted; the default is all of them.

    Returns
    -------
    dict of int to array, float32
        The wanted planes: 0 is X, 1 is Y, 2 is B - Y; each about in [0, 1].

    References
    ----------
    JPEG XL's opsin absorbance (ISO/IEC 18181-1, annex on XYB) and the rescaling of SSIMULACRA2 2.1,
    https://github.com/cloudinary/ssimulacra2 (BSD-3-Clause).
    """
    cones = [_cone(linear, row) for row in (_MIX if channels[2] else _MIX[:2])]
    planes: dict[int, Floats] = {}
    if channels[0]:
        planes[0] = (cones[0] - cones[1]) * (0.5 * 14.0) + 0.42
    luma = (cones[0] + cones[1]) * 0.5
    if channels[2]:
        planes[2] = cones[2] - luma + 0.55
    if channels[1]:
        planes[1] = luma + 0.01
    return planes


def _cone(linear: Floats, weights: tuple[float, float, float]) -> Floats:
    # One rounding for each operation: a matrix product may fuse two, on some processors and not on others.
    mixed = linear[0, ...] * weights[0]
    term = linear[1, ...] * weights[1]
    mixed += term
    into(term, "multiply", linear[2, ...], beside(linear, weights[2]))
    mixed += term
    mixed += _BIAS
    root = cube_root(mixed)
    root -= _OFFSET
    return root


def halve(linear: Floats) -> Floats:
    """Halve the last two axes by averaging 2 x 2 pixels; an odd edge averages the pixels that there are.

    Parameters
    ----------
    linear : array of shape (..., H, W), float32
        Linear light.

    Returns
    -------
    array of shape (..., ceil(H / 2), ceil(W / 2)), float32
        The averages.
    """
    xp = namespace(linear)
    if linear.shape[-2] % 2:
        linear = xp.concat([linear, linear[..., -1:, :]], axis=-2)
    if linear.shape[-1] % 2:
        linear = xp.concat([linear, linear[..., -1:]], axis=-1)
    rows = linear[..., 0::2, :] + linear[..., 1::2, :]
    halved = rows[..., 0::2] + rows[..., 1::2]
    halved *= 0.25
    return halved
