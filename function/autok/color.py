"""sRGB bytes and the spaces in which colours are compared; ranges and dtypes of colour live here only.

Every space is laid out so that one unit is about the same visible step in each direction and the Euclidean
distance is the error that the palette minimises:

======= ============================== =========================================================
space   axes                           source
======= ============================== =========================================================
oklab   L - 50, 0.85 a, 0.85 b (x 100) B. Ottosson, "A perceptual color space for image
                                       processing", 2020; chroma weight measured on SSIMULACRA2
cielab  L* - 50, a*, b*                CIE 15:2018, illuminant D65, 2 degree observer
rgb     R, G, B (x 100/255, - 50)      gamma-encoded sRGB, IEC 61966-2-1
======= ============================== =========================================================

A translucent colour has four coordinates: the three above times its alpha, and 50 x alpha. Measured so, the
squared distance of two colours is the mean of their squared differences on a black and on a white ground: with
lightness l in 0..100 and alpha a, a ground adds 100 (1 - a) or nothing to a l, and
((d(al))^2 + (d(al) - 100 da)^2) / 2 = (d(a (l - 50)))^2 + (50 da)^2.

OKLab's cube root is infinitely steep at black: (5, 5, 5) lies 11 units from it, which nobody sees. Among four
coordinates that costs dearly, since every soft edge of something dark leads there. So a little light
(`TRANSLUCENT_BIAS`) is added before the root and taken away again, as SSIMULACRA2's own space does it. Opaque colours
keep the published axes: the score gains there on some pictures what it loses on others.

Coordinates are snapped to a grid (`GRID`). Sums of squares then stay exact in float32, so that no choice of
matrix kernel or mathematical library can move a nearest colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autok.arrays import Array, cast, cube_root, namespace

GRID: Final[dict[str, int]] = {"oklab": 32, "cielab": 16, "rgb": 32}
"""Steps of the coordinate grid in one unit, by space: as fine as sums of squares below 2**24 steps allow."""

CHROMA_WEIGHT: Final = 0.85
"""Factor on OKLab's chroma axes: below 1, since the eye and the score forgive chroma more than lightness."""

ALPHA_RANGE: Final = 50.0
"""The fourth coordinate of an opaque colour."""

BOUNDS: Final[dict[str, tuple[tuple[float, float], ...]]] = {
    "oklab": ((-50.0, 50.0), (-20.0, 23.5), (-26.5, 17.0), (0.0, ALPHA_RANGE)),
    "cielab": ((-50.0, 50.0), (-86.5, 98.5), (-108.0, 94.5), (0.0, ALPHA_RANGE)),
    "rgb": ((-50.0, 50.0), (-50.0, 50.0), (-50.0, 50.0), (0.0, ALPHA_RANGE)),
}
"""Least and greatest value of each coordinate over all sRGB colours, by space."""

TRANSLUCENT_BIAS: Final = 0.0038
"""Light that OKLab's cube roots see beside that of a colour with alpha, of 1; J. Sneyers' SSIMULACRA2 has 0.00379."""

TRANSLUCENT_BOUNDS: Final = {
    **BOUNDS,
    "oklab": ((-50.0, 50.0), (-23.5, 28.0), (-31.5, 20.0), (0.0, ALPHA_RANGE)),
}
"""`BOUNDS` of colours with alpha."""

_LINEAR_TO_LMS: Final = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_LMS_TO_OKLAB: Final = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_LINEAR_TO_XYZ: Final = (
    (0.4123907993, 0.3575843394, 0.1804807884),
    (0.2126390059, 0.7151686788, 0.0721923154),
    (0.0193308187, 0.1191947798, 0.9505321522),
)
_WHITE: Final = tuple(float(np.sum(row)) for row in np.array(_LINEAR_TO_XYZ))
_CIE_EPSILON: Final = (6 / 29) ** 3
_OKLAB_SCALE: Final = (100.0, 100.0 * CHROMA_WEIGHT, 100.0 * CHROMA_WEIGHT)


def to_space(colors: Array, space: str) -> Array:
    """Return the coordinates of sRGB colours in a working space.

    Parameters
    ----------
    colors : array of shape (N, 3) or (N, 4), uint8 or float32
        sRGB, and alpha where there is a fourth column, in [0, 255].
    space : {"oklab", "cielab", "rgb"}
        The working space.

    Returns
    -------
    array of the same shape, float32
        Coordinates within `BOUNDS`, with alpha within `TRANSLUCENT_BOUNDS`, snapped to the grid of the space; of the
        library that `colors` is of.
    """
    xp = namespace(colors)
    points = _FORWARD[space](cast(colors[:, :3], "float64") / 255.0, _bias(colors))
    points[:, 0] -= 50.0
    if space == "rgb":
        points[:, 1:] -= 50.0
    if colors.shape[1] == 4:
        alpha = cast(colors[:, 3:], "float64") / 255.0
        points = xp.concat([points * alpha, ALPHA_RANGE * alpha], axis=1)
    return cast(xp.round(points * GRID[space]) / GRID[space], "float32")


