"""Palettes and the curve of what they cost, put together from cloud, cut and refinement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autok.errors import OptionError
from autok.models import Analysis
from autok.quantization.clouds import Cloud, coordinates, distinct, gather, to_bytes
from autok.quantization.cuts import Cut, cut
from autok.quantization.merges import merge
from autok.quantization.refinement import Refiner, refill, refine
from autok.quantization.swaps import swap

MAX_COLORS: Final = 256
ITERATIONS: Final = 5
"""Lloyd iterations after the variance cut, and once more."""
TRANSLUCENT_WORK: Final = 1 << 22
"""Distances that swaps may measure for translucent pictures, whose few colours are soon in a local optimum."""
RGB_SPARE: Final = 256
"""Clusters that are cut beyond those wanted, and joined again, in RGB, where the error itself is the aim."""
RGB_WORK: Final = 1 << 25
"""Distances that Lloyd's iterations may measure in RGB: the fewer the centres, the more iterations they take."""
RGB_LEAST, RGB_MOST = 6, 24
"""Bounds of these iterations."""


@dataclass(frozen=True, slots=True)
class Groundwork:
    """What the palettes of every size of one image have in common."""

    space: str
    cloud: Cloud
    translucent: bool
    cut: Cut
    """As deep as the largest palette that it serves, or deeper."""
    colors: int
    """The largest palette."""
    refiner: Refiner = refine
    """What runs Lloyd's iterations."""

    def distortion_curve(self) -> tuple[tuple[int, float], ...]:
        """Return the error that a palette of each size leaves, as the function of this name does."""
        total = float(self.cloud.weights.sum(dtype=np.float64))
        errors = enumerate(self.cut.errors[: self.colors])
        return tuple((count + 1, float(np.sqrt(error / total))) for count, error in errors if count)

    def first_centers(self, colors: int) -> NDArray[np.float32]:
        """Return where Lloyd's iterations start.

        Parameters
        ----------
        colors : int
            How many are wanted, at most `colors` of the ground.

        Returns
        -------
        ndarray of shape (K, D), float32
            In the space; all clusters where the cloud has fewer.
        """
        if self.space != "rgb" or self.translucent:
            return self.cut.centers_of(colors)
        clusters = self.cut.clusters_of(colors + RGB_SPARE)
        return merge(self.cut.centers[clusters], self.cut.weights[clusters], colors).astype(np.float32)


def lay_ground(
    analysis: Analysis, space: str = "oklab", colors: int = MAX_COLORS, refiner: Refiner = refine
) -> Groundwork:
    """Do once what `quantize` needs for every number of colours.

    Parameters
    ----------
    analysis : Analysis
        Its histogram is what the palettes learn from.
    space : {"oklab", "cielab", "rgb"}, optional
        Where errors are measured; the default is "oklab".
    colors : int, optional
        The largest K that it serves; the default is 256.
    refiner : callable, optional
        What runs Lloyd's iterations; the default is scikit-learn's K-means.

    Returns
    -------
    Groundwork
        The cloud of colours and its variance cut.
    """
    cloud, translucent = gather(analysis, space)
    spare = RGB_SPARE if space == "rgb" and not translucent else 0
    return Groundwork(space, cloud, translucent, cut(cloud, colors + spare), colors, refiner)


def vary_ground(analysis: Analysis, ground: Groundwork, colors: int) -> tuple[Groundwork, ...]:
    """Return other grounds for few colours of a translucent picture.

    A few entries end up in one of several optima whose errors hardly differ, though their scores do by some points,
    and no weighting has the best of them always. So there are two more: one that masks errors by activity, and one
    that starts from the cut of such a cloud but refines with the usual weights.

    Parameters
    ----------
    analysis : Analysis
        What `ground` was laid from.
    ground : Groundwork
        The usual one.
    colors : int
        The largest K that the others serve.

    Returns
    -------
    tuple of Groundwork
        Two; none where the picture is opaque.
    """
    if not ground.translucent:
        return ()
    masked, _ = gather(analysis, ground.space, masked=True)
    elsewhere = replace(ground, cut=cut(masked, colors), colors=colors)
    return replace(ground, cloud=masked), elsewhere


