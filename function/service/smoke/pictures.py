"""Pictures to try a deployment with, drawn here so that none has to be carried along."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

LARGEST: Final = 8000
"""Pixels a side of the largest picture that is allowed: 64 megapixels."""


def draw_scene() -> bytes:
    """Return a JPEG of 1200 x 900 with soft tones and grain, as a photo has them."""
    tones = Image.merge("RGB", [Image.linear_gradient("L").rotate(90 * turn).resize((1200, 900)) for turn in range(3)])
    draw = ImageDraw.Draw(tones)
    for step in range(60):
        left, top = step * 97 % 1100, step * 61 % 800
        draw.ellipse((left, top, left + 90, top + 70), fill=(step * 41 % 256, step * 83 % 256, step * 29 % 256))
    grain = Image.effect_noise(tones.size, 24).convert("RGB")
    buffer = io.BytesIO()
    Image.blend(tones.filter(ImageFilter.GaussianBlur(1.5)), grain, 0.08).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def draw_stripes(side: int = LARGEST) -> bytes:
    """Return a PNG of so many pixels a side with a few colours; small as a file, large as a picture."""
    image = Image.new("P", (side, side), 1)
    image.putpalette([20, 30, 40, 240, 240, 230, 200, 60, 40])
    draw = ImageDraw.Draw(image)
    for start in range(0, side, 40):
        draw.rectangle((start, 0, start + 19, side), fill=start // 40 % 3)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
