"""ICC profiles: which are sRGB by another name, which are kept, and which are converted (ICC.1:2022).

A profile is judged by what it does, not by its name: a grid of colours goes through it to sRGB, and where no colour
moves by more than `TOLERANCE` 8-bit steps the profile is sRGB and can be dropped.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageCms

TOLERANCE: Final = 3
"""8-bit steps; sRGB profiles with curves rounded to 1024 entries stay within it, Apple's Display P3 is off by 40."""

_GRID: Final = (0, 16, 32, 64, 96, 128, 160, 192, 224, 240, 255)


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile that can be used."""

    data: bytes
    """Cut to the size that its header states."""
    space: str
    """Colour space of the device: RGB, GRAY, CMYK or Lab."""
    name: str
    """Its description, at most 60 printable letters."""


def parse_profile(data: bytes | None) -> Profile | None:
    """Read a profile, or return None where there is none or it cannot be used.

    Parameters
    ----------
    data : bytes or None
        ICC profile as embedded.
    """
    if data is None or len(data) < 132 or data[36:40] != b"acsp":
        return None
    size = int.from_bytes(data[:4], "big")
    if not 132 <= size <= len(data):
        return None
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(data[:size]))
        described = ImageCms.getProfileDescription(opened)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    name = "".join(letter for letter in described.strip() if letter.isprintable())[:60].strip()
    return Profile(data[:size], opened.profile.xcolor_space.strip(), name or "unnamed profile")


def is_srgb(profile: Profile) -> bool | None:
    """Tell whether an RGB profile shows every colour as sRGB does, within `TOLERANCE`; None where it is broken."""
    grid = Image.new("RGB", (len(_GRID) ** 2, len(_GRID)))
    grid.putdata([(red, green, blue) for red in _GRID for green in _GRID for blue in _GRID])
    shown = convert_to_srgb(grid, profile)
    if shown is None:
        return None
    before, after = grid.tobytes(), shown.tobytes()
    return max(abs(a - b) for a, b in zip(before, after, strict=True)) <= TOLERANCE


def gray_curve(profile: Profile) -> tuple[int, ...] | None:
    """Return the sRGB grey level of each of the 256 levels of a grey profile, or None where it is broken."""
    ramp = Image.frombytes("L", (256, 1), bytes(range(256)))
    shown = convert_to_srgb(ramp, profile)
    return None if shown is None else tuple(shown.getchannel("G").tobytes())


def convert_to_srgb(image: Image.Image, profile: Profile | None) -> Image.Image | None:
    """Return a picture in sRGB as its profile shows it, or None where the profile does not fit it.

    Without a profile only CIELAB (mode LAB, D50) can be shown. The rendering intent is perceptual for CMYK, as in
    browsers, and relative colorimetric otherwise.
    """
    intent = ImageCms.Intent.PERCEPTUAL if image.mode == "CMYK" else ImageCms.Intent.RELATIVE_COLORIMETRIC
    if profile is None and image.mode != "LAB":
        return None
    try:
        return ImageCms.profileToProfile(
            image,
            ImageCms.createProfile("LAB") if profile is None else ImageCms.ImageCmsProfile(io.BytesIO(profile.data)),
            ImageCms.createProfile("sRGB"),
            renderingIntent=intent,
            outputMode="RGB",
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
