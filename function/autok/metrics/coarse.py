"""The coarse scales of SSIMULACRA2 from every pixel of a large picture, band by band.

Most of the weight lies on scales that see averages of 4 x 4 pixels and more. There a picture has a sixteenth of its
pixels, so that they can be compared everywhere; what is left to tiles are the two finest scales, which vary little.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from autok.arrays import Array, beside, look_up, namespace, portion
from autok.devices import CPU, Device
from autok.metrics import opsin, weights
from autok.metrics.grounds import flatten, pixels_in
from autok.metrics.similarity import Counted
from autok.metrics.ssimulacra2 import compare_scale

FIRST_SCALE = 2
"""The first scale compared here: two halvings."""
_FACTOR = 1 << FIRST_SCALE
_LAST_SCALE = 4
_BAND_PIXELS = 3 << 20
# Six rows of the coarsest scale, whose blur reaches five.
_HALO = 96
_REPEATS = {0: [], 1: [-1, -1, -1], 2: [-1, -2], 3: [-1]}
"""Which pixels complete a last group of so many, so that its mean is that of two halvings."""


def coarse_errors(reference: Image.Image, distorted: Image.Image, device: Device = CPU) -> NDArray[np.float64]:
    """Compare two large pictures at the coarse scales.

    Parameters
    ----------
    reference, distorted : PIL.Image.Image
        Of one size, at least 256 pixels a side; the reference in mode RGB or RGBA.
    device : Device, optional
        Where to work; the default is the processor.

    Returns
    -------
    ndarray of shape (G, 6, 3, 6), float64
        By ground (one, or black and white where there is alpha), scale and plane: means of structure, artifact and
        detail, then of their fourth powers; zero at the fine scales.
    """
    width, height = reference.size
    # Bands begin at whole rows of the coarsest scale, so that to halve a band is to halve the picture.
    rows = max(_HALO, _BAND_PIXELS // width // 16 * 16)
    pair = (_Shrinking(reference, reference.mode, device), _Shrinking(distorted, reference.mode, device))
    errors = np.zeros((2 if reference.mode == "RGBA" else 1, weights.SCALES, 3, 6))
    for top in range(0, height, rows):
        bottom = min(height, top + rows)
        above = max(0, top - _HALO)
        bands = [shrinking.rows(above, min(height, bottom + _HALO)) for shrinking in pair]
        for ground, (first, second) in enumerate(zip(*bands, strict=True)):
            _add_band(errors[ground], first, second, (top - above, bottom - above))
    for scale in range(FIRST_SCALE, _LAST_SCALE + 1):
        errors[:, scale] /= -(-height >> scale)
    return errors


class _Shrinking:
    """A picture at a quarter of its size, of which each row is computed once and only some are held."""

    def __init__(self, image: Image.Image, mode: str, device: Device) -> None:
        self._image, self._mode, self._device = image, mode, device
        self._top = self._bottom = 0
        self._held: tuple[opsin.Floats, ...] = ()

    def rows(self, top: int, bottom: int) -> tuple[opsin.Floats, ...]:
        """Give rows of the picture, shrunk, on each ground; calls go downwards, by multiples of 16."""
        if bottom > self._bottom:
            band = self._image.crop((0, self._bottom, self._image.width, bottom))
            fresh = [shrink(self._device.put(ground)) for ground in flatten(pixels_in(band, self._mode))]
            kept = [held[:, :, (top - self._top) // _FACTOR :, :] for held in self._held] or [
                ground[:, :, :0, :] for ground in fresh
            ]
            self._held = tuple(namespace(both[0]).concat(both, axis=2) for both in zip(kept, fresh, strict=True))
            self._top, self._bottom = top, bottom
            return self._held
        return tuple(held[:, :, (top - self._top) // _FACTOR :, :] for held in self._held)


def _add_band(
    errors: NDArray[np.float64], reference: opsin.Floats, distorted: opsin.Floats, rows: tuple[int, int]
) -> None:
    """Add the errors of some rows, weighted by how many they are at each scale."""
    for scale in range(FIRST_SCALE, _LAST_SCALE + 1):
        if scale > FIRST_SCALE:
            reference, distorted = opsin.halve(reference), opsin.halve(distorted)
        counted = Counted(rows[0] >> scale, -(-rows[1] >> scale))
        errors[scale] += compare_scale(reference, distorted, scale, counted) * (counted.bottom - counted.top)


@lru_cache(maxsize=1)
def _pair_table() -> NDArray[np.complex64]:
    """Give the linear light of every two neighbouring bytes as one item: half the look-ups."""
    number = np.arange(1 << 16, dtype=np.uint16)
    pairs = opsin.LINEAR[number.view(np.uint8)].reshape(-1, 2)
    return np.ascontiguousarray(pairs).view(np.complex64).reshape(-1)


def shrink(pixels: Array) -> opsin.Floats:
    """Average 4 x 4 pixels in linear light, as two halvings do.

    Parameters
    ----------
    pixels : array of shape (H, W, 3), uint8
        sRGB.

    Returns
    -------
    array of shape (3, 1, ceil(H / 4), ceil(W / 4)), float32
        Linear light in [0, 1].
    """
    xp = namespace(pixels)
    height, width = pixels.shape[:2]
    down, across = -(-height // _FACTOR), -(-width // _FACTOR)
    planes = xp.empty((3, 1, down, across), dtype=xp.float32, device=pixels.device)
    step = portion(pixels, 8)
    for row in range(0, down, step):
        stop = min(down, row + step)
        part = _completed(pixels[row * _FACTOR : min(height, stop * _FACTOR), :, :])
        linear = xp.reshape(_linear(part), (-1, _FACTOR, across * _FACTOR * 3))
        sums = linear[:, 0, :] + linear[:, 1, :]
        sums += linear[:, 2, :]
        sums += linear[:, 3, :]
        groups = xp.reshape(sums, (sums.shape[0], across, _FACTOR, 3))
        total = groups[:, :, 0, :] + groups[:, :, 1, :]
        total += groups[:, :, 2, :]
        total += groups[:, :, 3, :]
        total *= 1.0 / _FACTOR**2
        planes[:, 0, row:stop, :] = xp.permute_dims(total, (2, 0, 1))
    return planes


def _linear(part: Array) -> opsin.Floats:
    """Look up linear light; on the processor two bytes at a time."""
    if isinstance(part, np.ndarray):
        # Lengths are even here, as rows are completed to fours; the view would refuse an odd one.
        return np.take(_pair_table(), part.reshape(-1).view(np.uint16), mode="clip").view(np.float32)
    return look_up(beside(part, opsin.LINEAR), part)


def _completed(pixels: Array) -> Array:
    xp = namespace(pixels)
    for axis in (0, 1):
        length = pixels.shape[axis]
        missing = _REPEATS[length % _FACTOR]
        if missing:
            places = np.concatenate([np.arange(length), length + np.array(missing)])
            pixels = xp.take(pixels, beside(pixels, places), axis=axis)
    return pixels
