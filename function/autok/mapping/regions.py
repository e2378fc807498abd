"""Whole pictures and parts of them, turned into palette entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from autok.activity import local_deviation
from autok.devices import CPU, Device
from autok.mapping.codes import BITS, coarse_codes, code_count, sorted_distinct
from autok.mapping.grid import SpaceGrid
from autok.mapping.nearest import FEW_COLORS, ColorTable, GrowingTable, coordinates, nearest_on
from autok.mapping.skewing import Band, Edge
from autok.mapping.wavefront import ACTIVITY_BITS, Chooser, choose_band
from autok.models import STRIP_PIXELS, Analysis, IndexedImage, SourceImage, every_row, strips

BAND_ROWS: Final = 1536
"""Rows in a band: long vectors at 12 megapixels, and a few tens of megabytes."""
BAND_PIXELS: Final = 6 << 20
"""Pixels in a band, so that wider pictures need no more memory; enough for all of its rows at 12 megapixels."""
SMALL_PIXELS: Final = 1 << 22
"""Pixels up to which every colour is told apart."""
LOOK_PIXELS: Final = 1 << 17
"""Pixels that are looked up at once: what is computed of them on the way stays in the cache."""
PRIME_PIXELS: Final = 1 << 19
"""About so many pixels, in evenly spaced rows, are gone through beforehand, where each gets its nearest entry."""
FLAT_RATE: Final = 0.1
"""Factor on the rate where nothing happens: low, so that skies keep their gradients and show no streaks."""
MASKING: Final = 2.2
"""Activity, in 8-bit luma steps, that raises the factor by one: errors in busy texture are seen less."""

PHOTO_DITHER: Final = 0.6
"""Strength that photographs get; more diverges outside the palette's hull and costs bytes."""
PHOTO_RATE: Final = 2.5
GRAPHIC_RATE: Final = 0.4
"""Rate weights of photographs and of graphics, whose edges forgive less."""
SHEER_RATE: Final = 0.15
"""Rate weight of translucent graphics, whose errors are seen on every ground."""
FLAT_SHARE: Final = 0.5
"""Share of pixels equal to their left neighbour from which an image is a graphic."""
PLAIN_SHARE: Final = 0.73
"""The same, of what is visible, from which a graphic is so plain that a repeated entry saves next to nothing, and its
error is seen."""
ICON_PIXELS: Final = 1 << 12
"""Pixels up to which a file is mostly its palette, so that repeated entries save nothing."""

_MAX_STRENGTH: Final = 0.75


def dither_strength(analysis: Analysis, colors: int) -> float:
    """Return the strength of error diffusion that suits an image.

    Parameters
    ----------
    analysis : Analysis
    colors : int
        K, 2 to 256.

    Returns
    -------
    float
        In [0, 1]; 0 for graphics, for translucent pictures and wherever the palette is exact.
    """
    if analysis.exact_colors is not None and analysis.exact_colors <= colors:
        return 0.0
    return 0.0 if _is_graphic(analysis) else PHOTO_DITHER


def rate_weight(analysis: Analysis) -> float:
    """Return the rate weight that suits an image.

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    float
        For `map_colors`: the weight that gave the least bytes at equal score, on photographs, on graphics with shades
        or on translucent ones; 0 for plain ones and for icons.
    """
    if analysis.histogram.counts.sum() <= ICON_PIXELS:
        return 0.0
    if not _is_graphic(analysis):
        return PHOTO_RATE
    if _visible_flat_share(analysis) >= PLAIN_SHARE:
        return 0.0
    return SHEER_RATE if _is_translucent(analysis) else GRAPHIC_RATE


def _is_graphic(analysis: Analysis) -> bool:
    """Return whether errors are better left where they are: with alpha, spread ones are seen on every other ground."""
    drawn = analysis.flat_share >= FLAT_SHARE and not analysis.continuous_tone
    return drawn or _is_translucent(analysis)


def _is_translucent(analysis: Analysis) -> bool:
    alpha = analysis.histogram.colors[:, 3]
    return bool(((alpha > 0) & (alpha < 255)).any())


