"""Whether chroma may be halved without losing what it draws.

Halving saves 10 to 20 % on photos at any score. It fails where colours themselves draw edges, as coloured text does:
there no quality reaches a high score. Measured on 12 pictures, 4:4:4 over 4:2:0 at equal SSIMULACRA2:

| picture | share of strong colour edges | at 60 | at 70 | at 80 | at 85 |
| --- | --- | --- | --- | --- | --- |
| coloured terminal | 5.0 % | 0.54 | 4:2:0 ends below | | |
| dark editor | 0.8 % | 0.85 | 0.81 | 4:2:0 ends below | |
| charts | 0.5 %, 1.6 % | 1.07, 1.24 | 1.01, 1.19 | 0.77, 1.02 | 4:2:0 ends below |
| photos | up to 0.06 % | 1.17 to 1.31 | 1.16 to 1.20 | 1.15 to 1.23 | 1.07 to 1.22 |

Taken at once, full chroma would be a step in size of 25 % on photos, and sizes inside of it out of reach. So it begins
with steps five times as coarse, which weighs what halved chroma did (0.92 to 1.05 on 13 pictures) at up to a point less
on photos and 2 to 15 points more where colours draw, and grows fine over the next five qualities. Against a bridge
from 94 to 98, one from 95 to 100 weighs 0.93 to 1.01 at scores up to 91, 0.90 to 0.94 at 92 and 0.86 to 0.95 at 93 on
4 photos.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from autok.encoding.jpeg_blocks import Subsampling

EDGE = 48
"""Difference of chroma between neighbours, in 8-bit steps, from which it draws an edge."""
ALWAYS = 0.03
"""Share of such edges from which chroma is kept at any quality."""
OFTEN = 0.002
"""Share of such edges from which chroma is kept at `FINE` quality."""
FINE = 88
"""Quality of scores around 80."""
FINEST = 95
"""Quality beyond which halved chroma gains little."""
COARSEST = 5.0
"""Factor on the steps of full chroma where it begins..."""
BRIDGE = 5.0
"""... and qualities over which that falls to 1, by the same share in each."""
BAND_ROWS = 16
SAMPLED_PIXELS = 1 << 18


@dataclass(frozen=True, slots=True)
class Chroma:
    """How a picture's colour differences are written."""

    subsampling: Subsampling
    coarseness: float = 1.0
    """Factor on the steps of the chroma table."""


def choose_chroma(image: Image.Image, quality: float) -> Chroma:
    """Choose the resolution of chroma, and how finely it is stepped, for a picture at a quality.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode RGB, or L, which has no chroma.
    quality : float
        1 to 100.

    Returns
    -------
    Chroma
        Full chroma from quality 95, and where colours draw enough edges for the quality.
    """
    if image.mode != "RGB":
        return Chroma("4:2:0")
    share = edge_share(image)
    if share >= ALWAYS:
        return Chroma("4:4:4")
    over = quality - (FINE if share >= OFTEN else FINEST)
    return Chroma("4:2:0") if over < 0 else Chroma("4:4:4", max(1.0, COARSEST ** (1.0 - over / BRIDGE)))


def edge_share(image: Image.Image) -> float:
    """Measure how much of a picture is drawn by colour differences alone.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode RGB; of a large one, evenly spread bands of rows are looked at.

    Returns
    -------
    float
        Share of pixels whose chroma differs from the right and lower neighbours by more than `EDGE` in all, 0 to 1.
    """
    count = max(1, min(-(-image.height // BAND_ROWS), SAMPLED_PIXELS // (BAND_ROWS * image.width)))
    tops = [band * image.height // count for band in range(count)]
    edges = [_edges(image.crop((0, top, image.width, min(image.height, top + BAND_ROWS)))) for top in tops]
    return float(np.mean(np.concatenate(edges)))


def _edges(band: Image.Image) -> NDArray[np.bool_]:
    # Planes of their own: a maximum along an axis of two takes ten times as long.
    _, *planes = (np.asarray(plane, dtype=np.int16) for plane in band.convert("YCbCr").split())
    steps = np.zeros(planes[0].shape, dtype=np.int16)
    for axis in range(2):
        blue, red = (np.abs(np.diff(plane, axis=axis)) for plane in planes)
        height, width = blue.shape
        steps[:height, :width] += np.maximum(blue, red)
    strong: NDArray[np.bool_] = (steps > EDGE).reshape(-1)
    return strong
