"""PNG writing: what each effort of oxipng saves on palette pictures, and what it costs."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Final

import numpy as np

from autok.analysis import analyze
from autok.encoding import encode_png
from autok.mapping import map_colors
from autok.models import Metadata, SourceImage
from autok.quantization import quantize
from bench.judging import geometric_mean
from bench.pictures import PIXELS, Picture, find_pictures
from bench.pool import spread
from bench.tables import Table

EFFORTS: Final = (0, 1, 2, 3, 4, 5)
COLORS: Final = 64
BASE: Final = EFFORTS.index(2)


def measure(folder: Path | None, each: int | None) -> list[Table]:
    """Return bytes and time of each effort over those of level 2."""
    found = np.array(spread(measure_picture, find_pictures(folder, each or 4)))
    ratios = found / found[:, BASE : BASE + 1]
    rows = [
        [name, *(f"{geometric_mean(column):.2f}" for column in ratios[..., index].T)]
        for index, name in enumerate(("bytes", "CPU time"))
    ]
    rows.append(["CPU seconds", *(f"{value:.2f}" for value in found[..., 1].mean(axis=0))])
    header = ("over level 2", "Pillow", *(f"level {effort}" for effort in EFFORTS[1:]))
    note = f"{len(found)} pictures of {PIXELS / 1e6:g} megapixels in {COLORS} colours."
    return [Table("PNG by effort", header, rows, note)]


def measure_picture(picture: Picture) -> list[tuple[float, float]]:
    """Return bytes and CPU seconds of each effort."""
    source = SourceImage(picture.open(PIXELS), "png", b"", None, Metadata())
    indexed = map_colors(source, quantize(analyze(source), COLORS), rate=0.5)
    points = []
    for effort in EFFORTS:
        start = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        size = len(encode_png(indexed, Metadata(), effort=effort))
        points.append((float(size), resource.getrusage(resource.RUSAGE_SELF).ru_utime - start))
    return points
