"""The clustering itself: RGB error and time of the histogram's K-means over converged K-means on every pixel."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from autok.analysis import analyze
from autok.mapping import map_colors
from autok.models import Metadata, SourceImage
from autok.quantization import quantize
from bench.judging import geometric_mean
from bench.pictures import PIXELS, Picture, find_pictures
from bench.pool import spread
from bench.tables import Table

COLORS: Final = (8, 16, 32, 64, 128, 256)
EACH: Final = 2


def measure(folder: Path | None, each: int | None) -> list[Table]:
    """Return error and time by K."""
    found = np.array(spread(measure_picture, find_pictures(folder, each or EACH, ("photos",))))
    error, ours, full = (geometric_means(found[..., i]) for i in range(3))
    rows = [
        ["RGB error over converged K-means on every pixel", *(f"{value:.3f}" for value in error)],
        ["worst picture", *(f"{value:.3f}" for value in found[..., 0].max(axis=0))],
        ["CPU seconds: look, learn, map", *(f"{value:.2f}" for value in ours)],
        ["CPU seconds: K-means on every pixel", *(f"{value:.1f}" for value in full)],
        ["times as fast", *(f"{a / b:.0f}" for a, b in zip(full, ours, strict=True))],
    ]
    note = (
        f"Mean squared error summed over the channels, {len(found)} photos of {PIXELS / 1e6:g} megapixels, geometric "
        "means; scikit-learn's KMeans from k-means++ until it converges, its centres not even rounded to bytes."
    )
    return [Table("K-means in RGB", ("", *(f"K = {colors}" for colors in COLORS)), rows, note)]


def geometric_means(values: NDArray[np.float64]) -> list[float]:
    """Return the geometric mean of each column."""
    return [geometric_mean(column) for column in values.T]


def measure_picture(picture: Picture) -> list[tuple[float, float, float]]:
    """Return, by K, the ratio of errors and the CPU seconds of both ways."""
    image = picture.open(PIXELS)
    _ours(image, COLORS[0])
    return [_compare(image, colors) for colors in COLORS]


def _compare(image: Image.Image, colors: int) -> tuple[float, float, float]:
    from sklearn.cluster import KMeans

    pixels = np.asarray(image).reshape(-1, 3).astype(np.float32)
    start = _cpu_seconds()
    mapped = _ours(image, colors)
    between = _cpu_seconds()
    model = KMeans(colors, init="k-means++", n_init=1, max_iter=1000, random_state=0).fit(pixels)
    end = _cpu_seconds()
    error = float(((mapped.reshape(-1, 3).astype(np.float64) - pixels) ** 2).sum(axis=1).mean())
    return error / (model.inertia_ / len(pixels)), between - start, end - between


def _ours(image: Image.Image, colors: int) -> NDArray[np.uint8]:
    source = SourceImage(image, "png", b"", None, Metadata())
    indexed = map_colors(source, quantize(analyze(source), colors, space="rgb"), space="rgb")
    return indexed.palette[:, :3][indexed.indices]


def _cpu_seconds() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime
