"""All metrics of one result, for its report."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from autok.metrics import tiles as tiling
from autok.metrics.delta_e import delta_e_2000
from autok.metrics.grounds import flatten, pixels_in
from autok.metrics.psnr import WORST_SIDE, decibels, squared_errors
from autok.metrics.scorer import Scorer
from autok.metrics.ssim import ssim
from autok.models import SourceImage

_SSIM_TILES = 16
_SSIM_WHOLE_PIXELS = 1 << 19
_COLOR_PIXELS = 1 << 15


def measure(
    source: SourceImage,
    image: Image.Image,
    scorer: Scorer | None = None,
    *,
    closely: bool = True,
    score: float | None = None,
) -> dict[str, Any]:
    """Measure a result against its source, at a cost that hardly grows with the picture.

    PSNR and the worst tile come from every pixel, in bands; SSIMULACRA2 too, but for its two
    finest scales, which come from the scorer's regions, as all of it does where that is close enough; SSIM of pictures
    above half a megapixel from 16 tiles of 128 x 128 pixels, spread evenly; Delta-E from a regular grid of at most
    32,768 pixels. Where there is alpha, PSNR counts it as a fourth channel, and SSIM and Delta-E see the picture on
    white.

    Parameters
    ----------
    source : SourceImage
        The original.
    image : PIL.Image.Image
        The decoded result, of the source's size.
    scorer : Scorer, optional
        A scorer of the same source; the default is to make one.
    closely : bool, optional
        Whether a large picture's coarse scales are scored everywhere; the default is True. False suits what a codec
        wrote, which errs everywhere: on JPEG files of qualities 60 and 85 of photos of 8 to 13 megapixels half of
        the tiles gave the score within 0.7 points, on average within 0.2, for a quarter of the time.
    score : float, optional
        The result's SSIMULACRA2 where it is known, as the scorer would give it; the default is to find it.

    Returns
    -------
    dict
        ``psnr_db`` (decibels, None when identical), ``ssim`` (1 is equal), ``ssimulacra2`` (100 is equal),
        ``delta_e_2000`` (0 is equal), ``worst_tile`` (``x``, ``y``, ``size`` in pixels; None when identical) and
        ``measured_on`` (words).

    Raises
    ------
    ValueError
        If the size is not the source's.
    """
    mode = source.image.mode
    # A palette takes a byte a pixel; its parts get their colours when they are looked at.
    result = image if image.mode in (mode, "P") else image.convert(mode)
    scorer = scorer or Scorer(source)
    errors = squared_errors(source.image, result)
    parts = _ssim_tiles(source)
    everywhere, differs = closely and not scorer.whole, bool(errors.any())
    if score is None and differs:
        score = scorer.score_closely(result) if everywhere else scorer.score(result)
    return {
        "psnr_db": decibels(int(errors.sum()), math.prod((*result.size, len(mode)))),
        "ssim": ssim(flatten(tiling.cut(source.image, parts))[-1], flatten(tiling.cut(result, parts, mode))[-1]),
        "ssimulacra2": score if differs else 100.0,
        "delta_e_2000": delta_e_2000(_sample(source.image, mode), _sample(result, mode)),
        "worst_tile": _worst(errors),
        "measured_on": _told(scorer, everywhere=everywhere) if differs else "all pixels",
    }


def _told(scorer: Scorer, *, everywhere: bool) -> str:
    return f"all pixels, the finest details in {scorer.measured_on}" if everywhere else scorer.measured_on


def _ssim_tiles(source: SourceImage) -> tiling.Tiles:
    if source.pixel_count <= _SSIM_WHOLE_PIXELS or min(source.width, source.height) < tiling.TILE_SIDE:
        return tiling.whole(source.width, source.height)
    return tiling.thin(tiling.cover(source.width, source.height), _SSIM_TILES)


def _worst(errors: NDArray[np.int64]) -> dict[str, int] | None:
    row, column = divmod(int(errors.argmax()), errors.shape[1])
    if not errors[row, column]:
        return None
    return {"x": column * WORST_SIDE, "y": row * WORST_SIDE, "size": WORST_SIDE}


def _sample(image: Image.Image, mode: str) -> NDArray[np.uint8]:
    """Take every n-th pixel of every n-th row, on white."""
    step = max(1, math.ceil(math.sqrt(image.width * image.height / _COLOR_PIXELS)))
    rows = (image.crop((0, y, image.width, y + 1)) for y in range(step // 2, image.height, step))
    return flatten(np.concatenate([pixels_in(row, mode)[:, ::step] for row in rows]))[-1]
