"""Settling the colours: what is dropped, kept, converted or ignored, and what the report is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from autok.decoding import decode
from autok.decoding.building import P3_POINTS, SRGB_POINTS, build_profile
from autok.decoding.colors import HIGH_RANGE, IGNORED, Outcome, settle_colors
from autok.decoding.container import Container
from autok.decoding.gamma import USUAL
from autok.decoding.profiles import is_srgb, parse_profile
from support.uploads import chunk, corner_picture, gray_profile, saved, srgb_profile, with_chunks

PICTURE = corner_picture()
P3 = build_profile(P3_POINTS, None, "Display P3")


def settled(image: Image.Image = PICTURE, **facts: Any) -> tuple[Image.Image, Outcome]:
    """Return a picture and what was done about its colours, given what its container says."""
    return settle_colors(image, Container(*image.size, **facts), gray=image.mode == "L")


def test_silence_is_srgb() -> None:
    """A picture of whose colours nothing is said is sRGB, and is the very object that went in."""
    image, outcome = settled()
    assert image is PICTURE
    assert outcome == Outcome(None, "sRGB", converted=False, numbers=False, notes=())


def test_profiles_are_dropped_kept_or_ignored() -> None:
    """SRGB by profile needs none, another space keeps its profile, and a broken one is told."""
    assert settled(icc=srgb_profile())[1] == Outcome()
    kept = settled(icc=P3)
    assert kept == (PICTURE, Outcome(P3, "Display P3, kept"))
    assert settled(icc=b"no profile")[1] == Outcome(notes=(IGNORED,))


def test_numbers_stand_behind_a_profile_and_code_points_before_it() -> None:
    """A profile outweighs gAMA and cHRM, and cICP outweighs the profile, as the standard orders them."""
    assert settled(icc=P3, gamma=1.0, chromaticities=SRGB_POINTS)[1].words == "Display P3, kept"
    assert settled(icc=P3, code_points=(1, 13))[1] == Outcome()


@pytest.mark.parametrize(
    ("code_points", "words", "notes"),
    [((1, 13), "sRGB", ()), ((12, 13), "Display P3, kept", ()), ((9, 16), "unknown, read as sRGB", (HIGH_RANGE,))],
)
def test_code_points(code_points: tuple[int, int], words: str, notes: tuple[str, ...]) -> None:
    """Code points of sRGB and of Display P3 are known, and those of HDR are read as sRGB with a note."""
    outcome = settled(code_points=code_points)[1]
    assert (outcome.words, outcome.notes) == (words, notes)
    assert (outcome.icc == P3) == (code_points[0] == 12)
    assert outcome.numbers == (code_points != (1, 13))


def test_points_without_an_exponent_say_nothing() -> None:
    """Chromaticities alone describe no encoding, and leave the picture sRGB."""
    assert settled(chromaticities=P3_POINTS)[1] == Outcome()


def test_points_of_srgb_are_recognised_within_their_rounding() -> None:
    """Chromaticities off by 0.004 are those of sRGB still, and off by 0.006 they are kept as a profile."""
    near, far = (tuple(each + step for each in SRGB_POINTS) for step in (0.004, 0.006))
    assert settled(gamma=USUAL, chromaticities=near)[1] == Outcome()
    outcome = settled(gamma=USUAL, chromaticities=far)[1]
    assert (outcome.words, outcome.numbers) == ("colours by chromaticities, kept", True)
    assert outcome.icc == build_profile(far, None, "Chromaticities of the file")
    assert settled(gamma=0.5, chromaticities=far)[1].icc == build_profile(far, 0.5, "Chromaticities of the file")


def test_points_choose_the_curve() -> None:
    """Linear light beside the points of sRGB is encoded by its own curve, and alone or beside nonsense by 2.2."""
    ramp = Image.linear_gradient("L")
    shown = {}
    for name, points in (("described", SRGB_POINTS), ("alone", None), ("nonsense", (0.3,) * 8)):
        image, outcome = settled(ramp, gamma=1.0, chromaticities=points)
        assert (outcome.words, outcome.numbers, outcome.icc) == ("gamma 1, converted to sRGB", True, None)
        shown[name] = image.getpixel((0, 55))
    assert shown == {"described": 128, "alone": round(255 * (55 / 255) ** (1 / 2.2)), "nonsense": shown["alone"]}


@pytest.mark.parametrize("mode", ["CMYK", "LAB"])
def test_separations_become_rgb(mode: str) -> None:
    """CMYK and CIELAB come out in RGB and are told as converted, so that no original is kept."""
    image, outcome = settled(Image.new(mode, (3, 2)))
    assert (image.mode, image.size, outcome.converted, outcome.icc) == ("RGB", (3, 2), True, None)
    assert outcome.words.startswith(mode)


def test_a_profile_of_another_space_does_not_fit() -> None:
    """An RGB profile on grey is kept, on CMYK it is ignored with a note."""
    assert settled(Image.new("L", (2, 2)), icc=P3)[1].words == "Display P3, kept"
    assert settled(Image.new("CMYK", (2, 2)), icc=P3)[1].notes == (IGNORED,)


def test_grey_by_its_profile() -> None:
    """Grey whose profile has the curve of sRGB is left alone, linear grey is converted, a broken curve is told."""
    ramp = Image.linear_gradient("L")
    assert settled(ramp, icc=gray_profile(None)) == (ramp, Outcome())
    image, outcome = settled(ramp, icc=gray_profile(1.0))
    assert (outcome.words, outcome.converted) == ("grey (grey), converted to sRGB", True)
    assert abs(image.getpixel((0, 55)) - 128) <= 1
    assert settled(ramp, icc=gray_profile(1.0).replace(b"kTRC", b"none"))[1].notes == (IGNORED,)


def points_chunk(points: tuple[float, ...]) -> bytes:
    """Return PNG's cHRM."""
    return chunk(b"cHRM", b"".join(round(value * 100_000).to_bytes(4, "big") for value in points))


def test_chromaticities_of_a_file() -> None:
    """Primaries other than those of sRGB are kept as a profile; those of sRGB convert by its own curve."""
    linear = chunk(b"gAMA", (100_000).to_bytes(4, "big"))
    wide = decode(with_chunks(saved(PICTURE, "PNG"), linear, points_chunk(P3_POINTS)))
    assert wide.metadata.profile == "colours by chromaticities, kept"
    profile = parse_profile(wide.metadata.icc_profile)
    assert profile is not None
    assert is_srgb(profile) is False
    plain = decode(with_chunks(saved(Image.linear_gradient("L"), "PNG"), linear, points_chunk(SRGB_POINTS)))
    assert np.asarray(plain.image)[55, 0, 0] == 128
    senseless = decode(with_chunks(saved(PICTURE, "PNG"), linear, points_chunk((0.3,) * 8)))
    assert senseless.metadata.icc_profile is None


def test_code_points_of_a_file() -> None:
    """PNG's cICP: sRGB is sRGB, Display P3 is kept as a profile, and HDR is read as sRGB with a note."""
    png = saved(PICTURE, "PNG")
    assert decode(with_chunks(png, chunk(b"cICP", b"\1\x0d\0\1"))).metadata.profile == "sRGB"
    assert decode(with_chunks(png, chunk(b"cICP", b"\x0c\x0d\0\1"))).metadata.icc_profile == P3
    assert "HDR" in decode(with_chunks(png, chunk(b"cICP", b"\x09\x10\0\1"))).notes[0]
