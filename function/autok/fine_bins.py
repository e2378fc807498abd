"""Bins of seven bits a channel where those of six hold many pixels.

A bin is mapped as a whole when palettes are learnt, though some of its pixels lie nearer to another colour. Where the
squared error itself is the aim, that costs a few hundredths of it with 256 colours; halving the sides of the bins that
hold most pixels saves nearly all of it, and doubles the number of bins only.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autok.models import ColorHistogram

SHARE: Final = 1 / 8192
"""Share of all pixels above which a bin is split."""

_LEVELS: Final = np.arange(256, dtype=np.uint32)
_NESTED: Final = tuple(
    (_LEVELS >> 2) << 6 * place + 6 | (_LEVELS >> 1 & 1) << place + 3 | (_LEVELS & 1) << place for place in (2, 1, 0)
)
"""By channel and level: six bits beside those of the other channels, then the seventh beside theirs, then the last."""


def split_bins(parts: Iterable[NDArray[np.uint8]], counts: NDArray[np.int64], whole: ColorHistogram) -> ColorHistogram:
    """Split the bins that hold many pixels.

    Parameters
    ----------
    parts : iterable of ndarray of shape (h, w, 3), uint8
        The pixels that were counted.
    counts : ndarray of shape (2**18,), int64
        Pixels by code of six bits a channel, red first.
    whole : ColorHistogram
        The occupied bins by rising code.

    Returns
    -------
    ColorHistogram
        First the bins that stay, then parts of the others with their exact means and the activity of the whole.
    """
    heavy = counts > SHARE * counts.sum()
    codes = np.sort(np.concatenate([_within(heavy, pixels) for pixels in parts]))
    first = np.flatnonzero(np.diff(codes, prepend=codes[:1] ^ 1))
    pixels, codes = np.diff(first, append=len(codes)), codes[first]
    start = np.flatnonzero(np.diff(codes >> 3, prepend=(codes[:1] >> 3) ^ 1))
    if not len(start):
        return whole
    sums = np.add.reduceat(pixels, start)
    bins = codes[start]
    colors = np.full((len(start), 4), 255.0)
    for channel in range(3):
        place = 2 - channel
        floor = (bins >> 6 * place + 6 & 63) << 2 | (bins >> place + 3 & 1) << 1
        colors[:, channel] = floor + np.add.reduceat(pixels * (codes >> place & 1), start) / sums
    occupied = np.flatnonzero(counts)
    stays = ~heavy[occupied]
    activity = whole.activity[np.searchsorted(occupied, bins >> 6)]
    return ColorHistogram(
        np.concatenate([whole.colors[stays], colors.astype(np.float32)]),
        np.concatenate([whole.counts[stays], sums]),
        np.concatenate([whole.activity[stays], activity]),
    )


def _within(heavy: NDArray[np.bool_], pixels: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Return the nested codes of the pixels that lie in heavy bins."""
    codes = _NESTED[0][pixels[..., 0]]
    for channel in (1, 2):
        codes |= _NESTED[channel][pixels[..., channel]]
    return np.asarray(codes[heavy[codes >> 6]])
