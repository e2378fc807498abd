"""What an image is like, measured in one pass over strips, before anything is decided.

The colour histogram is what the palette learns from: some 20,000 weighted colours stand for any number of
pixels, each the exact mean of its bin. Images of few colours get one bin a colour, so that a flat ground keeps
its exact value. All sums are of integers, in float64 below 2**53 where `numpy.bincount` wants floats: the result
is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from autok.activity import convert_to_luma, deviation_in_threes, local_deviation, rows_in_threes
from autok.arrays import Array, beside, cast, count, namespace, to_host
from autok.devices import CPU, Device
from autok.fine_bins import split_bins
from autok.models import Analysis, ColorHistogram, SourceImage, every_row, strips

SMOOTH_BELOW: Final = 2.0
"""Activity under which a pixel counts as smooth, in 8-bit luma steps."""
EDGE_ABOVE: Final = 30.0
"""Activity over which a pixel counts as an edge, in 8-bit luma steps."""
WHOLE_PIXELS: Final = 1 << 22
"""Pixels up to which all are counted."""
SAMPLE_PIXELS: Final = 1 << 21
"""Of larger opaque pictures evenly spaced rows are counted, about so many pixels. Palettes of 64 and 256 colours that
were learnt so on 11 photos of 8 to 20 megapixels score as those of twice the rows, on average within 0.1 points."""
COUNT_PIXELS: Final = 1 << 18
"""Pixels that are counted at once: more would leave the cache, and fewer clear the bins too often."""
FEW_COLORS: Final = 8192
"""Distinct colours up to which each colour is a bin of its own."""

_OPAQUE_BINS: Final = 1 << 18
_DENSE_BINS: Final = 1 << 19
_HIDDEN_BIN: Final = _OPAQUE_BINS + 2 * _DENSE_BINS
_HALF: Final = 128
_BLOCK: Final = 8
_FIELD: Final = float(1 << 24)


def analyze(source: SourceImage, device: Device = CPU, *, fine: bool = False) -> Analysis:
    """Measure a picture.

    Parameters
    ----------
    source : SourceImage
        A decoded picture with at least one pixel.
    device : Device, optional
        Where to count; the default is the processor. All sums are exact, so the result is the same on every one.
    fine : bool, optional
        Whether the fullest bins of an opaque picture are split, so that a palette's squared error is about that of all
        pixels; the default is False.

    Returns
    -------
    Analysis
        Grey-level entropy (Shannon, 1948) in bits, block variance, activity and its shares, and the histogram.
    """
    rows = _Rows.of(source.image)
    entropy_bits, spatial_variance = _luma_facts(source.image, rows)
    sums = _Sums.over(rows, device)
    few = source.image.getcolors(FEW_COLORS)
    histogram = sums.histogram() if few is None else _exact_histogram(few, sums)
    if fine and few is None and source.image.mode == "RGB":
        histogram = split_bins((pixels for _, _, pixels in strips(rows.image)), sums.counts, histogram)
    return Analysis(
        entropy_bits=entropy_bits,
        spatial_variance=spatial_variance,
        mean_activity=sums.activity_total / 2.0 / sums.pixels,
        smooth_share=sums.smooth / sums.pixels,
        edge_share=sums.edge / sums.pixels,
        flat_share=sums.flat / max(1, sums.pixels - sums.pixels // source.width),
        exact_colors=len(histogram.counts) if few is not None and len(histogram.counts) <= 256 else None,
        histogram=histogram,
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a picture that are counted."""

    step: int
    """Of how many one is."""
    image: Image.Image
    luma: Image.Image
    threes: NDArray[np.uint8] | None
    """Luma of each between its neighbours; None where all are counted."""

    @classmethod
    def of(cls, image: Image.Image) -> _Rows:
        """Choose the rows by the number of pixels."""
        pixels = image.width * image.height
        # With alpha every pixel counts: a single hidden one needs its entry.
        step = 1 if image.mode == "RGBA" or pixels <= WHOLE_PIXELS else -(-pixels // SAMPLE_PIXELS)
        counted = every_row(image, step)
        if step == 1:
            return cls(step, counted, convert_to_luma(counted), None)
        threes = rows_in_threes(image, step)
        return cls(step, counted, Image.fromarray(threes[1::3]), threes)

    def activity(self, top: int, bottom: int, device: Device) -> Array:
        """Return the local deviation of some of the rows, flat."""
        if self.threes is None:
            deviation = local_deviation(self.luma, top, bottom, device)
        else:
            deviation = deviation_in_threes(self.threes[3 * top : 3 * bottom], device)
        return namespace(deviation).reshape(deviation, (-1,))


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums over the pixels: by bin, and of the activity in half steps."""

    counts: NDArray[np.int64]
    """(B,): pixels in a bin."""
    fields: NDArray[np.int64]
    """(B, 5): sums of the low bits of R, G, B and alpha, and of the activity in half steps."""
    pixels: int
    """How many were counted."""
    activity_total: int
    smooth: int
    edge: int
    flat: int

    @classmethod
    def over(cls, rows: _Rows, device: Device) -> _Sums:
        """Add up rows of a picture, strip by strip."""
        bins = _HIDDEN_BIN + 1 if rows.image.mode == "RGBA" else _OPAQUE_BINS
        counts, fields = device.put(np.zeros(bins, np.int64)), device.put(np.zeros((5, bins), np.int64))
        levels = device.put(np.zeros(256, np.int64))
        flat = 0
        for top, bottom, strip in strips(rows.image, rows=max(1, COUNT_PIXELS // rows.image.width)):
            pixels, activity = device.put(strip), rows.activity(top, bottom, device)
            levels += count(activity, 256)
            flat += _flat_pixels(pixels)
            _add_strip(pixels, activity, counts, fields)
        levels = to_host(levels)
        total = int(levels @ np.arange(256))
        smooth, edge = levels[: int(2 * SMOOTH_BELOW)].sum(), levels[int(2 * EDGE_ABOVE) + 1 :].sum()
        return cls(to_host(counts), to_host(fields).T, int(levels.sum()), total, int(smooth), int(edge), flat)

    def histogram(self) -> ColorHistogram:
        """Return the occupied bins with their exact mean colours."""
        bins = np.flatnonzero(self.counts)
        counts = self.counts[bins]
        means = self.fields[bins] / counts[:, None]
        colors = _bin_floor(bins) + means[:, :4]
        colors[:, 3] = np.where(bins < _OPAQUE_BINS, 255.0, colors[:, 3])
        colors[bins == _HIDDEN_BIN] = 0.0
        return ColorHistogram(colors.astype(np.float32), counts, (means[:, 4] / 2.0).astype(np.float32))


def _flat_pixels(pixels: Array) -> int:
    """Count the pixels that equal their left neighbour."""
    same = pixels[:, 1:, 0] == pixels[:, :-1, 0]
    for channel in range(1, pixels.shape[2]):
        same &= pixels[:, 1:, channel] == pixels[:, :-1, channel]
    return int(namespace(same).count_nonzero(same))


def _add_strip(pixels: Array, activity: Array, counts: Array, fields: Array) -> None:
    """Add one strip to the sums; two sums share one float64, the upper one in steps of 2**24."""
    xp, size = namespace(pixels), counts.shape[0]
    values = xp.reshape(pixels, (-1, pixels.shape[2]))
    red, green, blue = (xp.asarray(values[:, channel], copy=True) for channel in range(3))
    codes = _codes(red, green, blue)
    low = beside(red, 3)
    if values.shape[1] == 4:
        alpha = values[:, 3]
        sheer, nothing = alpha < 255, beside(red, 0)
        low = xp.where(sheer, xp.where(alpha < _HALF, beside(red, 15), beside(red, 7)), low)
        hidden = alpha == 0
        red, green, blue = (xp.where(hidden, nothing, channel) for channel in (red, green, blue))
        codes = xp.where(sheer, _sheer_codes(red, green, blue, alpha), codes)
        rest = xp.where(alpha < _HALF, nothing, alpha & 7)
        fields[3, :] += cast(count(codes, size, cast(rest, "float64")), "int64")
    counts += count(codes, size)
    for lower, upper, first, second in ((0, 1, red & low, green & low), (2, 4, blue & low, activity)):
        both = cast(second, "float64")
        both *= _FIELD
        both += cast(first, "float64")
        packed = cast(count(codes, size, both), "int64")
        fields[lower, :] += packed & 0xFFFFFF
        fields[upper, :] += packed >> 24


def _codes(red: Array, green: Array, blue: Array) -> Array:
    """Return the bins of opaque colours: six bits a channel."""
    codes = cast(red >> 2, "int64")
    for channel in (green, blue):
        codes <<= 6
        codes |= channel >> 2
    return codes


def _sheer_codes(red: Array, green: Array, blue: Array, alpha: Array) -> Array:
    """Return the bins of translucent colours, after the opaque ones.

    The sheerer a colour, the less it is seen and the more its alpha is: up to a half all seven bits of alpha and four
    of each channel, then four of alpha and five of each channel. What has no alpha has the last bin, of its own.
    """
    xp = namespace(alpha)
    codes, dense = cast(alpha, "int64"), cast((alpha - _HALF) >> 3, "int64")
    for channel in (red, green, blue):
        codes = codes << 4 | channel >> 4
        dense = dense << 5 | channel >> 3
    codes = xp.where(alpha < _HALF, codes, dense + _DENSE_BINS) + _OPAQUE_BINS
    return xp.where(alpha == 0, beside(codes, _HIDDEN_BIN), codes)


def _bin_floor(bins: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the least colour of each bin, shape (N, 4)."""
    opaque = np.stack([bins >> 12 & 63, bins >> 6 & 63, bins & 63, np.full_like(bins, 63)], axis=1) << 2
    later = bins - _OPAQUE_BINS
    sheer = np.stack([(later >> place & 15) << 4 for place in (8, 4, 0)] + [later >> 12 & 127], axis=1)
    dense = np.stack([later >> 10 & 31, later >> 5 & 31, later & 31, (later >> 15 & 15) + _HALF // 8], axis=1) << 3
    translucent = np.where((later < _DENSE_BINS)[:, None], sheer, dense)
    return np.where((later < 0)[:, None], opaque, translucent).astype(np.float64)


def _exact_histogram(few: Sequence[tuple[int, Any]], sums: _Sums) -> ColorHistogram:
    """Return one bin a colour, sorted; hidden colours under no alpha are one. Activity is that of the bin around."""
    merged: dict[tuple[int, ...], int] = {}
    for pixels, color in few:
        key = (*color, 255)[:4]
        key = key if key[3] else (0, 0, 0, 0)
        merged[key] = merged.get(key, 0) + pixels
    # Pillow promises no order of colours, and the palette's ties hang on it.
    colors = np.array(sorted(merged), np.uint8)
    counts = np.array([merged[key] for key in sorted(merged)], np.int64)
    red, green, blue, alpha = colors.T
    codes = np.where(alpha == 255, _codes(red, green, blue), _sheer_codes(red, green, blue, alpha))
    activity = sums.fields[codes, 4] / np.maximum(2.0 * sums.counts[codes], 1.0)
    return ColorHistogram(colors.astype(np.float32), counts, activity.astype(np.float32))


def _entropy(levels: NDArray[np.int64]) -> float:
    """Return Shannon's entropy of a histogram, in bits."""
    shares = levels[levels > 0] / levels.sum()
    # A picture of one grey would have an entropy of -0.0.
    return abs(float(-(shares * np.log2(shares)).sum()))


def _luma_facts(image: Image.Image, rows: _Rows) -> tuple[float, float]:
    """Return the entropy of the grey levels in bits, and the mean variance in whole 8 x 8 blocks.

    In a large picture the levels are those of the counted rows, the blocks those of evenly spaced strips. In one
    smaller than a block the variance is that of the whole.
    """
    height, width = image.height // _BLOCK * _BLOCK, image.width // _BLOCK * _BLOCK
    levels = np.array(rows.luma.histogram(), np.int64)
    if height and width:
        deviation, count = 0, 0
        whole = rows.luma if rows.step == 1 else image
        for top in range(0, height, rows.step * _BLOCK):
            block = np.asarray(convert_to_luma(whole.crop((0, top, width, top + _BLOCK))))
            deviation += _block_deviation(block)
            count += block.size
        return _entropy(levels), deviation / (count * _BLOCK**2)
    grey = np.arange(256)
    mean = levels @ grey / levels.sum()
    return _entropy(levels), float(levels @ (grey - mean) ** 2 / levels.sum())


def _block_deviation(rows: NDArray[np.uint8]) -> int:
    """Return 64 times the squared deviations of 8 x 8 blocks from their means, summed over a row of blocks."""
    # The square of 255 just fits sixteen bits.
    squares = int(np.multiply(rows, rows, dtype=np.uint16).sum(dtype=np.int64))
    sums = rows.sum(axis=0, dtype=np.uint32).reshape(-1, _BLOCK).sum(axis=1, dtype=np.int64)
    return squares * _BLOCK**2 - int(sums @ sums)
