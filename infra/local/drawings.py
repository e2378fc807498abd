"""Pictures drawn in code: a poster of hills and a window of an application, as graphics and screenshots are."""

from __future__ import annotations

import math
from typing import Final

from PIL import Image, ImageDraw, ImageFont

SIZE: Final = (1280, 800)
_OVER: Final = 2
"""Drawn so many times larger and averaged down, for smooth edges."""

_SKY: Final = ((250, 206, 150), (233, 126, 104))
_HILLS: Final = ((196, 104, 110), (143, 78, 104), (92, 58, 92), (52, 40, 72), (26, 24, 48))
_SERIES: Final = ((38, 110, 116), (214, 137, 48), (170, 66, 50))
_NAMES: Final = ("Ada Park", "Noor Haddad", "Ines Costa", "Jonas Weil", "Mei Tanaka", "Sam Okafor")
_TITLES: Final = ("Overview", "Orders", "Products", "Customers", "Reports", "Settings")


def draw_poster() -> Image.Image:
    """Return a poster of flat hills under an evening sky; RGB, 1280 by 800."""
    width, height = SIZE[0] * _OVER, SIZE[1] * _OVER
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    bands = 12
    for band in range(bands):
        share = band / (bands - 1)
        color = tuple(round(a + (b - a) * share) for a, b in zip(*_SKY, strict=True))
        draw.rectangle((0, height * 0.7 * band / bands, width, height), fill=color)
    draw.circle((width * 0.68, height * 0.36), height * 0.13, fill=(255, 238, 196))
    for index, color in enumerate(_HILLS):
        draw.polygon(_ridge(index, width, height), fill=color)
    for index in range(26):
        _draw_tree(draw, width * (index + 0.5) / 26, height * (0.93 + 0.05 * math.sin(index * 2.3)), height * 0.06)
    return image.resize(SIZE, Image.Resampling.BOX)


def _ridge(index: int, width: int, height: int) -> list[tuple[float, float]]:
    """Return the outline of a hill range; later ones are lower and nearer."""
    base = 0.42 + 0.11 * index
    line = [
        (x, height * (base + 0.05 * math.sin(x / width * (5 + index) + index * 1.9) + 0.02 * math.sin(x / width * 21)))
        for x in range(0, width + 8, 8)
    ]
    return [(0, height), *line, (width, height)]


def _draw_tree(draw: ImageDraw.ImageDraw, x: float, y: float, size: float) -> None:
    for step in range(3):
        half, top = size * (0.3 - 0.07 * step), y - size * (0.45 + 0.3 * step)
        draw.polygon([(x - half, top + size * 0.45), (x + half, top + size * 0.45), (x, top)], fill=(14, 16, 34))


def draw_window() -> Image.Image:
    """Return a window of an application with text, a chart and a table; RGB, 1280 by 800."""
    image = Image.new("RGB", SIZE, (247, 247, 244))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 220, SIZE[1]), fill=(24, 48, 52))
    _write(draw, (28, 28), "Meridian", 22, (244, 241, 234))
    for row, title in enumerate(_TITLES):
        if row == 0:
            draw.rounded_rectangle((14, 84, 206, 124), 8, fill=(44, 76, 80))
        _write(draw, (32, 94 + row * 44), title, 16, (222, 230, 228) if row == 0 else (150, 172, 172))
    _write(draw, (256, 28), "Overview", 26, (27, 32, 33))
    for index, (name, value) in enumerate((("Revenue", "48,210"), ("Orders", "1,284"), ("Returns", "2.1 %"))):
        left = 256 + index * 336
        draw.rounded_rectangle((left, 84, left + 312, 176), 10, fill=(255, 255, 255), outline=(222, 219, 212))
        _write(draw, (left + 20, 98), name, 15, (98, 106, 106))
        _write(draw, (left + 20, 124), value, 30, _SERIES[index])
    _draw_chart(draw, (256, 200, 1240, 480))
    _draw_table(draw, (256, 504, 1240, 776))
    return image


def _draw_chart(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    draw.rounded_rectangle(box, 10, fill=(255, 255, 255), outline=(222, 219, 212))
    for line in range(5):
        y = top + 30 + line * (bottom - top - 60) / 4
        draw.line((left + 56, y, right - 24, y), fill=(236, 234, 229))
        _write(draw, (left + 18, y - 9), f"{100 - 25 * line}", 13, (120, 126, 126))
    for index, color in enumerate(_SERIES):
        points = [
            (x, bottom - 60 - index * 46 - 40 * math.sin(x / 90 + index * 1.4) - (x - left) * 0.04)
            for x in range(left + 56, right - 24, 6)
        ]
        draw.line(points, fill=color, width=3, joint="curve")


def _draw_table(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int]) -> None:
    left, top, right, _ = box
    draw.rounded_rectangle(box, 10, fill=(255, 255, 255), outline=(222, 219, 212))
    for row, name in enumerate(_NAMES):
        y = top + 16 + row * 42
        if row:
            draw.line((left + 20, y - 6, right - 20, y - 6), fill=(236, 234, 229))
        color = _SERIES[row % 3]
        draw.ellipse((left + 22, y, left + 50, y + 28), fill=color)
        _write(draw, (left + 66, y + 4), name, 16, (27, 32, 33))
        _write(draw, (left + 420, y + 4), f"AK-{10482 + row * 37}", 16, (98, 106, 106))
        draw.rounded_rectangle((left + 640, y + 2, left + 740, y + 28), 13, fill=(228, 238, 237))
        _write(draw, (left + 662, y + 5), "Shipped", 15, (23, 89, 95))
        _write(draw, (right - 110, y + 4), f"{182.4 + row * 61.7:.2f}", 16, (27, 32, 33))


def _write(
    draw: ImageDraw.ImageDraw, place: tuple[float, float], text: str, size: int, color: tuple[int, int, int]
) -> None:
    draw.text(place, text, font=ImageFont.load_default(size), fill=color)
