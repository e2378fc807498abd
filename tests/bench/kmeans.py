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
LARGE_PIXELS: Final = 2_000_000
"""Pixels of the larger size, at which only the largest K is measured: what full K-means takes grows with them."""
RUNS: Final = 3
"""Runs of the histogram's way, of which the quickest counts; the other takes long enough to need one."""


def measure(folder: Path | None, each: int | None) -> list[Table]:
    """Return error and time by K, and at a larger size."""
    pictures = find_pictures(folder, each or EACH, ("photos",))
    found = np.array(spread(measure_picture, pictures))
    large = [one for one in spread(measure_large, pictures) if one is not None]
    columns = [*found.transpose(1, 0, 2), *([np.array(large)] if large else [])]
    error, ours, full = ([geometric_mean(column[:, i]) for column in columns] for i in range(3))
    rows = [
        ["RGB error over converged K-means on every pixel", *(f"{value:.3f}" for value in error)],
        ["worst picture", *(f"{column[:, 0].max():.3f}" for column in columns)],
        ["CPU seconds: look, learn, map", *(f"{value:.2f}" for value in ours)],
        ["CPU seconds: K-means on every pixel", *(f"{value:.1f}" for value in full)],
        ["times as fast", *(f"{a / b:.0f}" for a, b in zip(full, ours, strict=True))],
    ]
    note = (
        f"Mean squared error summed over the channels, {len(found)} photos of {PIXELS / 1e6:g} megapixels"
        f"{f' and {len(large)} of {LARGE_PIXELS / 1e6:g}' if large else ''}, geometric means; scikit-learn's KMeans "
        f"from k-means++ until it converges, its centres not even rounded to bytes; of our {RUNS} runs the quickest."
    )
    header = ("", *(f"K = {colors}" for colors in COLORS), *([f"K = {COLORS[-1]}, 2 MP"] if large else []))
    return [Table("K-means in RGB", header, rows, note)]


def measure_picture(picture: Picture) -> list[tuple[float, float, float]]:
    """Return, by K, the ratio of errors and the CPU seconds of both ways."""
    image = picture.open(PIXELS)
    return [_compare(image, colors) for colors in COLORS]


def measure_large(picture: Picture) -> tuple[float, float, float] | None:
    """Return the same at the larger size for the largest K; None for a picture that has no such size."""
    image = picture.open(LARGE_PIXELS)
    # Within a row or so: the sides are rounded.
    return _compare(image, COLORS[-1]) if image.width * image.height >= 0.99 * LARGE_PIXELS else None


def _compare(image: Image.Image, colors: int) -> tuple[float, float, float]:
    from sklearn.cluster import KMeans

    pixels = np.asarray(image).reshape(-1, 3).astype(np.float32)
    spent = []
    for _ in range(RUNS):
        start = _cpu_seconds()
        mapped = _ours(image, colors)
        spent.append(_cpu_seconds() - start)
    between = _cpu_seconds()
    model = KMeans(colors, init="k-means++", n_init=1, max_iter=1000, random_state=0).fit(pixels)
    end = _cpu_seconds()
    error = float(((mapped.reshape(-1, 3).astype(np.float64) - pixels) ** 2).sum(axis=1).mean())
    return error / (model.inertia_ / len(pixels)), min(spent), end - between


def _ours(image: Image.Image, colors: int) -> NDArray[np.uint8]:
    source = SourceImage(image, "png", b"", None, Metadata())
    indexed = map_colors(source, quantize(analyze(source, fine=True), colors, space="rgb"), space="rgb")
    return indexed.palette[:, :3][indexed.indices]


def _cpu_seconds() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime
