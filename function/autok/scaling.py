"""Fewer pixels: only when asked for, and only as many fewer as the asking says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from PIL import Image, ImageOps

from autok.models import SourceImage
from autok.options import Options
from autok.options.edits import Frame

OVERSAMPLED_RMS: Final = 1.0
"""Luma error, in 8-bit steps, that a picture may show after being halved and doubled to count as oversampled."""

OVERSAMPLED_PEAK: Final = 8.0
"""The same for the worst thousandth of its pixels."""

PLAIN: Final = 10
"""Most that a channel of a picture's outermost pixels may differ, in 8-bit steps, where it lies on a plain ground."""


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

    Parameters
    ----------
    source : SourceImage
    options : Options
        Of these, ``scale`` and ``max_size``.

    Returns
    -------
    Scale
        A factor in (0, 1], with its reason below 1.
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

    Parameters
    ----------
    source : SourceImage
    factor : float
        On both sides, in (0, 1).

    Returns
    -------
    SourceImage
        Mode and metadata as before; the same object where no side changes.
    """
    size = (max(1, round(source.width * factor)), max(1, round(source.height * factor)))
    if size == source.image.size:
        return source
    image = source.image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    return replace(source, image=image, original=None)


def reframe(source: SourceImage, frame: Frame) -> SourceImage:
    """Return the picture in a frame, the same object where nothing changes.

    Nothing is enlarged: a box that the picture cannot fill is made smaller in its own proportions. Resampled by
    Lanczos, alpha premultiplied; of what is cropped away, half lies on either side. Once its pixels change, the
    stripped upload is no candidate any more.

    Parameters
    ----------
    source : SourceImage
    frame : Frame
    """
    image = source.image
    if frame.method in ("scale", "fit"):
        factors = (side / own for side, own in zip((frame.width, frame.height), image.size, strict=True) if side)
        factor = min(1.0, *factors)
        size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
        framed = image if size == image.size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    else:
        assert frame.width is not None
        assert frame.height is not None
        factor = min(1.0, image.width / frame.width, image.height / frame.height)
        box = (max(1, round(frame.width * factor)), max(1, round(frame.height * factor)))
        ground = _plain_ground(image) if frame.method == "thumb" else None
        framed = _fill(image, box) if ground is None else _surround(image, box, ground)
    return source if framed is image else replace(source, image=framed, original=None)


def _fill(image: Image.Image, box: tuple[int, int]) -> Image.Image:
    return image if box == image.size else ImageOps.fit(image, box, Image.Resampling.LANCZOS)


def _surround(image: Image.Image, box: tuple[int, int], ground: tuple[int, ...]) -> Image.Image:
    if box == image.size:
        return image
    inner = ImageOps.contain(image, box, Image.Resampling.LANCZOS)
    outer = Image.new(image.mode, box, ground)
    outer.paste(inner, ((box[0] - inner.width) // 2, (box[1] - inner.height) // 2))
    return outer


def _plain_ground(image: Image.Image) -> tuple[int, ...] | None:
    """Return the colour of a picture's outermost pixels where they are as good as equal, else None."""
    width, height = image.size
    edges = ((0, 0, width, 1), (0, height - 1, width, height), (0, 0, 1, height), (width - 1, 0, width, height))
    pixels = np.concatenate([np.asarray(image.crop(edge)).reshape(-1, len(image.mode)) for edge in edges])
    if image.mode == "RGBA" and not pixels[:, 3].any():
        return (0, 0, 0, 0)
    if int((pixels.max(axis=0).astype(int) - pixels.min(axis=0)).max()) > PLAIN:
        return None
    return tuple(int(value) for value in np.rint(np.median(pixels, axis=0)))


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
