"""Colours: which profiles are dropped, kept, converted or ignored."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageCms

from autok.decoding import decode
from autok.decoding.building import P3_POINTS, build_profile
from support.uploads import corner_picture, gray_profile, saved, srgb_profile

P3 = build_profile(P3_POINTS, None, "Display P3") or b""
CARRIERS = ("PNG", "JPEG", "WEBP", "TIFF", "AVIF")


@pytest.mark.parametrize("plugin", CARRIERS)
def test_srgb_is_dropped(plugin: str) -> None:
    """A profile that shows every colour as sRGB does is dropped, from the kept original too."""
    source = decode(saved(corner_picture(), plugin, icc_profile=srgb_profile()))
    assert (source.metadata.icc_profile, source.metadata.profile) == (None, "sRGB")
    assert source.original is None or b"acsp" not in source.original
    assert source.notes == ()


@pytest.mark.parametrize("plugin", CARRIERS)
def test_wide_gamut_is_kept(plugin: str) -> None:
    """A profile other than sRGB is kept byte for byte, in the kept original too, and pixels are left alone."""
    source = decode(saved(corner_picture(), plugin, icc_profile=P3))
    assert (source.metadata.icc_profile, source.metadata.profile) == (P3, "Display P3, kept")
    assert source.original is None or decode(source.original).metadata.icc_profile == P3
    if plugin == "PNG":
        assert np.array_equal(np.asarray(source.image), np.asarray(corner_picture()))


def test_long_profile() -> None:
    """A profile longer than one JPEG segment is put together again, bytes behind its stated end cut."""
    long = P3 + bytes(100_000)
    long = len(long).to_bytes(4, "big") + long[4:]
    source = decode(saved(corner_picture(), "JPEG", icc_profile=long + b"SECRET"))
    assert source.metadata.icc_profile == long
    assert source.original is not None
    assert decode(source.original).metadata.icc_profile == long


def testgray_profile() -> None:
    """Profiled grey is converted to neutral sRGB, with alpha or without, and its original is not kept."""
    for mode in ("L", "LA"):
        ramp = Image.linear_gradient("L").resize((16, 256)).convert(mode)
        source = decode(saved(ramp, "PNG", icc_profile=gray_profile(1.0)))
        pixels = np.asarray(source.image)
        assert source.metadata.profile == "grey (grey), converted to sRGB"
        assert source.original is None
        assert np.array_equal(pixels[..., 0], pixels[..., 2])
        assert abs(int(pixels[55, 0, 0]) - 128) <= 1


def test_cmyk_profile() -> None:
    """Without a fitting profile CMYK is converted all the same, and the report says that the profile was ignored."""
    source = decode(saved(Image.new("CMYK", (8, 8), (0, 255, 0, 0)), "TIFF", icc_profile=P3))
    assert source.image.getpixel((0, 0)) == (255, 0, 255)
    assert len(source.notes) == 1


def test_lab() -> None:
    """A CIELAB picture is shown in sRGB."""
    lab = ImageCms.profileToProfile(
        corner_picture(), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    assert lab is not None
    source = decode(saved(lab, "TIFF"))
    error = np.abs(np.asarray(source.image).astype(int) - np.asarray(corner_picture()).astype(int))
    assert error.mean() < 3
    assert source.metadata.profile == "LAB, converted to sRGB"


@pytest.mark.parametrize(
    "damage", [P3[:100], P3[:200], b"\0" * 200, P3.replace(b"RGB ", b"7CLR", 1), P3[:150] + b"\xff" * 300]
)
def test_broken_profile(damage: bytes) -> None:
    """A broken profile is ignored with a note, and leaves pixels alone."""
    source = decode(saved(corner_picture(), "PNG", icc_profile=damage))
    assert source.metadata.icc_profile is None
    assert len(source.notes) == 1
    assert np.array_equal(np.asarray(source.image), np.asarray(corner_picture()))


def testgray_profile_on_color() -> None:
    """A grey profile in a colour picture is ignored with a note."""
    assert len(decode(saved(corner_picture(), "PNG", icc_profile=gray_profile(1.0))).notes) == 1