def quantize(
    analysis: Analysis,
    colors: int,
    *,
    space: str = "oklab",
    pins: Sequence[str] = (),
    seed_palette: NDArray[np.uint8] | None = None,
    ground: Groundwork | None = None,
) -> NDArray[np.uint8]:
    """Return the palette of an image.

    Parameters
    ----------
    analysis : Analysis
        Its histogram is what the palette learns from.
    colors : int
        K, 2 to 256.
    space : {"oklab", "cielab", "rgb"}, optional
        Where errors are measured; the default is "oklab".
    pins : sequence of str, optional
        Colours (``#rrggbb``) that are in the palette exactly; the default is none.
    seed_palette : ndarray of shape (S, 4), uint8, optional
        A palette to start from instead of the variance cut; used where it has as many colours as are learnt.
    ground : Groundwork, optional
        What `lay_ground` returned for this analysis and space, so that a search does it once; the default is to do it
        here.

    Returns
    -------
    ndarray of shape (K', 4), uint8
        sRGB and alpha, K' <= K, all distinct, sorted by alpha, then lightness; fewer than K only where the
        image has fewer colours.

    Raises
    ------
    OptionError
        If `colors` is outside 2 to 256, if there are more pins than colours, or if `space` is unknown.
    """
    fixed = _checked_pins(colors, space, pins)
    exact = _exact_palette(analysis, fixed)
    if len(exact) <= colors:
        return _sorted(exact)
    hidden = _hidden_entry(analysis)
    if len(hidden) + len(fixed) >= colors:
        return _sorted(distinct(np.concatenate([fixed, hidden]))[:colors])
    ground = ground or lay_ground(analysis, space, colors)
    cloud, translucent = ground.cloud, ground.translucent
    wanted = colors - len(fixed) - (0 if translucent else len(hidden))
    centers = _initial_centers(ground, wanted, seed_palette)
    anchors = coordinates(fixed, space, translucent)
    centers = _learn(ground, centers, anchors)
    if translucent and len(hidden):
        # The heavy point of what is hidden drew one centre to the origin; `hidden` is its entry, to the byte.
        centers = np.delete(centers, int(np.argmin((centers**2).sum(axis=1))), axis=0)
    learnt = to_bytes(centers, space)
    palette = distinct(np.concatenate([fixed, hidden, learnt]))
    return _sorted(refill(palette, colors, cloud, space, translucent))


def distortion_curve(analysis: Analysis, space: str = "oklab") -> tuple[tuple[int, float], ...]:
    """Return the error that a palette of each size leaves, estimated by one variance cut.

    Parameters
    ----------
    analysis : Analysis
        Its histogram is what is cut.
    space : {"oklab", "cielab", "rgb"}, optional
        Where errors are measured; the default is "oklab".

    Returns
    -------
    tuple of (K, error)
        K rising from 2 to 256, or to the number of bins; the weighted root mean square error in units of the
        space, never rising with K.
    """
    return lay_ground(analysis, space).distortion_curve()


def _learn(ground: Groundwork, centers: NDArray[np.float32], anchors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return where the centres end up."""
    cloud, space, refiner = ground.cloud, ground.space, ground.refiner
    if not ground.translucent:
        affordable = RGB_WORK // (len(cloud.points) * max(1, len(centers)))
        rounds = min(max(affordable, RGB_LEAST), RGB_MOST) if space == "rgb" else 2 * ITERATIONS
        return refiner(cloud, centers, anchors, rounds)
    centers = refiner(cloud, centers, anchors, ITERATIONS)
    centers = swap(cloud, centers, anchors, refiner, space, TRANSLUCENT_WORK)
    return refiner(cloud, centers, anchors, ITERATIONS)


def _checked_pins(colors: int, space: str, pins: Sequence[str]) -> NDArray[np.uint8]:
    """Return the pins as colours, or say which option cannot be met."""
    if not 2 <= colors <= MAX_COLORS:
        raise OptionError("colors", colors, "a whole number from 2 to 256")
    if space not in ("oklab", "cielab", "rgb"):
        raise OptionError("space", space, "one of oklab, cielab, rgb")
    try:
        rows = [[*bytes.fromhex(pin.removeprefix("#")), 255] for pin in dict.fromkeys(pins)]
        fixed = np.array(rows, np.uint8).reshape(-1, 4)
    except ValueError:
        raise OptionError("pin", list(pins), "hex colours such as #ff8800") from None
    if len(fixed) > colors:
        raise OptionError("pin", list(pins), f"at most as many colours as there are ({colors})")
    return fixed


def _exact_palette(analysis: Analysis, fixed: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return every colour of the image and every pin, where the image has few; else more than any K."""
    if analysis.exact_colors is None:
        return np.empty((MAX_COLORS + 1, 4), np.uint8)
    return distinct(np.concatenate([fixed, np.rint(analysis.histogram.colors).astype(np.uint8)]))


def _hidden_entry(analysis: Analysis) -> NDArray[np.uint8]:
    """Return the one entry for pixels without alpha, shape (1, 4), or (0, 4) where there are none."""
    return np.zeros((int((analysis.histogram.colors[:, 3] == 0).any()), 4), np.uint8)


def _initial_centers(ground: Groundwork, wanted: int, seed_palette: NDArray[np.uint8] | None) -> NDArray[np.float32]:
    """Return the centroids that Lloyd starts from."""
    if seed_palette is not None and len(seed_palette) == wanted:
        return coordinates(seed_palette, ground.space, ground.translucent)
    return ground.first_centers(wanted)


def _sorted(palette: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Sort by alpha, so that a transparency chunk is short, then by luma, then by channel."""
    red, green, blue, alpha = palette.T.astype(np.int64)
    return palette[np.lexsort((blue, green, red, 299 * red + 587 * green + 114 * blue, alpha))]
