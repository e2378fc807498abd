"""Fewer pixels: only when asked for, and only as many fewer as the asking says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from PIL import Image

from autok.models import SourceImage
from autok.options import Options

OVERSAMPLED_RMS: Final = 1.0
"""Luma error, in 8-bit steps, that a picture may show after being halved and doubled to count as oversampled."""

OVERSAMPLED_PEAK: Final = 8.0
"""The same for the worst thousandth of its pixels."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A factor on both sides and the sentence that explains it (empty for 1)."""

    factor: float
    reason: str = ""


def choose_scale(source: SourceImage, options: Options) -> Scale:
    """Return the factor that the options ask for.

    ``scale=auto`` shrinks only a picture that is measurably oversampled: one that survives being halved and doubled
    again with an error below what eight bits can show (`OVERSAMPLED_RMS`, `OVERSAMPLED_PEAK`); it is tried twice.
    ``max_size`` bounds the longest side on top of that; nothing is ever enlarged.
    """
    longest = max(source.width, source.height)
    factor, reason = 1.0, ""
    if options.scale is None:
        while factor > 0.25 and longest * factor >= 64 and _is_oversampled(source.image, factor):
            factor /= 2
        if factor < 1:
            reason = f"Scaled to {factor:.0%} of its sides: the picture holds no finer detail than that."
    elif options.scale < 1:
        factor = options.scale
        reason = f"Scaled to {factor:.0%} of its sides, as asked."
    if options.max_size is not None and longest * factor > options.max_size:
        factor = options.max_size / longest
        reason = f"Scaled to {factor:.1%} of its sides, so that the longest has {options.max_size} pixels, as asked."
    return Scale(factor, reason)


def rescale(source: SourceImage, factor: float) -> SourceImage:
    """Return the picture with both sides multiplied by `factor` (below 1) and rounded, at least 1 pixel each.

    Resampled by Lanczos, alpha premultiplied. The stripped upload is no candidate any more.
    """
    size = (max(1, round(source.width * factor)), max(1, round(source.height * factor)))
    image = source.image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    return replace(source, image=image, original=None)


def _is_oversampled(image: Image.Image, factor: float) -> bool:
    luma = image.convert("L")
    if factor < 1:
        luma = luma.resize((max(1, int(luma.width * factor)), max(1, int(luma.height * factor))), Image.Resampling.BOX)
    half = luma.resize((max(1, luma.width // 2), max(1, luma.height // 2)), Image.Resampling.LANCZOS)
    back = half.resize(luma.size, Image.Resampling.BICUBIC)
    histogram = np.zeros(256, dtype=np.int64)
    rows = max(1, (1 << 20) // luma.width)
    for top in range(0, luma.height, rows):
        box = (0, top, luma.width, min(luma.height, top + rows))
        error = np.abs(np.asarray(luma.crop(box), np.int16) - np.asarray(back.crop(box), np.int16))
        histogram += np.bincount(error.ravel(), minlength=256)
    steps = np.arange(256)
    rms = float(np.sqrt((histogram * steps**2).sum() / histogram.sum()))
    peak = int(np.searchsorted(np.cumsum(histogram), 0.999 * histogram.sum()))
    return rms <= OVERSAMPLED_RMS and peak <= OVERSAMPLED_PEAK
