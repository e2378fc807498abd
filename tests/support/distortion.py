"""Pictures made worse in known ways, for tests of the metrics."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from autok.models import SourceImage


def open_rgb(data: bytes) -> Image.Image:
    """Decode to RGB."""
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB")


def through_jpeg(image: Image.Image, quality: int) -> Image.Image:
    """Return a picture as a JPEG of a quality shows it."""
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=quality)
    return open_rgb(buffer.getvalue())


def in_colors(image: Image.Image, colors: int) -> Image.Image:
    """Return a picture in few colours, without dithering."""
    return image.quantize(colors, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def source_of(image: Image.Image) -> SourceImage:
    """Wrap a picture as a decoded upload."""
    return SourceImage(image, "png", b"", None)


def collage(first: Image.Image, second: Image.Image, side: int = 4) -> Image.Image:
    """Lay out two pictures of one size, each part enlarged differently, so that no two parts are alike."""
    width, height = first.size
    sheet = Image.new("RGB", (side * width, side * height))
    for row, column in np.ndindex(side, side):
        part = (first, second)[(row + column) % 2]
        grown = part.resize((width + 40 * row, height + 30 * column), Image.Resampling.LANCZOS)
        turned = grown.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if row % 2 else grown
        sheet.paste(turned.crop((0, 0, width, height)), (column * width, row * height))
    return sheet