def _visible_flat_share(analysis: Analysis) -> float:
    """Return the share of pixels equal to their left neighbour, without those that nobody sees, which all are."""
    histogram = analysis.histogram
    hidden = float(histogram.counts[histogram.colors[:, 3] == 0].sum() / histogram.counts.sum())
    return (analysis.flat_share - hidden) / (1.0 - hidden) if hidden < 1.0 else 1.0


def map_colors(
    source: SourceImage,
    palette: NDArray[np.uint8],
    *,
    space: str = "oklab",
    dither: float = 0.0,
    rate: float = 0.0,
    device: Device = CPU,
    roughly: bool = False,
) -> IndexedImage:
    """Give every pixel of a picture an entry of the palette.

    Parameters
    ----------
    source : SourceImage
        The picture.
    palette : ndarray of shape (K, 4), uint8
        sRGB and alpha.
    space : {"oklab", "cielab", "rgb"}, optional
        Where distances are measured; the default is "oklab".
    dither : float, optional
        Strength of error diffusion, 0 to 1; the default is 0.
    rate : float, optional
        How much error a repeated entry may cost, in units of the palette's own error; the default is 0.
    device : Device, optional
        Where the nearest entries are found; the default is the processor. Diffusion and rate stay there.
    roughly : bool, optional
        Whether colours are told apart by 7 bits a channel in small pictures too, which is faster; default False.

    Returns
    -------
    IndexedImage
        The palette as given, and the indices.
    """
    few = source.image.getcolors(FEW_COLORS)
    coarse = few is None and (roughly or source.pixel_count > SMALL_PIXELS)
    if coarse and not dither and not rate:
        return IndexedImage(palette, _map_plainly(source, palette, space, device))
    table = _coarse_table(source) if coarse else _fine_table(source, few)
    chooser = _chooser(source, table, palette, (space, dither, rate), device)
    indices = np.empty((source.height, source.width), np.uint8)
    if chooser.grid is None and chooser.penalties is None:
        entries_of = table.lookup(chooser.first)
        for top, bottom, pixels in _small_strips(source.image):
            indices[top:bottom] = entries_of(pixels)
        return IndexedImage(palette, indices)
    rows = min(BAND_ROWS, max(64, BAND_PIXELS // source.width))
    edge = Edge.start(len(chooser.points), Band.over(rows, source.width))
    for top in range(0, source.height, rows):
        band = Band.over(min(rows, source.height - top), source.width)
        chosen, edge = choose_band(_lay_out(source, table, top, band), band, chooser, edge)
        band.collect(chosen, indices[top : top + band.height])
    return IndexedImage(palette, indices)


def map_region(
    pixels: NDArray[np.uint8],
    palette: NDArray[np.uint8],
    *,
    space: str = "oklab",
    dither: float = 0.0,
    rate: float = 0.0,
) -> NDArray[np.uint8]:
    """Give every pixel of a region an entry of the palette, as `map_colors` would.

    Parameters
    ----------
    pixels : ndarray of shape (h, w, 3) or (h, w, 4), uint8
        A part of a picture.
    palette : ndarray of shape (K, 4), uint8
        sRGB and alpha.
    space, dither, rate
        As for `map_colors`.

    Returns
    -------
    ndarray of shape (h, w), uint8
        Indices. Diffusion starts anew at the region's edges.
    """
    return map_colors(
        SourceImage(Image.fromarray(pixels), "png", b"", None), palette, space=space, dither=dither, rate=rate
    ).indices


def _small_strips(image: Image.Image) -> Iterator[tuple[int, int, NDArray[np.uint8]]]:
    return strips(image, rows=max(1, LOOK_PIXELS // image.width))


def _map_plainly(source: SourceImage, palette: NDArray[np.uint8], space: str, device: Device) -> NDArray[np.uint8]:
    """Return the nearest entry of each pixel of a picture of many colours."""
    table = GrowingTable(palette, len(source.image.getbands()), space, device)
    indices = np.empty((source.height, source.width), np.uint8)
    # Most colours are met in these rows, and found in one go.
    table.look_up(np.asarray(every_row(source.image, -(-source.pixel_count // PRIME_PIXELS))))
    for top, bottom, pixels in _small_strips(source.image):
        indices[top:bottom] = table.look_up(pixels)
    return indices


def _fine_table(source: SourceImage, few: Sequence[tuple[int, Any]] | None) -> ColorTable:
    """Return the distinct colours of a picture, which are known where they are few."""
    if few is not None:
        return ColorTable.exact(np.array([color for _, color in few], np.uint8))
    # Sorting a few million codes takes less time than a walk through all that there could be.
    every = np.concatenate([coarse_codes(pixels, 8) for _, _, pixels in _small_strips(source.image)])
    return ColorTable.coarse(sorted_distinct(every), len(source.image.getbands()), 8)


def _coarse_table(source: SourceImage) -> ColorTable:
    """Return the colours of a picture, told apart by `BITS` a channel."""
    channels = len(source.image.getbands())
    seen = np.zeros(code_count(channels, BITS), np.bool_)
    for _, _, pixels in _small_strips(source.image):
        seen[coarse_codes(pixels, BITS)] = True
    return ColorTable.coarse(np.flatnonzero(seen), channels, BITS)


def _lay_out(source: SourceImage, table: ColorTable, top: int, band: Band) -> NDArray[np.uint32]:
    """Return positions and activity of a band of rows, laid out a few rows at a time; zero in the gaps."""
    laid = np.zeros(band.shape, np.uint32)
    step = max(1, LOOK_PIXELS // source.width)
    for first in range(0, band.height, step):
        last = min(band.height, first + step)
        part = source.image.crop((0, top + first, source.width, top + last))
        pixels = table.positions(np.asarray(part)).astype(np.uint32)
        pixels <<= ACTIVITY_BITS
        pixels |= local_deviation(source.image, top + first, top + last)
        band.lay_out(pixels, laid[first:last])
    return laid


def _chooser(
    source: SourceImage, table: ColorTable, palette: NDArray[np.uint8], how: tuple[str, float, float], device: Device
) -> Chooser:
    """Prepare what the decisions need; where the palette has every colour there is nothing to decide."""
    space, dither, rate = how
    columns = table.colors.shape[1]
    points, entries = coordinates(table.colors, space), coordinates(palette[:, :columns], space)
    first, exact = table.exact_entries(palette, nearest_on(device, points, entries))
    strength = 0 if exact else round(min(dither, 1.0) * _MAX_STRENGTH * 256)
    penalty = 0.0 if exact else rate * _spread(entries)
    return Chooser(
        points=np.ascontiguousarray(points.T),
        first=first,
        palette=np.ascontiguousarray(entries.T),
        grid=SpaceGrid.over(entries, points, space, device) if strength else None,
        strength=strength,
        penalties=_penalties(penalty) if penalty else None,
        literals=_literals(source, table, first, len(palette), penalty),
    )


def _penalties(penalty: float) -> NDArray[np.int32]:
    """Return lambda by activity in half steps."""
    return np.rint(penalty * (FLAT_RATE + np.arange(256) / 2.0 / MASKING)).astype(np.int32)


def _literals(
    source: SourceImage, table: ColorTable, first: NDArray[np.uint8], colors: int, penalty: float
) -> NDArray[np.int32]:
    """Return what each entry's code length, above or below the mean, adds to its cost."""
    if not penalty:
        return np.zeros(colors, np.int32)
    # One of each, so that an entry that the sampled rows lack has a length at all.
    counts = np.ones(colors)
    sampled = every_row(source.image, -(-source.pixel_count // STRIP_PIXELS))
    for _, _, pixels in _small_strips(sampled):
        counts += np.bincount(first[table.positions(pixels)].ravel(), minlength=colors)
    shares = counts / counts.sum()
    bits = -np.log2(shares)
    mean = float((shares * bits).sum())
    return np.asarray(np.rint(penalty * (bits / max(mean, 1e-9) - 1.0)), np.int32)


def _spread(entries: NDArray[np.int32]) -> float:
    """Return the squared error that a palette is expected to leave: a quarter of its mean squared spacing."""
    if len(entries) < 2:
        return 0.0
    values = entries.astype(np.int64)
    distances = ((values[:, None, :] - values[None, :, :]) ** 2).sum(axis=2)
    # An entry's distance to itself would be the least of all.
    np.fill_diagonal(distances, distances.max())
    return float(distances.min(axis=1).mean()) / 4.0