def from_space(points: NDArray[np.float32], space: str) -> NDArray[np.float32]:
    """Return the sRGB colours of coordinates; the inverse of `to_space`.

    Parameters
    ----------
    points : ndarray of shape (N, 3) or (N, 4), float32
        Coordinates, alpha as `to_space` gives it where there is a fourth column.
    space : {"oklab", "cielab", "rgb"}
        The working space.

    Returns
    -------
    ndarray of the same shape, float32
        sRGB, and alpha, clipped to [0, 255]; not rounded. A colour with no alpha is black.
    """
    values = points[:, :3].astype(np.float64)
    alpha = None
    if points.shape[1] == 4:
        alpha = np.clip(points[:, 3:].astype(np.float64) / ALPHA_RANGE, 0.0, 1.0)
        # What has no alpha has no colour to be divided out; it is made black below.
        values = values / np.maximum(alpha, 1e-6)
    values[:, 0] += 50.0
    if space == "rgb":
        values[:, 1:] += 50.0
    rgb = np.clip(_BACKWARD[space](values, _bias(points)), 0.0, 1.0) * 255.0
    if alpha is None:
        return np.asarray(rgb, np.float32)
    return np.concatenate([rgb * (alpha > 0), 255.0 * alpha], axis=1).astype(np.float32)


def _bias(colors: Array) -> float:
    return TRANSLUCENT_BIAS if colors.shape[1] == 4 else 0.0


def _linear(rgb: Array) -> Array:
    """Undo the sRGB transfer function (IEC 61966-2-1)."""
    return namespace(rgb).where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def _encoded(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """Apply the sRGB transfer function; what lies below black is clipped."""
    linear = np.maximum(linear, 0.0)
    return np.asarray(np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055))


def _apply(matrix: Sequence[Sequence[float]], values: Array) -> Array:
    """Multiply rows by a 3 x 3 matrix in a fixed order of operations, which a BLAS kernel would not promise."""
    x, y, z = (values[:, axis] for axis in range(3))
    return namespace(values).stack([row[0] * x + row[1] * y + row[2] * z for row in matrix], axis=1)


def _inverse(matrix: Sequence[Sequence[float]]) -> list[list[float]]:
    return [[float(item) for item in row] for row in np.linalg.inv(np.array(matrix))]


def _oklab(rgb: Array, bias: float) -> Array:
    foot, height = _root(bias)
    lms = _apply(_LINEAR_TO_LMS, _linear(rgb)) + bias
    points = _apply(_LMS_TO_OKLAB, (cube_root(lms) - foot) / height)
    for axis, scale in enumerate(_OKLAB_SCALE):
        points[:, axis] *= scale
    return points


def _from_oklab(points: NDArray[np.float64], bias: float) -> NDArray[np.float64]:
    foot, height = _root(bias)
    lms = _apply(_inverse(_LMS_TO_OKLAB), points / np.array(_OKLAB_SCALE)) * height + foot
    return _encoded(_apply(_inverse(_LINEAR_TO_LMS), lms**3 - bias))


def _root(bias: float) -> tuple[float, float]:
    """Return the biased cube root of no light, and how far above it that of full light lies."""
    foot = float(np.cbrt(bias))
    return foot, float(np.cbrt(1.0 + bias)) - foot


def _cielab(rgb: Array, _bias: float) -> Array:
    xp = namespace(rgb)
    xyz = _apply(_LINEAR_TO_XYZ, _linear(rgb))
    for axis, white in enumerate(_WHITE):
        xyz[:, axis] /= white
    f = xp.where(xyz > _CIE_EPSILON, cube_root(xyz), xyz * (29 / 6) ** 2 / 3 + 4 / 29)
    return xp.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


def _from_cielab(points: NDArray[np.float64], _bias: float) -> NDArray[np.float64]:
    fy = (points[:, 0] + 16) / 116
    f = np.stack([fy + points[:, 1] / 500, fy, fy - points[:, 2] / 200], axis=1)
    xyz = np.where(f > 6 / 29, f**3, (f - 4 / 29) * 3 * (6 / 29) ** 2) * np.array(_WHITE)
    return _encoded(_apply(_inverse(_LINEAR_TO_XYZ), xyz))


def _scaled(rgb: Array, _bias: float) -> Array:
    return rgb * 100.0


def _from_scaled(points: NDArray[np.float64], _bias: float) -> NDArray[np.float64]:
    return points / 100.0


_FORWARD: Final = {"oklab": _oklab, "cielab": _cielab, "rgb": _scaled}
_BACKWARD: Final = {"oklab": _from_oklab, "cielab": _from_cielab, "rgb": _from_scaled}
