"""SSIMULACRA2, the perceptual score by which the search judges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autok.arrays import Array, beside, namespace
from autok.metrics import opsin, similarity, weights

MARGINS = (4, 4, 4, 3, 1, 0)
"""Pixels at each side of a tile that do not count, by scale: what a blur of sigma 1.5 makes of surroundings that are
not the real ones. It also hides the seams of a mosaic."""
EVERY_TILE = (1,) * weights.SCALES
"""Strides by scale where all tiles are compared."""


@dataclass(frozen=True, slots=True)
class _Plane:
    channel: int
    wanted: similarity.Wanted
    parts: tuple[similarity.Piece, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A picture to compare others with; all that it alone decides is computed once.

    Made by `prepare`. Holds about 20 bytes for each pixel.
    """

    shape: tuple[int, int, int]
    """Tiles, height and width, after padding to `weights.SMALLEST_SIDE`."""
    whole: bool
    first_scale: int
    scales: tuple[tuple[_Plane, ...], ...]
    strides: tuple[int, ...]
    """By scale: every how many-th tile is compared."""

    def score(self, distorted: Array) -> float:
        """Score a picture of the same size.

        Parameters
        ----------
        distorted : array of shape (H, W, 3) or (T, H, W, 3), uint8
            sRGB; of several tiles all count alike.

        Returns
        -------
        float
            SSIMULACRA2: 100 for equal pictures, 90 visually lossless, 70 high, 50 medium, 30 low; may be negative.

        Raises
        ------
        ValueError
            If the size is not the reference's.
        """
        return weights.score_errors(self.weighted_errors(distorted, np.full(self.shape[0], 1.0 / self.shape[0])))

    def weighted_errors(
        self, distorted: Array, shares: NDArray[np.float64], scales: int = weights.SCALES
    ) -> NDArray[np.float64]:
        """Measure the errors of the tiles together.

        Parameters
        ----------
        distorted : array of shape (T, H, W, 3), uint8
            sRGB.
        shares : ndarray of shape (T,) or (T, S), float64
            What part of the picture each tile stands for, at every scale or at each.
        scales : int, optional
            As in `errors`.

        Returns
        -------
        ndarray of shape (S, 3, 6), float64
            As `errors`, each tile's weighted by its share and added.

        Raises
        ------
        ValueError
            If the size is not the reference's.
        """
        return np.asarray((self.errors(distorted, scales).T * shares.T).sum(axis=-1).T)

    def errors(self, distorted: Array, scales: int = weights.SCALES) -> NDArray[np.float64]:
        """Measure the errors of each tile apart.

        Parameters
        ----------
        distorted : array of shape (H, W, 3) or (T, H, W, 3), uint8
            sRGB.
        scales : int, optional
            Scales from this one on are left out, and their errors zero; the default is to take all.

        Returns
        -------
        ndarray of shape (T, S, 3, 6), float64
            By tile, scale and plane: means of structure, artifact, detail, then of their fourth powers; zero for
            tiles that are not compared at a scale.

        Raises
        ------
        ValueError
            If the size is not the reference's.
        """
        pixels = _as_tiles(distorted)
        if tuple(pixels.shape[:3]) != self.shape:
            raise ValueError(f"the picture has the shape {distorted.shape}, its reference {self.shape}")
        errors = np.zeros((self.shape[0], len(self.scales), 3, 6))
        linear = opsin.linearize(pixels)
        for scale in range(self.first_scale, min(scales, len(self.scales))):
            linear = opsin.halve(linear) if scale > self.first_scale else linear
            planes = self.scales[scale]
            if not planes:
                continue
            stride = self.strides[scale]
            xyb = opsin.positive_xyb(linear[:, ::stride, :, :], _channels(planes))
            for plane in planes:
                errors[::stride, scale, plane.channel] = similarity.compare_plane(
                    plane.parts, xyb[plane.channel], plane.wanted, self.whole, self._counted(scale, linear.shape[2])
                )
        return errors

    def _counted(self, scale: int, height: int) -> similarity.Counted:
        margin = 0 if self.whole else MARGINS[scale]
        return similarity.Counted(margin, height - margin, margin)


