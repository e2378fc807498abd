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
from autok.mapping.codes import BITS, coarse_codes, code_count, exact_codes, middle_colors, sorted_distinct

Value = TypeVar("Value", bound=np.generic)

FEW_COLORS: Final = 8192
"""Distinct colours up to which each is looked up exactly; above, colours are told apart by `BITS` a channel."""

_CHUNK: Final = 1 << 11
"""Points whose distances are measured at once."""
_CONVERTED: Final = 1 << 14
"""Colours that are converted at once, in double precision."""
_OPEN: Final = 255
"""The entry of a code that none was found for yet; of few others, so that it is soon told whether any is open."""


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
    points = np.empty(colors.shape, np.int32)
    for first in range(0, len(colors), _CONVERTED):
        part = slice(first, first + _CONVERTED)
        points[part] = np.rint(to_space(colors[part], space) * GRID[space])
    return points


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
    # Half of |p - e|² without |p|²: the order is the same, and the numbers stay within float32's 24 bits.
    halves = xp.sum(entries * entries, axis=1) * 0.5
    factors = xp.concat([-entries.T, halves[None, :]])
    ones = xp.ones((points.shape[0], 1), dtype=xp.float32, device=points.device)
    whole = xp.concat([cast(points, "float32"), ones], axis=1)
    found = xp.empty(points.shape[0], dtype=xp.uint8, device=points.device)
    bounds = [*range(0, points.shape[0], portion(points, _CHUNK)), points.shape[0]]
    for start, stop in itertools.pairwise(bounds):
        cost = whole[start:stop, :] @ factors
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
        # By contract every code is in range; to check them takes longer than to look up.
        return self._slots.take(coarse_codes(pixels, self.bits), mode="clip")

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
        return lambda pixels: table.take(coarse_codes(pixels, self.bits), mode="clip")

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
        return cls(middle_colors(codes, channels, bits), None, codes, bits)


class GrowingTable:
    """The nearest entries of coarse codes of seven bits, each found when a pixel first has it.

    A large picture is then gone through once, and not a first time to learn which codes there are.
    """

    def __init__(self, palette: NDArray[np.uint8], channels: int, space: str, device: Device) -> None:
        """Make a table that knows no entry yet.

        Parameters
        ----------
        palette : ndarray of shape (K, 4), uint8
            sRGB and alpha.
        channels : int
            Of the pixels, 3 or 4.
        space : {"oklab", "cielab", "rgb"}
            Where distances are measured.
        device : Device
            Where the nearest entries are found.
        """
        self._channels, self._space, self._device = channels, space, device
        self._palette = coordinates(palette[:, :channels], space)
        self._entries = np.full(code_count(channels, BITS), _OPEN, np.uint8)
        self._known = np.zeros(len(self._entries), np.bool_)

    def look_up(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the entry of each pixel of shape (..., C), shape (...)."""
        codes = coarse_codes(pixels.reshape(-1, pixels.shape[-1]), BITS)
        entries = self._entries.take(codes, mode="clip")
        strange = np.flatnonzero(entries == _OPEN)
        strange = strange[~self._known[codes[strange]]]
        if len(strange):
            self._learn(codes[strange])
            entries[strange] = self._entries[codes[strange]]
        return entries.reshape(pixels.shape[:-1])

    def _learn(self, codes: NDArray[np.int32]) -> None:
        """Find the entries of codes, each of which may be there any number of times."""
        fresh = sorted_distinct(codes)
        points = coordinates(middle_colors(fresh, self._channels, BITS), self._space)
        self._entries[fresh] = nearest_on(self._device, points, self._palette)
        self._known[fresh] = True
