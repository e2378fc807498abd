"""The nearest palette entry, found once for each distinct colour and looked up for each pixel.

Pictures of few colours, and small opaque ones, are looked up by exact code; large ones by seven bits a channel, and
what is translucent by fewer (see `coarse_codes`): the table then has a bounded size, and half a code step is far below
the spacing of any palette.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from autok.arrays import Array, cast, namespace, portion, to_host
from autok.color import GRID, to_space
from autok.devices import Device

Value = TypeVar("Value", bound=np.generic)

FEW_COLORS: Final = 8192
"""Distinct colours up to which each is looked up exactly; above, colours are told apart by 7 bits a channel."""

_CHUNK: Final = 1 << 11
_HALF: Final = 128
_DENSE_CODES: Final = 1 << 22


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
    return np.asarray(np.rint(to_space(colors, space) * GRID[space]), np.int32)


def nearest(points: Array, palette: Array) -> Array:
    """Return the nearest entry of each point.

    Parameters
    ----------
    points : array of shape (N, D), int32
        Grid coordinates.
    palette : array of shape (K, D), int32
        Grid coordinates of the entries, K at most 256; of the same library.

    Returns
    -------
    array of shape (N,), uint8
        The entry at the least distance, on the processor the first of equals. All products and sums are whole
        numbers that float32 holds exactly, so every matrix kernel gives the same answer.
    """
    xp = namespace(points)
    entries = cast(palette, "float32")
    halves = xp.sum(entries * entries, axis=1) * 0.5
    found = xp.empty(points.shape[0], dtype=xp.uint8, device=points.device)
    bounds = [*range(0, points.shape[0], portion(points, _CHUNK)), points.shape[0]]
    for start, stop in itertools.pairwise(bounds):
        cost = cast(points[start:stop, :], "float32") @ -entries.T
        # Half of |p - e|² without |p|²: the order is the same, and the numbers stay within float32's 24 bits.
        cost += halves
        found[start:stop] = cast(xp.argmin(cost, axis=1), "uint8")
    return found


def nearest_on(device: Device, points: NDArray[np.int32], palette: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Return the nearest entry of each point, found on a device and brought back; see `nearest`."""
    return to_host(nearest(device.put(points), device.put(palette)))


@dataclass(frozen=True)
class ColorTable:
    """The distinct colours of some pixels, and where each pixel's is found."""

    colors: NDArray[np.float32]
    """(N, C): distinct colours, sRGB and alpha."""
    keys: NDArray[np.int64] | None
    """(N,): sorted exact codes; None where `codes` serves."""
    codes: NDArray[np.integer[Any]] | None
    """(N,): sorted coarse codes; None where `keys` serves."""
    bits: int = 8
    """Bits of an opaque channel in a coarse code."""

    @cached_property
    def _slots(self) -> NDArray[np.int32]:
        """Positions in `colors` by coarse code."""
        return self._by_code(np.arange(len(self.colors), dtype=np.int32))

    def _by_code(self, values: NDArray[Value]) -> NDArray[Value]:
        """Return what belongs to each of `colors` by coarse code."""
        found = np.zeros(code_count(self.colors.shape[1], self.bits), values.dtype)
        found[self.codes] = values
        return found

    def positions(self, pixels: NDArray[np.uint8]) -> NDArray[np.int32]:
        """Return the position of each pixel's colour, shape (h, w)."""
        if self.keys is not None:
            return np.searchsorted(self.keys, exact_codes(pixels)).astype(np.int32)
        return self._slots[coarse_codes(pixels, self.bits)]

    def lookup(self, entries: NDArray[np.uint8]) -> Callable[[NDArray[np.uint8]], NDArray[np.uint8]]:
        """Return what gives each pixel, of shape (h, w, C), the entry of its colour, of shape (h, w).

        Parameters
        ----------
        entries : ndarray of shape (N,), uint8
            The entry of each of `colors`.
        """
        if self.keys is not None:
            return lambda pixels: entries[self.positions(pixels)]
        # A table of bytes stays in the cache where one of positions would not.
        table = self._by_code(entries)
        return lambda pixels: table[coarse_codes(pixels, self.bits)]

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
    def coarse(cls, codes: NDArray[np.integer[Any]], channels: int, bits: int) -> ColorTable:
        """Make a table of the codes that occur, rising; each stands for the middle of its cell."""
        colors = _middles(codes, (bits, bits, bits))
        if channels == 4:
            sheer = _sheer_middles(codes - (1 << 3 * bits))
            full = np.full((len(codes), 1), 255.0)
            colors = np.where((codes < 1 << 3 * bits)[:, None], np.concatenate([colors, full], axis=1), sheer)
        return cls(colors.astype(np.float32), None, codes, bits)


