"""Colours: which profiles are dropped, kept, converted or ignored."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageCms

from autok.decoding import decode
from autok.decoding.building import P3_POINTS, SRGB_POINTS, build_profile
from autok.decoding.profiles import is_srgb, parse_profile
from support.uploads import chunk, corner_picture, saved, srgb_profile, with_chunks

P3 = build_profile(P3_POINTS, None, "Display P3") or b""
CARRIERS = ("PNG", "JPEG", "WEBP", "TIFF", "AVIF")


def _gray_profile(gamma: float) -> bytes:
    """Return a grey profile of one exponent, cut from the pieces of an RGB one."""
    rgb = build_profile(SRGB_POINTS, 1 / gamma, "grey")
    assert rgb is not None
    count = int.from_bytes(rgb[128:132], "big")
    table = {rgb[at : at + 4]: rgb[at + 4 : at + 12] for at in range(132, 132 + 12 * count, 12)}
    kept = {b"desc": table[b"desc"], b"cprt": table[b"cprt"], b"wtpt": table[b"wtpt"], b"kTRC": table[b"rTRC"]}
    body = b"".join(name + place for name, place in kept.items())
    head = rgb[:16] + b"GRAY" + rgb[20:128] + len(kept).to_bytes(4, "big") + body
    return head.ljust(132 + 12 * count, b"\0") + rgb[132 + 12 * count :]


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


def test_gray_profile() -> None:
    """Profiled grey is converted to neutral sRGB, with alpha or without, and its original is not kept."""
    for mode in ("L", "LA"):
        ramp = Image.linear_gradient("L").resize((16, 256)).convert(mode)
        source = decode(saved(ramp, "PNG", icc_profile=_gray_profile(1.0)))
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


def test_gray_profile_on_color() -> None:
    """A grey profile in a colour picture is ignored with a note."""
    assert len(decode(saved(corner_picture(), "PNG", icc_profile=_gray_profile(1.0))).notes) == 1


@pytest.mark.parametrize("gamma", [0.35, 1.0, 2.5])
def test_gamma(gamma: float) -> None:
    """PNG's gAMA alone is undone towards gamma 2.2; the kept original still tells it."""
    png = with_chunks(
        saved(Image.linear_gradient("L"), "PNG"), chunk(b"gAMA", round(gamma * 100_000).to_bytes(4, "big"))
    )
    source = decode(png)
    expected = 255 * (np.arange(256) / 255) ** (1 / 2.2 / gamma)
    assert np.abs(np.asarray(source.image)[:, 0, 0] - expected).max() <= 0.51
    assert source.metadata.profile == f"gamma {gamma:g}, converted to sRGB"
    assert source.original is not None
    assert np.array_equal(np.asarray(decode(source.original).image), np.asarray(source.image))


def test_usual_gamma() -> None:
    """A gAMA of 1/2.2 stands for sRGB, and is dropped so that no browser reads it otherwise."""
    source = decode(with_chunks(saved(corner_picture(), "PNG"), chunk(b"gAMA", (45455).to_bytes(4, "big"))))
    assert np.array_equal(np.asarray(source.image), np.asarray(corner_picture()))
    assert source.original is not None
    assert b"gAMA" not in source.original


def _points(points: tuple[float, ...]) -> bytes:
    return chunk(b"cHRM", b"".join(round(value * 100_000).to_bytes(4, "big") for value in points))


def test_chromaticities() -> None:
    """Primaries other than those of sRGB are kept as a profile; those of sRGB convert by its own curve."""
    linear = chunk(b"gAMA", (100_000).to_bytes(4, "big"))
    wide = decode(with_chunks(saved(corner_picture(), "PNG"), linear, _points(P3_POINTS)))
    assert wide.metadata.profile == "colours by chromaticities, kept"
    profile = parse_profile(wide.metadata.icc_profile)
    assert profile is not None
    assert is_srgb(profile) is False
    plain = decode(with_chunks(saved(Image.linear_gradient("L"), "PNG"), linear, _points(SRGB_POINTS)))
    assert np.asarray(plain.image)[55, 0, 0] == 128
    senseless = decode(with_chunks(saved(corner_picture(), "PNG"), linear, _points((0.3,) * 8)))
    assert senseless.metadata.icc_profile is None


def test_code_points() -> None:
    """PNG's cICP: sRGB is sRGB, Display P3 is kept as a profile, and HDR is read as sRGB with a note."""
    png = saved(corner_picture(), "PNG")
    assert decode(with_chunks(png, chunk(b"cICP", b"\1\x0d\0\1"))).metadata.profile == "sRGB"
    assert decode(with_chunks(png, chunk(b"cICP", b"\x0c\x0d\0\1"))).metadata.icc_profile == P3
    assert "HDR" in decode(with_chunks(png, chunk(b"cICP", b"\x09\x10\0\1"))).notes[0]


def test_built_profile() -> None:
    """A profile built from the numbers of sRGB is sRGB to LittleCMS, one built from those of P3 is not."""
    for points, expected in ((SRGB_POINTS, True), (P3_POINTS, False)):
        profile = parse_profile(build_profile(points, None, "name"))
        assert profile is not None
        assert (profile.name, is_srgb(profile)) == ("name", expected)
