"""Whole pictures and parts of them, turned into palette entries."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from autok.mapping.nearest import FEW_COLORS, ColorTable, SpaceGrid, coarse_codes, coordinates, nearest
from autok.mapping.wavefront import BAND_ROWS, Chooser, Edge, choose_band
from autok.models import Analysis, IndexedImage, SourceImage, strips

PHOTO_DITHER: Final = 0.5
"""Strength that photographs get; more diverges outside the palette's hull and costs bytes."""
FLAT_SHARE: Final = 0.5
"""Share of pixels equal to their left neighbour from which an image is a graphic."""

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
        In [0, 1]; 0 for graphics and wherever the palette is exact.
    """
    if analysis.exact_colors is not None and analysis.exact_colors <= colors:
        return 0.0
    return 0.0 if analysis.flat_share >= FLAT_SHARE else PHOTO_DITHER


def map_colors(
    source: SourceImage, palette: NDArray[np.uint8], *, space: str = "oklab", dither: float = 0.0, rate: float = 0.0
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

    Returns
    -------
    IndexedImage
        The palette as given, and the indices.
    """
    table = _table_of(source)
    chooser = _chooser(table, palette, space, dither, rate)
    indices = np.empty((source.height, source.width), np.uint8)
    if chooser.grid is None and not chooser.penalty:
        for top, bottom, pixels in strips(source.image):
            indices[top:bottom] = chooser.first[table.positions(pixels)]
        return IndexedImage(palette, indices)
    edge = Edge.start(len(chooser.points), source.width)
    for top, bottom, pixels in strips(source.image, rows=min(BAND_ROWS, source.height)):
        indices[top:bottom], edge = choose_band(table.positions(pixels), chooser, edge)
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
    table = ColorTable.exact(np.unique(pixels.reshape(-1, pixels.shape[2]), axis=0))
    chooser = _chooser(table, palette, space, dither, rate)
    positions = table.positions(pixels)
    if chooser.grid is None and not chooser.penalty:
        return chooser.first[positions]
    indices = np.empty(pixels.shape[:2], np.uint8)
    edge = Edge.start(len(chooser.points), pixels.shape[1])
    for top in range(0, len(pixels), BAND_ROWS):
        part = slice(top, top + BAND_ROWS)
        indices[part], edge = choose_band(positions[part], chooser, edge)
    return indices


def _table_of(source: SourceImage) -> ColorTable:
    """Return the distinct colours of a picture."""
    few = source.image.getcolors(FEW_COLORS)
    if few is not None:
        return ColorTable.exact(np.array([color for _, color in few], np.uint8))
    channels = len(source.image.getbands())
    seen = np.zeros(1 << (21 if channels == 3 else 24), np.bool_)
    for _, _, pixels in strips(source.image):
        seen[coarse_codes(pixels)] = True
    return ColorTable.coarse(seen, channels)


def _chooser(table: ColorTable, palette: NDArray[np.uint8], space: str, dither: float, rate: float) -> Chooser:
    """Prepare what the decisions need."""
    translucent = table.colors.shape[1] == 4
    points = coordinates(table.colors, space)
    entries = coordinates(palette if translucent else palette[:, :3], space)
    strength = round(min(dither, 1.0) * _MAX_STRENGTH * 256)
    return Chooser(
        points=np.ascontiguousarray(points.T),
        first=nearest(points, entries),
        palette=np.ascontiguousarray(entries.T),
        grid=SpaceGrid.over(entries, space) if strength else None,
        strength=strength,
        penalty=round(rate * _spread(entries)),
    )


def _spread(entries: NDArray[np.int32]) -> float:
    """Return the squared error that a palette is expected to leave: a quarter of its mean squared spacing."""
    if len(entries) < 2:
        return 0.0
    values = entries.astype(np.int64)
    distances = ((values[:, None, :] - values[None, :, :]) ** 2).sum(axis=2)
    np.fill_diagonal(distances, distances.max())
    return float(distances.min(axis=1).mean()) / 4.0