def exact_codes(pixels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return pixels (..., C) as numbers, eight bits a channel; what is hidden under no alpha is 0."""
    codes = pixels[..., 0].astype(np.int64)
    for channel in range(1, pixels.shape[-1]):
        codes <<= 8
        codes |= pixels[..., channel]
    # What colour lies under no alpha is seen by nobody, and is not to split an entry.
    return codes if pixels.shape[-1] == 3 else np.where(pixels[..., 3] == 0, 0, codes)


def coarse_codes(pixels: NDArray[np.uint8], bits: int) -> NDArray[np.int32]:
    """Return pixels (..., C) as numbers below `code_count`.

    Opaque pixels have `bits` a channel. Translucent ones are numbered after them: the sheerer, the less their colour
    is seen and the more their alpha is. Up to a half they have all seven bits of alpha and five a channel, then five of
    alpha and six a channel. Pixels without alpha have the first of these numbers.
    """
    codes = _packed(pixels, (bits, bits, bits))
    if pixels.shape[-1] == 3:
        return codes
    alpha = pixels[..., 3]
    sheer = (_packed(pixels, (5, 5, 5)) << 7) | (alpha & 127)
    dense = ((_packed(pixels, (6, 6, 6)) << 5) | (alpha >> 2 & 31)) + np.int32(_DENSE_CODES)
    sheer = np.where(alpha == 0, np.int32(0), np.where(alpha < _HALF, sheer, dense)) + np.int32(1 << 3 * bits)
    return np.where(alpha == 255, codes, sheer)


def code_count(channels: int, bits: int) -> int:
    """Return how many coarse codes there are for pixels of three or four channels."""
    return (1 << 3 * bits) + (0 if channels == 3 else _DENSE_CODES + (1 << 23))


def _packed(pixels: NDArray[np.uint8], bits: tuple[int, ...]) -> NDArray[np.int32]:
    """Return the high bits of the channels side by side."""
    codes = (pixels[..., 0] >> (8 - bits[0])).astype(np.int32)
    for channel, width in enumerate(bits[1:], 1):
        codes <<= width
        codes |= pixels[..., channel] >> (8 - width)
    return codes


def _sheer_middles(codes: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    """Return the middle colours of translucent codes, counted from the first of them, shape (N, 4)."""
    alpha = (codes & 127)[:, None].astype(np.float64)
    sheer = np.concatenate([_middles(codes >> 7, (5, 5, 5)), alpha], axis=1)
    codes = codes - _DENSE_CODES
    alpha = (_HALF + 4 * (codes & 31)[:, None]).astype(np.float64) + 1.5
    dense = np.concatenate([_middles(codes >> 5, (6, 6, 6)), alpha], axis=1)
    return np.where((codes < 0)[:, None], sheer, dense)


def _middles(codes: NDArray[np.integer[Any]], bits: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the middle colours of packed codes, shape (N, C); black, white, and no alpha stay what they are."""
    columns = []
    for width in reversed(bits):
        floor = (codes & ((1 << width) - 1)) << (8 - width)
        top = 256 - (1 << (8 - width))
        columns.append(np.where(floor == top, 255.0, np.where(floor == 0, 0.0, floor + ((1 << (8 - width)) - 1) / 2)))
        codes = codes >> width
    return np.stack(columns[::-1], axis=1)
