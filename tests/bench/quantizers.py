"""Everything that reduces a picture to K colours: this project's ways and those of others, as far as they are there."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL import __version__ as pillow_version

from autok.analysis import analyze
from autok.mapping import dither_strength, map_colors
from autok.metrics import Scorer
from autok.models import Metadata, SourceImage
from autok.options import Options
from autok.pipeline.palettes import draw, learn_best
from autok.pipeline.scene import Scene
from autok.planning import Upload, plan
from autok.quantization import lay_ground
from bench import forerunner
from bench.pictures import png_bytes

Reduce = Callable[[int], Image.Image]
"""K to the picture in (at most) K colours, in mode P, RGB or RGBA."""

OURS: Final = "Auto-K"
NEAREST: Final = "Auto-K, nearest colour"
PNGQUANT: Final = "pngquant"
PNGQUANT_NOFS: Final = "pngquant --nofs"
_PILLOW: Final = {
    "Pillow median cut": Image.Quantize.MEDIANCUT,
    "Pillow max coverage": Image.Quantize.MAXCOVERAGE,
    "Pillow fast octree": Image.Quantize.FASTOCTREE,
}


def contenders(image: Image.Image) -> dict[str, Reduce]:
    """Return every way that is there for a picture, by its name."""
    ways = {**_ours(image), **_pngquant(image)}
    for name, method in _PILLOW.items():
        if image.mode == "RGB" or method is Image.Quantize.FASTOCTREE:
            ways |= _pillow(image, name, method)
    ways |= _imagemagick(image)
    if image.mode == "RGB":
        ways["forerunner's colours"] = lambda colors: forerunner.reduce_colors(image, colors)
    return ways


def describe_peers() -> str:
    """Return a word on each program: its version, or that it is not there."""
    words = [f"Pillow {pillow_version}"]
    for name, path in (("pngquant", shutil.which("pngquant")), ("ImageMagick", _magick())):
        found = re.search(r"\d+\.\d+\.\d+", _version(path)) if path else None
        words.append(f"{name} {found[0]}" if found else f"{name} is not installed and was skipped")
    return f"{', '.join(words)}."


def _version(path: str) -> str:
    return subprocess.run([path, "--version"], capture_output=True, text=True).stdout


def _ours(image: Image.Image) -> dict[str, Reduce]:
    source = SourceImage(image, "png", b"", None, Metadata())
    analysis = analyze(source)
    upload = Upload(image.width * image.height, "png")
    ground = lay_ground(analysis)
    wanted = plan(analysis, ground.distortion_curve(), Options(format="png"), upload)
    planned = replace(wanted, dither=dither_strength(analysis, wanted.colors))
    scene = Scene(source, Options(format="png"), analysis, planned, Scorer(source), ground=ground)

    def best(colors: int) -> Image.Image:
        indexed = draw(scene, source, learn_best(scene, colors))
        return _colored(indexed.palette[indexed.indices], image.mode)

    def nearest(colors: int) -> Image.Image:
        indexed = map_colors(source, learn_best(scene, colors))
        return _colored(indexed.palette[indexed.indices], image.mode)

    return {OURS: best, NEAREST: nearest}


def _colored(pixels: NDArray[np.uint8], mode: str) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(pixels[..., : len(mode)]))


def _pngquant(image: Image.Image) -> dict[str, Reduce]:
    if not shutil.which("pngquant"):
        return {}
    data = png_bytes(image)
    return {
        PNGQUANT: lambda colors: _piped(["pngquant", str(colors), "-"], data),
        PNGQUANT_NOFS: lambda colors: _piped(["pngquant", "--nofs", str(colors), "-"], data),
    }


def _imagemagick(image: Image.Image) -> dict[str, Reduce]:
    program = _magick()
    if program is None:
        return {}
    data = png_bytes(image)

    def run(dither: str) -> Reduce:
        return lambda colors: _piped([program, "png:-", "-dither", dither, "-colors", str(colors), "png:-"], data)

    return {"ImageMagick": run("Riemersma"), "ImageMagick, no dither": run("None")}


@cache
def _magick() -> str | None:
    for name in ("magick", "convert"):
        path = shutil.which(name)
        if path and "ImageMagick" in _version(path):
            return path
    return None


def _pillow(image: Image.Image, name: str, method: Image.Quantize) -> dict[str, Reduce]:
    def nearest(colors: int) -> Image.Image:
        return image.quantize(colors, method, dither=Image.Dither.NONE)

    def dithered(colors: int) -> Image.Image:
        return image.quantize(palette=nearest(colors), dither=Image.Dither.FLOYDSTEINBERG)

    # Pillow spreads errors only over pictures without alpha.
    ways: dict[str, Reduce] = {name: nearest}
    return ways | {f"{name}, dithered": dithered} if image.mode == "RGB" else ways


def _piped(command: list[str], data: bytes) -> Image.Image:
    done = subprocess.run(command, input=data, capture_output=True, check=True)
    image = Image.open(io.BytesIO(done.stdout))
    image.load()
    return image
