"""Making an ICC profile from numbers, where a file gives its primaries without one (ICC.1:2022, section 8.3)."""

from __future__ import annotations

import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

SRGB_POINTS: Final = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
"""White, red, green, blue of IEC 61966-2-1 as x, y pairs."""
P3_POINTS: Final = (0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060)
"""White, red, green, blue of Display P3 (SMPTE EG 432-1 with D65) as x, y pairs."""

_D50: Final = (0.9642, 1.0, 0.8249)
# Cone responses of Bradford (ICC.1:2022, annex E).
_BRADFORD: Final = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
# IEC 61966-2-1 as an ICC parametric curve of type 3: g, a, b, c, d.
_SRGB_CURVE: Final = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def build_profile(points: tuple[float, ...], gamma: float | None, name: str) -> bytes | None:
    """Return a display profile of three primaries and one curve, or None where the points span no gamut.

    Parameters
    ----------
    points : tuple of 8 float
        White, red, green and blue as x, y pairs (CIE 1931).
    gamma : float or None
        Exponent with which light was encoded, such as 0.45455; None means the curve of sRGB.
    name : str
        Its description.

    Returns
    -------
    bytes or None
        An ICC profile of version 4.
    """
    if min(points[1::2]) <= 0:
        return None
    white, *primaries = (_xyz(points[at], points[at + 1]) for at in range(0, 8, 2))
    columns = np.array(primaries).T
    if abs(float(np.linalg.det(columns))) < 1e-6:
        return None
    matrix = columns * np.linalg.solve(columns, white)
    adapted = _adaptation(white) @ matrix
    if not np.all(np.abs(adapted) < 4):
        return None
    curve = _curve(gamma)
    tags = {
        b"desc": _text(name), b"cprt": _text("CC0"), b"wtpt": _xyz_tag(np.array(_D50)),
        b"rXYZ": _xyz_tag(adapted[:, 0]), b"gXYZ": _xyz_tag(adapted[:, 1]), b"bXYZ": _xyz_tag(adapted[:, 2]),
        b"rTRC": curve, b"gTRC": curve, b"bTRC": curve,
    }  # fmt: skip
    return _assemble(tags)


def _xyz(x: float, y: float) -> NDArray[np.float64]:
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _adaptation(white: NDArray[np.float64]) -> NDArray[np.float64]:
    cones = np.array(_BRADFORD)
    scale: NDArray[np.float64] = (cones @ np.array(_D50)) / (cones @ white)
    adaptation: NDArray[np.float64] = np.linalg.inv(cones) @ (scale[:, None] * cones)
    return adaptation


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _curve(gamma: float | None) -> bytes:
    kind, numbers = (3, _SRGB_CURVE) if gamma is None else (0, (1 / gamma,))
    return b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + b"".join(map(_fixed, numbers))


def _xyz_tag(value: NDArray[np.float64]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(_fixed(float(part)) for part in value)


def _text(words: str) -> bytes:
    encoded = words.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(encoded), 28) + encoded


def _assemble(tags: dict[bytes, bytes]) -> bytes:
    at = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    placed: dict[bytes, int] = {}
    for name, content in tags.items():
        if content not in placed:
            placed[content] = at + len(body)
            body += content + bytes(-len(content) % 4)
        table += name + struct.pack(">II", placed[content], len(content))
    header = struct.pack(">I4sI4s4s4s", at + len(body), bytes(4), 0x04300000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H", 2024, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + b"".join(map(_fixed, _D50))
    return header.ljust(128, b"\0") + table + body