def prepare(
    reference: Array, *, whole: bool = True, first_scale: int = 0, strides: tuple[int, ...] = EVERY_TILE
) -> Reference:
    """Prepare a picture for comparison with several others.

    Parameters
    ----------
    reference : array of shape (H, W, 3) or (T, H, W, 3), uint8
        sRGB: a picture, or T tiles of one size. A side below 8 pixels is stretched to 8 by repeating the edge, as the
        published metric is not defined there.
    whole : bool, optional
        Whether this is a whole picture (the default) or tiles of one: of these the surroundings are taken to mirror
        them, and the weights are those of a large picture.
    first_scale : int, optional
        How often tiles were already halved, so that only the maps of coarser scales are compared; the default is 0.
    strides : tuple of int, optional
        By scale: every how many-th tile is compared; the default is every one. Where there are many tiles, few of
        them tell the fine scales, which take most of the time.

    Returns
    -------
    Reference
        Its `score` method compares.
    """
    pixels = _as_tiles(reference)
    linear = opsin.linearize(pixels)
    present = _count_scales(min(pixels.shape[1:3]))
    table = weights.weights(present if whole else weights.SCALES)
    scales: list[tuple[_Plane, ...]] = [() for _ in table]
    for scale in range(first_scale, min(len(table), first_scale + present)):
        linear = opsin.halve(linear) if scale > first_scale else linear
        scales[scale] = _prepare_scale(linear[:, :: strides[scale], :, :], table[scale], whole)
    return Reference((pixels.shape[0], pixels.shape[1], pixels.shape[2]), whole, first_scale, tuple(scales), strides)


def ssimulacra2(reference: NDArray[np.uint8], distorted: NDArray[np.uint8]) -> float:
    """Score how much a picture looks like another.

    Parameters
    ----------
    reference, distorted : array of shape (H, W, 3), uint8
        sRGB, of one size.

    Returns
    -------
    float
        100 for equal pictures, 90 visually lossless, 70 high, 50 medium, 30 low quality; may be negative.

    Raises
    ------
    ValueError
        If the sizes differ.

    References
    ----------
    J. Sneyers, SSIMULACRA 2.1, https://github.com/cloudinary/ssimulacra2, with an exact Gaussian of sigma 1.5 cut at
    5 pixels in the place of its recursive approximation.
    """
    return prepare(reference).score(distorted)


def _as_tiles(pixels: Array) -> Array:
    xp = namespace(pixels)
    tiles = pixels if pixels.ndim == 4 else pixels[None, ...]
    if tiles.dtype != xp.uint8 or tiles.ndim != 4 or tiles.shape[3] != 3 or 0 in tiles.shape:
        raise ValueError(f"pixels are uint8 of the shape (H, W, 3) or (T, H, W, 3), not {pixels.dtype} {pixels.shape}")
    for axis in (1, 2):
        missing = weights.SMALLEST_SIDE - tiles.shape[axis]
        if missing > 0:
            places = np.minimum(np.arange(weights.SMALLEST_SIDE), tiles.shape[axis] - 1)
            tiles = xp.take(tiles, beside(tiles, places), axis=axis)
    return tiles


def compare_scale(
    reference: opsin.Floats, distorted: opsin.Floats, scale: int, counted: similarity.Counted
) -> NDArray[np.float64]:
    """Compare full-width bands of two large pictures at one scale, and keep nothing.

    Parameters
    ----------
    reference, distorted : array of shape (3, 1, H, W), float32
        Linear light, halved `scale` times.
    scale : int
        0 to 5.
    counted : similarity.Counted
        The rows that count.

    Returns
    -------
    ndarray of shape (3, 6), float64
        By plane: means of structure, artifact, detail, then of their fourth powers.
    """
    planes = _prepare_scale(reference, weights.weights(weights.SCALES)[scale], True)
    means = np.zeros((3, 6))
    if planes:
        xyb = opsin.positive_xyb(distorted, _channels(planes))
        for plane in planes:
            means[plane.channel] = similarity.compare_plane(
                plane.parts, xyb[plane.channel], plane.wanted, True, counted
            )[0]
    return means


def _count_scales(side: int) -> int:
    count = 0
    while count < weights.SCALES and side >= weights.SMALLEST_SIDE:
        count, side = count + 1, (side + 1) // 2
    return count


def _prepare_scale(linear: opsin.Floats, table: NDArray[np.float64], whole: bool) -> tuple[_Plane, ...]:
    used = (table != 0).reshape(3, 2, 3).any(axis=1)
    wanted = {
        channel: similarity.Wanted(bool(row[0]), bool(row[1]), bool(row[2]))
        for channel, row in enumerate(used)
        if row.any()
    }
    if not wanted:
        return ()
    xyb = opsin.positive_xyb(linear, (0 in wanted, 1 in wanted, 2 in wanted))
    return tuple(
        _Plane(channel, maps, similarity.prepare_plane(xyb[channel], maps, whole)) for channel, maps in wanted.items()
    )


def _channels(planes: tuple[_Plane, ...]) -> tuple[bool, bool, bool]:
    used = {plane.channel for plane in planes}
    return 0 in used, 1 in used, 2 in used
