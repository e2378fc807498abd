"""Bringing every pixel mode that Pillow opens to L, RGB or RGBA in 8 bits, without clipping."""

from __future__ import annotations

import numpy as np
from PIL import Image

from autok.decoding.container import Container
from autok.errors import UnsupportedFormatError

_WIDE = frozenset({"I;16", "I;16L", "I;16B", "I;16N"})
GRAY_MODES = frozenset({"1", "L", "LA", "La", *_WIDE})
"""Modes of Pillow that hold grey."""

_DIRECT = {"1": "L", "LA": "RGBA", "RGBX": "RGB", "YCbCr": "RGB", "PA": "RGBA", "RGBa": "RGBA"}
_STRIP = 1 << 20


def to_eight_bits(image: Image.Image, container: Container) -> Image.Image:
    """Return a picture in mode L, RGB, RGBA, CMYK or LAB, with a transparent colour turned into alpha.

    Parameters
    ----------
    image : PIL.Image.Image
        Loaded, in any mode.
    container : Container
        Depth, transparent colour, and whether 0 is white.

    Returns
    -------
    PIL.Image.Image
        Grey of 12 or 16 bits is scaled and rounded; nothing is clipped.

    Raises
    ------
    UnsupportedFormatError
        The picture holds 32-bit integers or floats, which have no agreed white.
    """
    key = container.key
    if image.mode in _WIDE:
        alpha = None if key is None else _wide_alpha(image, key[0])
        # Pillow scales I and I;16 but neither of the other byte orders.
        image = image if image.mode == "I;16" else image.convert("I")
        scale = 255 / ((1 << container.depth) - 1)
        gray = image.point(lambda value: value * scale + 0.5).convert("L")
        gray = gray.point(range(255, -1, -1)) if container.inverted else gray
        return gray if alpha is None else Image.merge("RGBA", (gray, gray, gray, alpha))
    if image.mode == "P":
        return image.convert("RGBA" if "transparency" in image.info else "RGB")
    if image.mode == "La":
        return image.convert("LA").convert("RGBA")
    if image.mode in _DIRECT:
        image = image.convert(_DIRECT[image.mode])
    if image.mode not in ("L", "RGB", "RGBA", "CMYK", "LAB"):
        raise UnsupportedFormatError(
            f"The picture stores its samples as {image.mode} (32-bit numbers), which say nothing about black and "
            "white. Save it with 8 or 16 bits a sample."
        )
    if key is None:
        # A GIF whose table is a grey ramp has no palette in Pillow, and its transparent entry is a level.
        return image.convert("RGBA") if image.mode == "L" and "transparency" in image.info else image
    return image if image.mode not in ("L", "RGB") else _keyed(image, key, container.depth)


def _wide_alpha(image: Image.Image, level: int) -> Image.Image:
    alpha = Image.new("L", image.size, 255)
    rows = max(1, _STRIP // image.width)
    for top in range(0, image.height, rows):
        strip = np.asarray(image.crop((0, top, image.width, min(image.height, top + rows))))
        alpha.paste(Image.fromarray(np.where(strip == level, 0, 255).astype(np.uint8)), (0, top))
    return alpha


def _keyed(image: Image.Image, key: tuple[int, ...], depth: int) -> Image.Image:
    top = (1 << depth) - 1
    levels = tuple(value >> 8 if depth == 16 else (value & top) * 255 // top for value in key)
    image.info = {"transparency": levels if image.mode == "RGB" else levels[0]}
    return image.convert("RGBA")


def with_empty_margins(image: Image.Image, box: tuple[int, int, int, int] | None) -> Image.Image:
    """Return a picture that is transparent outside of a box, as browsers show a GIF smaller than its screen.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode RGB or RGBA.
    box : tuple of 4 int or None
        Left, top, right, bottom; None leaves the picture as it is.
    """
    if box is None:
        return image
    shown = Image.new("RGBA", image.size, (0, 0, 0, 0))
    shown.paste(image.crop(box).convert("RGBA"), box)
    return shown


def without_idle_alpha(image: Image.Image) -> Image.Image:
    """Return a picture in RGB where it is grey, or where its alpha is 255 everywhere; otherwise as it is."""
    if image.mode == "RGBA" and image.getchannel("A").getextrema() != (255, 255):
        return image
    return image if image.mode == "RGB" else image.convert("RGB")
