"""Settling the colours: to sRGB where they must be converted, otherwise left alone with their profile."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from autok.decoding.container import Container
from autok.decoding.gamma import apply_curve, gamma_curve, is_usual
from autok.decoding.profiles import TOLERANCE, Profile, convert_to_srgb, gray_curve, is_srgb, parse_profile

IGNORED = "The colour profile is damaged or does not fit the picture and was ignored."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done about colour."""

    icc: bytes | None = None
    """The profile to embed in every result; None means sRGB."""
    words: str = "sRGB"
    converted: bool = False
    """Whether the levels of the result differ from those of the file."""
    notes: tuple[str, ...] = ()


def settle_colors(image: Image.Image, container: Container) -> tuple[Image.Image, Outcome]:
    """Return a picture of mode L, RGB or RGBA, and what was done about its colours.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode L, RGB, RGBA, CMYK or LAB.
    container : Container
        Its profile, or the numbers that stand in for one.

    Returns
    -------
    image : PIL.Image.Image
        In sRGB, or in the RGB space of the profile that `outcome` keeps.
    outcome : Outcome
    """
    profile = parse_profile(container.icc)
    notes = (IGNORED,) if container.icc is not None and profile is None else ()
    if image.mode in ("CMYK", "LAB"):
        return _separated(image, profile, notes)
    if profile is None:
        return _numbered(image, container, notes)
    if profile.space == "GRAY":
        return _gray(image, profile)
    if profile.space != "RGB":
        return image, Outcome(notes=(IGNORED,))
    same = is_srgb(profile)
    if same is None:
        return image, Outcome(notes=(IGNORED,))
    return image, Outcome() if same else Outcome(profile.data, f"{profile.name}, kept")


def _separated(image: Image.Image, profile: Profile | None, notes: tuple[str, ...]) -> tuple[Image.Image, Outcome]:
    fits = profile is not None and profile.space == image.mode
    shown = convert_to_srgb(image, profile) if profile is not None and fits else None
    if shown is not None:
        return shown, Outcome(words=f"{image.mode}, converted to sRGB", converted=True)
    notes = (IGNORED,) if profile is not None else notes
    words = f"{image.mode} without a profile, converted to sRGB"
    return image.convert("RGB"), Outcome(words=words, converted=True, notes=notes)


def _gray(image: Image.Image, profile: Profile) -> tuple[Image.Image, Outcome]:
    curve = gray_curve(profile)
    if curve is None or not _is_gray(image):
        return image, Outcome(notes=(IGNORED,))
    if max(abs(level - shown) for level, shown in enumerate(curve)) <= TOLERANCE:
        return image, Outcome()
    return apply_curve(image, curve), Outcome(words=f"grey ({profile.name}), converted to sRGB", converted=True)


def _is_gray(image: Image.Image) -> bool:
    return image.mode == "L"


def _numbered(image: Image.Image, container: Container, notes: tuple[str, ...]) -> tuple[Image.Image, Outcome]:
    if container.gamma is None or is_usual(container.gamma):
        return image, Outcome(notes=notes)
    words = f"gamma {container.gamma:.5g}, converted to sRGB"
    return apply_curve(image, gamma_curve(container.gamma)), Outcome(words=words, converted=True, notes=notes)
