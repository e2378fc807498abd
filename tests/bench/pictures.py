"""The pictures that tables are measured on: a folder's, or what packages carry and this project draws."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

from autok.decoding import Limits, decode
from autok.errors import AutokError
from local.drawings import draw_poster, draw_window

PIXELS: Final = 400_000
"""Pixels that a picture is brought to for tables of quality: those of the Kodak set."""
UPLOAD_QUALITY: Final = 92
"""JPEG quality at which a photo is uploaded where its own file is not."""
_FOLDERS: Final = (("kodak", "photos"), ("photos", "photos"), ("graphics", "graphics"))
_ENDINGS: Final = (".png", ".jpg", ".jpeg", ".webp")


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a set."""

    name: str
    group: str
    """``photos``, ``graphics`` or ``alpha``."""
    path: Path | None
    """Its file; None where it is drawn."""

    def open(self, pixels: int | None = None) -> Image.Image:
        """Return it upright in RGB or RGBA, brought down to at most so many pixels.

        Of a graphic the liveliest part is cut out, since resampling would give it the colours of a photo.
        """
        image = _draw(self.name) if self.path is None else decode(self.path.read_bytes(), LIMITS).image
        if pixels is None or image.width * image.height <= pixels:
            return image
        factor = (pixels / (image.width * image.height)) ** 0.5
        width, height = round(image.width * factor), round(image.height * factor)
        if self.group == "graphics":
            rooms = (image.width - width, image.height - height)
            lefts, tops = ([room * part // 2 for part in (0, 1, 2)] for room in rooms)
            parts = [image.crop((left, top, left + width, top + height)) for top in tops for left in lefts]
            return max(parts, key=lambda part: part.entropy())
        return image.resize((width, height), Image.Resampling.LANCZOS)

    def upload(self, pixels: int | None = None) -> bytes:
        """Return the file that a user would upload: its own at full size, else a JPEG of a photo, a PNG of others."""
        if pixels is None and self.path is not None:
            return self.path.read_bytes()
        buffer = io.BytesIO()
        if self.group == "photos":
            self.open(pixels).save(buffer, "JPEG", quality=UPLOAD_QUALITY)
        else:
            self.open(pixels).save(buffer, "PNG")
        return buffer.getvalue()


LIMITS: Final = Limits()


def find_pictures(folder: Path | None, each: int, groups: Sequence[str] = ("photos", "graphics")) -> list[Picture]:
    """Return pictures of the wanted groups, at most `each` of a group, evenly spread over its files.

    ``graphics`` holds what has alpha too unless ``alpha`` is asked for beside it.
    """
    found = [
        Picture(each_.name, "graphics" if each_.group == "alpha" and "alpha" not in groups else each_.group, each_.path)
        for each_ in (_packaged() if folder is None else _in_folder(folder))
    ]
    return [p for group in groups for p in _spread([one for one in found if one.group == group], each)]


def png_bytes(image: Image.Image) -> bytes:
    """Return a picture as a quickly written PNG."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _in_folder(folder: Path) -> list[Picture]:
    known = [(folder / name, group) for name, group in _FOLDERS if (folder / name).is_dir()]
    paths = [(path, group) for place, group in known or [(folder, "")] for path in sorted(place.iterdir())]
    readable = [(path, group) for path, group in paths if path.suffix.lower() in _ENDINGS]
    return [Picture(path.stem, _group(path, group), path) for path, group in readable]


def _group(path: Path, group: str) -> str:
    """Tell translucent pictures from the others of their folder, and in a folder of any name photos from graphics."""
    if group == "photos" or (not group and path.suffix.lower() in (".jpg", ".jpeg")):
        return "photos"
    try:
        return "alpha" if decode(path.read_bytes(), LIMITS).has_alpha else "graphics"
    except AutokError:
        return "unreadable"


def _packaged() -> list[Picture]:
    sklearn, skimage = (_package(name) for name in ("sklearn", "skimage"))
    photos = [sklearn / "datasets" / "images" / name for name in ("china.jpg", "flower.jpg")]
    photos += [skimage / "data" / name for name in ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg")]
    files = [Picture(path.stem, "photos", path) for path in photos if path.exists()]
    drawn = [Picture("poster", "graphics", None), Picture("window", "graphics", None)]
    drawn += [Picture("glow", "alpha", None), Picture("sticker", "alpha", None)]
    return [*files, *drawn, *(Picture(p.stem, _group(p, ""), p) for p in [skimage / "data" / "logo.png"] if p.exists())]


def _package(name: str) -> Path:
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def _draw(name: str) -> Image.Image:
    if name == "poster":
        return draw_poster()
    if name == "window":
        return draw_window()
    layer = Image.new("RGBA", (640, 480))
    draw = ImageDraw.Draw(layer)
    for step in range(8):
        color = (250 - 24 * step, 90 + 18 * step, 40 + 25 * step, 255 if name == "sticker" else 140 + 14 * step)
        draw.rounded_rectangle((40 + 34 * step, 30 + 26 * step, 600 - 30 * step, 450 - 22 * step), 40, fill=color)
    return layer.filter(ImageFilter.GaussianBlur(12)) if name == "glow" else layer


def _spread(pictures: Sequence[Picture], count: int) -> list[Picture]:
    if len(pictures) <= count:
        return list(pictures)
    return [pictures[(2 * index + 1) * len(pictures) // (2 * count)] for index in range(count)]
