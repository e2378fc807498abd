"""Colours as numbers: exact ones, or so few that a table of them all has a bounded size."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

BITS: Final = 7
"""Bits of an opaque channel by which the colours of large pictures are told apart."""

_HALF: Final = 128
_DENSE_CODES: Final = 1 << 22


def sorted_distinct(codes: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return codes, none of them negative, each once and rising; NumPy's own way takes three times the time."""
    codes = np.sort(codes, axis=None)
    return codes[np.diff(codes, prepend=-1) > 0]


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


def middle_colors(codes: NDArray[np.integer[Any]], channels: int, bits: int) -> NDArray[np.float32]:
    """Return the colours that stand for coarse codes, the middles of their cells, shape (N, channels)."""
    colors = _middles(codes, (bits, bits, bits))
    if channels == 4:
        sheer = _sheer_middles(codes - (1 << 3 * bits))
        full = np.full((len(codes), 1), 255.0)
        colors = np.where((codes < 1 << 3 * bits)[:, None], np.concatenate([colors, full], axis=1), sheer)
    return colors.astype(np.float32)


def _packed(pixels: NDArray[np.uint8], bits: tuple[int, ...]) -> NDArray[np.int32]:
    """Return the high bits of the first three channels side by side."""
    words = _words(pixels)
    codes, part = np.zeros_like(words), np.empty_like(words)
    end = 0
    for channel in (2, 1, 0):
        # All channels at once, each moved to its place and cut out there.
        shift = 8 * channel + 8 - bits[channel] - end
        (np.right_shift if shift >= 0 else np.left_shift)(words, abs(shift), out=part)
        part &= (1 << bits[channel]) - 1 << end
        codes |= part
        end += bits[channel]
    return codes.view(np.int32)


def _words(pixels: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Return pixels (..., C) as words, red in the lowest byte, then green and blue; the fourth byte is anything."""
    pixels = np.ascontiguousarray(pixels)
    if pixels.shape[-1] == 4:
        return pixels.view("<u4")[..., 0]
    words = np.empty(pixels.shape[:-1], "<u4")
    flat = words.reshape(-1)
    # A word at every third byte reaches one byte into the next pixel, which the last one does not have.
    flat[:-1] = np.ndarray((max(0, flat.size - 1),), "<u4", pixels, strides=(3,))
    if flat.size:
        flat[-1] = int.from_bytes(pixels.reshape(-1)[-3:].tobytes(), "little")
    return words


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
