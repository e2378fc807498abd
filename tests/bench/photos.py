"""Photos: bytes at equal score of each lossy writer, over Pillow's optimized progressive JPEG."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from autok.encoding import ENCODERS
from autok.formats import Format
from autok.models import Metadata
from bench.judging import Judge, cell, geometric_mean, sizes_at
from bench.pictures import PIXELS, Picture, find_pictures
from bench.pool import spread
from bench.tables import Table

SCORES: Final = (50, 60, 70, 80, 85)
PILLOW: Final = "Pillow, optimized progressive 4:2:0"
_SHIFTS: Final[dict[Format, tuple[int, ...]]] = {
    "jpeg": (8, 18, 30, 45, 60, 75, 85, 91, 94),
    "webp": (10, 25, 45, 60, 75, 84, 91, 96),
    "avif": (20, 30, 38, 48, 58, 68, 78, 86),
}
"""Qualities at which each format is tried, from below the least score to above the highest."""

Write = Callable[[Image.Image, int], bytes]


def measure(folder: Path | None, each: int | None) -> list[Table]:
    """Return size at equal score, and how the worst picture fares."""
    measured = spread(measure_picture, find_pictures(folder, each or 8, ("photos",)))
    baseline = np.array([sizes_at(SCORES, points[PILLOW]) for points in measured])
    rows = []
    for name in measured[0]:
        ratios = np.array([sizes_at(SCORES, points[name]) for points in measured]) / baseline
        rows.append([name, *(cell(geometric_mean(column)) for column in ratios.T), cell(float(np.nanmax(ratios)))])
    skipped = "" if _cjpeg() else " mozjpeg's cjpeg is not installed and was skipped."
    note = f"Bytes over Pillow's, {len(measured)} photos of {PIXELS / 1e6:g} megapixels, geometric mean.{skipped}"
    header = ("writer", *(f"at {score}" for score in SCORES), "worst")
    return [Table("Photos: size at equal SSIMULACRA2", header, rows, note)]


def measure_picture(picture: Picture) -> dict[str, list[tuple[float, float]]]:
    """Return score and bytes of every writer's files of one photo."""
    image = picture.open(PIXELS)
    judge = Judge(image)
    return {name: [_point(judge, write(image, q)) for q in _SHIFTS[kind]] for name, (kind, write) in _writers().items()}


def _writers() -> dict[str, tuple[Format, Write]]:
    def ours(kind: Format) -> tuple[Format, Write]:
        return kind, lambda image, quality: ENCODERS[kind].write(image, quality, Metadata())

    writers: dict[str, tuple[Format, Write]] = {PILLOW: ("jpeg", write_pillow), "Auto-K's JPEG": ours("jpeg")}
    if _cjpeg():
        writers["mozjpeg"] = ("jpeg", _write_mozjpeg)
    return writers | {"WebP": ours("webp"), "AVIF": ours("avif")}


def write_pillow(image: Image.Image, quality: int) -> bytes:
    """Write what everybody has: Pillow's JPEG, progressive, with optimized codes."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True, subsampling="4:2:0")
    return buffer.getvalue()


@cache
def _cjpeg() -> str | None:
    """Return mozjpeg's encoder; libjpeg-turbo's has the same name."""
    for path in filter(None, (shutil.which("cjpeg"), shutil.which("/opt/mozjpeg/bin/cjpeg"))):
        if "mozjpeg" in subprocess.run([path, "-version"], capture_output=True, text=True).stderr:
            return path
    return None


def _write_mozjpeg(image: Image.Image, quality: int) -> bytes:
    program = _cjpeg()
    assert program is not None
    buffer = io.BytesIO()
    image.save(buffer, "PPM")
    command = [program, "-quality", str(quality)]
    return subprocess.run(command, input=buffer.getvalue(), capture_output=True, check=True).stdout


def _point(judge: Judge, data: bytes) -> tuple[float, float]:
    return judge.score(Image.open(io.BytesIO(data))), len(data)
