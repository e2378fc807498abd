"""Profiles made from numbers, against published matrices and against LittleCMS."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from autok.decoding.building import P3_POINTS, SRGB_POINTS, build_profile
from autok.decoding.profiles import is_srgb, parse_profile

SRGB_D50 = ((0.43607, 0.38515, 0.14307), (0.22249, 0.71687, 0.06061), (0.01392, 0.09708, 0.71410))
"""The columns of the ICC's own sRGB profile: red, green and blue as X, Y, Z under D50."""
P3_D50 = ((0.51512, 0.29198, 0.15710), (0.24120, 0.69225, 0.06657), (-0.00105, 0.04189, 0.78407))
"""Those of Apple's Display P3."""

PROPHOTO_POINTS = (0.3457, 0.3585, 0.7347, 0.2653, 0.1596, 0.8404, 0.0366, 0.0001)
"""Those of ROMM RGB, whose white is D50 itself."""


def read_tags(profile: bytes) -> dict[bytes, bytes]:
    """Return the contents of a profile's tags by signature, as its table says where they lie."""
    (count,) = struct.unpack_from(">I", profile, 128)
    rows = (struct.unpack_from(">4sII", profile, 132 + 12 * at) for at in range(count))
    return {name: profile[start : start + size] for name, start, size in rows}


def built(points: tuple[float, ...], gamma: float | None = None) -> dict[bytes, bytes]:
    """Return the tags of a profile that must come to be."""
    profile = build_profile(points, gamma, "name")
    assert profile is not None
    return read_tags(profile)


def read_fixed(content: bytes) -> np.ndarray:
    """Return the numbers behind a tag's type, 16 bits before the point and 16 behind it."""
    return np.frombuffer(content[8:], ">i4") / 65536


@pytest.mark.parametrize(("points", "columns"), [(SRGB_POINTS, SRGB_D50), (P3_POINTS, P3_D50)])
def test_the_primaries_are_those_of_the_published_profiles(
    points: tuple[float, ...], columns: tuple[tuple[float, ...], ...]
) -> None:
    """The colorants under D50 agree with the profiles of the ICC and of Apple to three digits behind the point."""
    tags = built(points)
    own = np.stack([read_fixed(tags[name]) for name in (b"rXYZ", b"gXYZ", b"bXYZ")], axis=1)
    assert np.abs(own - np.array(columns)).max() < 5e-4


@pytest.mark.parametrize(
    "points", [SRGB_POINTS, P3_POINTS, (0.3457, 0.3585, 0.7347, 0.2653, 0.1596, 0.8404, 0.04, 0.01)]
)
def test_white_stays_white(points: tuple[float, ...]) -> None:
    """Full red, green and blue add up to the white of the connection space, whatever the file's own white is."""
    tags = built(points)
    white = sum(read_fixed(tags[name]) for name in (b"rXYZ", b"gXYZ", b"bXYZ"))
    assert np.abs(white - [0.9642, 1.0, 0.8249]).max() < 1e-3
    assert read_fixed(tags[b"wtpt"]) == pytest.approx([0.9642, 1.0, 0.8249], abs=1e-4)


def test_the_curve_is_the_one_asked_for() -> None:
    """Without an exponent the curve has the five numbers of IEC 61966-2-1; with one it undoes it."""
    curve = built(SRGB_POINTS)[b"rTRC"]
    assert struct.unpack_from(">4s4xH", curve) == (b"para", 3)
    assert np.frombuffer(curve[12:], ">i4") / 65536 == pytest.approx(
        [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045], abs=1e-5
    )
    plain = built(SRGB_POINTS, 0.5)[b"rTRC"]
    assert struct.unpack_from(">4s4xH", plain) == (b"para", 0)
    assert (np.frombuffer(plain[12:], ">i4") / 65536).tolist() == [2.0]


def test_the_file_is_laid_out_as_the_standard_says() -> None:
    """Header, size and signature are right, tags start at fours, and one curve is stored for three."""
    profile = build_profile(P3_POINTS, None, "Display P3")
    assert profile is not None
    assert struct.unpack_from(">I4x4s4s4s4s", profile) == (len(profile), b"\x04\x30\0\0", b"mntr", b"RGB ", b"XYZ ")
    assert profile[36:40] == b"acsp"
    (count,) = struct.unpack_from(">I", profile, 128)
    places = [struct.unpack_from(">4sII", profile, 132 + 12 * at) for at in range(count)]
    assert all(start % 4 == 0 and start >= 132 + 12 * count for _, start, _ in places)
    assert max(start + size for _, start, size in places) <= len(profile)
    assert len({start for name, start, _ in places if name.endswith(b"TRC")}) == 1


@pytest.mark.parametrize(
    "points",
    [
        (0.3127, 0.3290, *(0.3, 0.3) * 3),
        (0.3127, 0.3290, 0.2, 0.2, 0.3, 0.3, 0.4, 0.4),
        (0.3127, 0.0, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06),
        (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, -0.06),
        (0.7, 0.3, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06),
    ],
    ids=["one point", "one line", "white without light", "blue below the axis", "white at the end of the spectrum"],
)
def test_points_without_a_gamut_make_no_profile(points: tuple[float, ...]) -> None:
    """Points on one spot or line, at no brightness or far from their white are nothing that a profile can say."""
    assert build_profile(points, None, "name") is None


def test_littlecms_agrees() -> None:
    """A profile built from the numbers of sRGB is sRGB to LittleCMS, one built from those of P3 is not."""
    for points, expected in ((SRGB_POINTS, True), (P3_POINTS, False)):
        profile = parse_profile(build_profile(points, None, "naïve name"))
        assert profile is not None
        assert (profile.name, is_srgb(profile)) == ("naïve name", expected)
