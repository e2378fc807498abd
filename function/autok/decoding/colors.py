"""Settling the colours: to sRGB where they must be converted, otherwise left alone with their profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PIL import Image

from autok.decoding.building import P3_POINTS, SRGB_POINTS, build_profile
from autok.decoding.container import Container
from autok.decoding.gamma import apply_curve, gamma_curve, is_usual
from autok.decoding.profiles import TOLERANCE, Profile, convert_to_srgb, gray_curve, is_srgb, parse_profile

IGNORED: Final = "The colour profile is damaged or does not fit the picture and was ignored."
HIGH_RANGE: Final = "The file marks its colours as HDR or video; they were read as sRGB and may look different."

_SRGB, _DISPLAY_P3 = (1, 13), (12, 13)
_POINT_TOLERANCE: Final = 0.005


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done about colour."""

    icc: bytes | None = None
    """The profile to embed in every result; None means sRGB."""
    words: str = "sRGB"
    converted: bool = False
    """Whether the colours had to be converted in a way that the file itself does not tell to every browser."""
    numbers: bool = False
    """Whether the colours were settled by numbers in the file, which its rewritten form must carry on."""
    notes: tuple[str, ...] = ()


def settle_colors(image: Image.Image, container: Container, *, gray: bool) -> tuple[Image.Image, Outcome]:
    """Return a picture of mode L, RGB or RGBA, and what was done about its colours.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode L, RGB, RGBA, CMYK or LAB.
    container : Container
        Its profile, or the numbers that stand in for one.
    gray : bool
        Whether the file stores grey, with or without alpha.

    Returns
    -------
    image : PIL.Image.Image
        In sRGB, or in the RGB space of the profile that `outcome` keeps.
    outcome : Outcome
    """
    if image.mode in ("CMYK", "LAB"):
        return _separated(image, container)
    if container.code_points is not None:
        return image, _coded(container.code_points)
    if container.icc is None:
        return _numbered(image, container)
    profile = parse_profile(container.icc)
    if profile is not None and profile.space == "GRAY" and gray:
        return _gray(image, profile)
    same = is_srgb(profile) if profile is not None and profile.space == "RGB" else None
    if profile is None or same is None:
        return image, Outcome(notes=(IGNORED,))
    return image, Outcome() if same else Outcome(profile.data, f"{profile.name}, kept")


def _separated(image: Image.Image, container: Container) -> tuple[Image.Image, Outcome]:
    profile = parse_profile(container.icc) if image.mode == "CMYK" else None
    shown = convert_to_srgb(image, profile) if profile is None or profile.space == "CMYK" else None
    if shown is not None and (profile is not None or image.mode == "LAB"):
        return shown, Outcome(words=f"{image.mode}, converted to sRGB", converted=True)
    notes = (IGNORED,) if container.icc is not None else ()
    words = "CMYK without a profile, converted to sRGB"
    return image.convert("RGB"), Outcome(words=words, converted=True, notes=notes)


def _gray(image: Image.Image, profile: Profile) -> tuple[Image.Image, Outcome]:
    curve = gray_curve(profile)
    if curve is None:
        return image, Outcome(notes=(IGNORED,))
    if max(abs(level - shown) for level, shown in enumerate(curve)) <= TOLERANCE:
        return image, Outcome()
    return apply_curve(image, curve), Outcome(words=f"grey ({profile.name}), converted to sRGB", converted=True)


def _coded(code_points: tuple[int, int]) -> Outcome:
    if code_points == _SRGB:
        return Outcome()
    if code_points == _DISPLAY_P3:
        return Outcome(build_profile(P3_POINTS, None, "Display P3"), "Display P3, kept", numbers=True)
    return Outcome(words="unknown, read as sRGB", notes=(HIGH_RANGE,), numbers=True)


def _numbered(image: Image.Image, container: Container) -> tuple[Image.Image, Outcome]:
    gamma, points = container.gamma, container.chromaticities
    if gamma is None:
        return image, Outcome()
    if points is not None and max(abs(a - b) for a, b in zip(points, SRGB_POINTS, strict=True)) > _POINT_TOLERANCE:
        icc = build_profile(points, None if is_usual(gamma) else gamma, "Chromaticities of the file")
        if icc is not None:
            return image, Outcome(icc, "colours by chromaticities, kept", numbers=True)
        points = None
    if is_usual(gamma):
        return image, Outcome()
    words = f"gamma {gamma:.5g}, converted to sRGB"
    return apply_curve(image, gamma_curve(gamma, described=points is not None)), Outcome(words=words, numbers=True)
