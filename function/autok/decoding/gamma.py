"""PNG's gAMA: a picture whose encoding is told by one exponent, brought to sRGB (W3C PNG, third edition, 13.13).

Alone, the exponent is undone towards a display of gamma 2.2, as the browsers' libpng does. Beside chromaticities
it is a full description, and light is encoded anew with the curve of sRGB.
"""

from __future__ import annotations

from typing import Final

from PIL import Image

USUAL: Final = 1 / 2.2
"""What encoders write to say sRGB; taken as sRGB itself, as browsers do."""

_TOLERANCE: Final = 0.05


def is_usual(gamma: float) -> bool:
    """Tell whether an exponent stands for sRGB: within 5 % of `USUAL`, the threshold of libpng."""
    return abs(gamma / USUAL - 1) < _TOLERANCE


def gamma_curve(gamma: float, *, described: bool) -> tuple[int, ...]:
    """Return the sRGB level of each of the 256 levels of a picture encoded with an exponent.

    Parameters
    ----------
    gamma : float
        The exponent with which light was encoded, such as 0.35; above 0.
    described : bool
        Whether chromaticities stand beside it.
    """
    if not described:
        return tuple(round(255 * (level / 255) ** (USUAL / gamma)) for level in range(256))
    return tuple(round(255 * _encode((level / 255) ** (1 / gamma))) for level in range(256))


def _encode(light: float) -> float:
    """Encode linear light in [0, 1] as IEC 61966-2-1 does."""
    return 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055


def apply_curve(image: Image.Image, curve: tuple[int, ...]) -> Image.Image:
    """Return a picture of mode L, RGB or RGBA with its colours (not its alpha) sent through a curve of 256 levels."""
    alpha = list(range(256)) if image.mode == "RGBA" else []
    return image.point(list(curve) * (len(image.getbands()) - bool(alpha)) + alpha)
