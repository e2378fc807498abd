"""The nearest palette entry, found once for each distinct colour and looked up for each pixel.

Pictures of few colours are looked up by exact code, others by seven bits a channel (six with alpha): the table is
then a few megabytes at any size of the picture, and half a code step is far below the spacing of any palette.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autok.color import GRID, to_space

FEW_COLORS: Final = 8192
"""Distinct colours up to which each is looked up exactly; above, colours are told apart by 7 bits a channel."""

_CHUNK: Final = 1 << 14


def coordinates(colors: NDArray[np.uint8] | NDArray[np.float32], space: str) -> NDArray[np.int32]:
    """Return colours as whole steps of the space's grid.

    Parameters
    ----------
    colors : ndarray of shape (N, 3) or (N, 4), uint8 or float32
        sRGB, and alpha where it matters.
    space : {"oklab", "cielab", "rgb"}
        The working space.

    Returns
    -------
    ndarray of the same shape, int32
        Coordinates times `autok.color.GRID`.
    """
    return np.rint(to_space(colors, space) * GRID[space]).astype(np.int32)


def nearest(points: NDArray[np.int32], palette: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Return the nearest entry of each point.

    Parameters
    ----------
    points : ndarray of shape (N, D), int32
        Grid coordinates.
    palette : ndarray of shape (K, D), int32
        Grid coordinates of the entries, K at most 256.

    Returns
    -------
    ndarray of shape (N,), uint8
        The entry at the least distance, the first of equals. All products and sums are whole numbers that
        float32 holds exactly, so every matrix kernel gives the same answer.
    """
    entries = palette.astype(np.float32)
    halves = (entries * entries).sum(axis=1) * np.float32(0.5)
    found = np.empty(len(points), np.uint8)
    for start in range(0, len(points), _CHUNK):
        cost = points[start : start + _CHUNK].astype(np.float32) @ -entries.T
        cost += halves
        found[start : start + _CHUNK] = np.argmin(cost, axis=1)
    return found


@dataclass(frozen=True, slots=True)
class ColorTable:
    """The distinct colours of some pixels, and where each pixel's is found."""

    colors: NDArray[np.float32]
    """(N, C): distinct colours, sRGB and alpha."""
    keys: NDArray[np.int64] | None
    """(N,): sorted exact codes; None where `slots` serves."""
    slots: NDArray[np.int32] | None
    """Positions in `colors` by code of few bits; None where `keys` serves."""

    def positions(self, pixels: NDArray[np.uint8]) -> NDArray[np.int32]:
        """Return the position of each pixel's colour, shape (h, w)."""
        if self.keys is not None:
            return np.searchsorted(self.keys, exact_codes(pixels)).astype(np.int32)
        assert self.slots is not None
        return self.slots[coarse_codes(pixels)]

    def exact_entries(self, palette: NDArray[np.uint8], entries: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], bool]:
        """Put each colour that the palette has, byte for byte, in the place of its nearest entry.

        Colours that differ by less than a grid step would otherwise be taken for one another.

        Parameters
        ----------
        palette : ndarray of shape (K, 4), uint8
            sRGB and alpha.
        entries : ndarray of shape (N,), uint8
            The entry nearest to each of `colors`.

        Returns
        -------
        entries : ndarray of shape (N,), uint8
        exact : bool
            Whether the palette has every colour.
        """
        if self.keys is None:
            return entries, False
        codes = exact_codes(palette[:, : self.colors.shape[1]])
        order = np.argsort(codes, kind="stable")
        place = np.minimum(np.searchsorted(codes[order], self.keys), len(codes) - 1)
        same = codes[order][place] == self.keys
        return np.where(same, order[place], entries).astype(np.uint8), bool(same.all())

    @classmethod
    def exact(cls, colors: NDArray[np.uint8]) -> ColorTable:
        """Make a table of known distinct colours, shape (N, C)."""
        codes, order = np.unique(exact_codes(colors), return_index=True)
        return cls(colors[order].astype(np.float32), codes, None)

    @classmethod
    def coarse(cls, seen: NDArray[np.bool_], channels: int) -> ColorTable:
        """Make a table of the codes that occur; each stands for the middle of its cell."""
        codes = np.flatnonzero(seen)
        slots = np.zeros(len(seen), np.int32)
        slots[codes] = np.arange(len(codes), dtype=np.int32)
        bits = 7 if channels == 3 else 6
        step = 1 << 8 - bits
        shifts = [bits * place for place in reversed(range(channels))]
        floor = np.stack([codes >> shift & (1 << bits) - 1 for shift in shifts], axis=1) * step
        # The ends of the range are kept: white must stay white, and opaque opaque.
        colors = np.where(floor == 256 - step, 255.0, np.where(floor == 0, 0.0, floor + (step - 1) / 2))
        return cls(colors.astype(np.float32), None, slots)


def exact_codes(pixels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return pixels (..., C) as numbers, eight bits a channel; what is hidden under no alpha is 0."""
    codes = pixels[..., 0].astype(np.int64)
    for channel in range(1, pixels.shape[-1]):
        codes <<= 8
        codes |= pixels[..., channel]
    return codes if pixels.shape[-1] == 3 else np.where(pixels[..., 3] == 0, 0, codes)


def coarse_codes(pixels: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Return pixels (..., C) as numbers, seven bits a channel, six with alpha; hidden pixels are 0."""
    bits = 7 if pixels.shape[-1] == 3 else 6
    codes = (pixels[..., 0] >> (8 - bits)).astype(np.int32)
    for channel in range(1, pixels.shape[-1]):
        codes <<= bits
        codes |= pixels[..., channel] >> (8 - bits)
    return codes if pixels.shape[-1] == 3 else np.where(pixels[..., 3] == 0, np.int32(0), codes)
