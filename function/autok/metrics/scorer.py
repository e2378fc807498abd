"""The judge of the search: one source, many candidates, at a cost that does not grow with the picture."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from autok.devices import CPU, Device
from autok.metrics import tiles as tiling
from autok.metrics.coarse import FIRST_SCALE, coarse_errors
from autok.metrics.grounds import flatten
from autok.metrics.sampling import choose_tiles, is_small, spread_tiles
from autok.metrics.ssimulacra2 import EVERY_TILE, Reference, prepare
from autok.metrics.weights import SCALES, score_errors
from autok.models import IndexedImage, SourceImage

BUDGET = 1 << 21
"""Pixels that are compared; a picture of no more is compared whole."""
_SMALLEST_SIDE = 256
_BLANK_ACTIVITY = 0.2
_GROUP = 16
"""Tiles that are compared at once: what is held for a moment stays small."""
FEW_FINE_TILES = (2, 2, 1, 1, 1, 1)
"""Strides by scale of evenly spread tiles: the two finest scales take four fifths of the time and vary least."""
Pixels = NDArray[np.uint8]


class Scorer:
    """Scores candidates against one source on the SSIMULACRA2 scale.

    A source of no more pixels than the budget is compared whole, and a larger one on tiles. With alpha the score is
    the lower of those on black and on white.

    Parameters
    ----------
    source : SourceImage
        What the candidates are made from.
    budget : int, optional
        Pixels to compare; the default is `BUDGET`.
    tiles : Tiles, optional
        The tiles to compare; the default is to choose them, once they are needed.
    strides : tuple of int, optional
        By scale: every how many-th tile is compared; each divides 16. The default is every one.
    device : Device, optional
        Where to compare; the default is the processor.
    """

    def __init__(
        self,
        source: SourceImage,
        budget: int = BUDGET,
        *,
        tiles: tiling.Tiles | None = None,
        strides: tuple[int, ...] = EVERY_TILE,
        device: Device = CPU,
    ) -> None:
        self._source, self._budget, self._device = source, budget, device
        self._image = source.image
        self._size = source.image.size
        self._alpha = source.has_alpha
        self._given, self._strides = tiles, strides
        self.whole = len(tiles.boxes) == 1 if tiles else is_small(self._size, budget)
        """Whether every pixel is compared."""

    @cached_property
    def _tiles(self) -> tiling.Tiles:
        return self._given or choose_tiles(self._image, self._budget)

    @cached_property
    def _shares(self) -> NDArray[np.float64]:
        """What each tile stands for at each scale, shape (T, S)."""
        shares = np.zeros((len(self._tiles.shares), SCALES))
        for scale, stride in enumerate(self._strides):
            compared = np.array(self._tiles.shares[::stride])
            shares[::stride, scale] = compared / compared.sum()
        return shares

    @cached_property
    def _pixels(self) -> Pixels:
        return tiling.cut(self._image, self._tiles)

    @cached_property
    def _groups(self) -> tuple[slice, ...]:
        count = len(self._tiles.boxes)
        group = _GROUP if self._device is CPU else count
        return tuple(slice(first, first + group) for first in range(0, count, group))

    @cached_property
    def _references(self) -> tuple[tuple[Reference, ...], ...]:
        """By ground, then by group."""
        put = self._device.put
        return tuple(
            tuple(prepare(put(flat[group]), whole=self.whole, strides=self._strides) for group in self._groups)
            for flat in self._grounds(self._pixels)
        )

    @cached_property
    def halved(self) -> Scorer:
        """A judge of half the cost: this one where the picture is compared whole, else one of every second tile.

        It serves codecs on graphics, whose errors are along edges: on JPEG files of qualities 60 and 85 of 11 graphics
        of 3 to 5 megapixels it is within 0.8 points of the score of all pixels; `size_factor` is within 12 %.
        """
        return self if self.whole else Scorer(self._source, tiles=tiling.halve(self._tiles), device=self._device)

    @cached_property
    def spread(self) -> Scorer:
        """A judge of a third of the cost, of evenly spread tiles, without a pilot; this one where the picture is small.

        It serves codecs on photos, which err everywhere: on JPEG files of qualities 55 and 70 of 11 photos of 8 to 20
        megapixels it is within 0.7 points of the score of all pixels, 0.33 in the root mean square; `halved` is within
        0.8 and 0.38 there. On graphics it would be off by up to 3.
        """
        if is_small(self._size, self._budget // 2):
            return self
        tiles = spread_tiles(self._size, self._budget // 2)
        return Scorer(self._source, tiles=tiles, strides=FEW_FINE_TILES, device=self._device)

    @property
    def regions(self) -> tuple[tuple[int, int, int, int], ...]:
        """Boxes (left, top, right, bottom) in source pixels, half-open: all of a candidate that is looked at."""
        return self._tiles.boxes

    @property
    def measured_on(self) -> str:
        """What the score rests on, in words."""
        if self.whole:
            return "all pixels"
        width, height = self._tiles.size
        return f"{len(self.regions)} tiles of {width} x {height} pixels"

    @cached_property
    def mosaic(self) -> Image.Image:
        """The compared parts of the source side by side, for trials that need not encode the whole."""
        return Image.fromarray(tiling.join(self._pixels, self._tiles))

    @cached_property
    def size_factor(self) -> float:
        """How many times the bytes of the coded mosaic the coded whole is expected to have.

        The tiles are drawn where errors are, which is where there is more to code; so their area is corrected by
        their activity, each weighted by its share. Measured against JPEG files of 12 large pictures this is within 9 %
        (by area alone up to 41 % too high); palette PNGs of drawings stay up to 46 % too high (by area 75 %).
        """
        width, height = self._tiles.mosaic_size
        area = self._size[0] * self._size[1] / (width * height)
        if self.whole:
            return area
        activity = _activity(self._pixels)
        return area * float((activity * np.array(self._tiles.shares)).sum() / activity.mean())

    def score(self, image: Image.Image) -> float:
        """Score a picture of the source's size.

        Parameters
        ----------
        image : PIL.Image.Image
            Of any mode.

        Returns
        -------
        float
            SSIMULACRA2: at most 100; 90 visually lossless, 70 high, 50 medium, 30 low quality.

        Raises
        ------
        ValueError
            If the size is not the source's.
        """
        return self._score(self._cut(image))

    def score_closely(self, image: Image.Image) -> float:
        """Score a picture of the source's size with more care: only the two finest scales are taken from tiles.

        Parameters
        ----------
        image : PIL.Image.Image
            Of any mode.

        Returns
        -------
        float
            As `score`, and equal to it where the picture is compared whole.

        Raises
        ------
        ValueError
            If the size is not the source's.
        """
        parts = self._cut(image)
        if self.whole or min(self._size) < _SMALLEST_SIDE:
            return self._score(parts)
        scores = []
        everywhere = coarse_errors(self._image, image, self._device)
        for reference, flat, errors in zip(self._references, self._grounds(parts), everywhere, strict=True):
            errors[:FIRST_SCALE] = self._errors(reference, flat, FIRST_SCALE)[:FIRST_SCALE]
            scores.append(score_errors(errors))
        return min(scores)

    def score_indexed(self, indexed: IndexedImage) -> float:
        """Score an indexed image of the size of the source, or of the mosaic.

        Parameters
        ----------
        indexed : IndexedImage
            The candidate; only what lies in `regions` is looked at.

        Returns
        -------
        float
            As `score`.

        Raises
        ------
        ValueError
            If the size is neither.
        """
        height, width = indexed.indices.shape
        if (width, height) == self._size:
            parts = np.stack([indexed.indices[top:bottom, left:right] for left, top, right, bottom in self.regions])
        elif (width, height) == self._tiles.mosaic_size:
            parts = tiling.split(indexed.indices, self._tiles)
        else:
            raise ValueError(f"the picture has the size {(width, height)}, its source {self._size}")
        return self._score(indexed.palette[parts])

    def score_mosaic(self, mosaic: Pixels) -> float:
        """Score a candidate for the mosaic.

        Parameters
        ----------
        mosaic : ndarray of shape (H, W, 3) or (H, W, 4), uint8
            What became of `mosaic`.

        Returns
        -------
        float
            As `score`.

        Raises
        ------
        ValueError
            If the size is not the mosaic's.
        """
        height, width = mosaic.shape[:2]
        if (width, height) != self._tiles.mosaic_size:
            raise ValueError(f"the mosaic has the size {(width, height)}, not {self._tiles.mosaic_size}")
        return self._score(tiling.split(mosaic, self._tiles))

    def _cut(self, image: Image.Image) -> Pixels:
        if image.size != self._size:
            raise ValueError(f"the picture has the size {image.size}, its source {self._size}")
        mode = "RGBA" if self._alpha else "RGB"
        return tiling.cut(image, self._tiles, mode)

    def _score(self, parts: Pixels) -> float:
        pairs = zip(self._references, self._grounds(parts), strict=True)
        return min(score_errors(self._errors(reference, flat)) for reference, flat in pairs)

    def _errors(self, references: tuple[Reference, ...], flat: Pixels, scales: int = SCALES) -> NDArray[np.float64]:
        pairs = zip(references, self._groups, strict=True)
        put, shares = self._device.put, self._shares
        parts = [item.weighted_errors(put(flat[group]), shares[group], scales) for item, group in pairs]
        return np.asarray(np.sum(parts, axis=0))

    def _grounds(self, parts: Pixels) -> tuple[Pixels, ...]:
        """Give the pixels without alpha: as they are, or on black and on white."""
        grounds = flatten(self._continue(parts if self._alpha else parts[..., :3]))
        return grounds * 2 if self._alpha and len(grounds) == 1 else grounds

    def _continue(self, parts: Pixels) -> Pixels:
        missing = [max(0, _SMALLEST_SIDE - side) for side in parts.shape[1:3]] if self.whole else [0, 0]
        if not any(missing):
            return parts
        return np.pad(parts, ((0, 0), (0, missing[0]), (0, missing[1]), (0, 0)), mode="symmetric")


def _activity(parts: Pixels) -> NDArray[np.float64]:
    """Give how much there is to code in each tile: the mean root of its steps in green, and a little for any tile."""
    green = parts[..., 1].astype(np.int16)
    roots = np.sqrt(np.arange(256, dtype=np.float32))
    steps = [roots[np.abs(np.diff(green, axis=axis))].mean(axis=(1, 2), dtype=np.float64) for axis in (1, 2)]
    return np.asarray(steps[0] + steps[1] + _BLANK_ACTIVITY)
