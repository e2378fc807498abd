"""K colours for an image: weighted K-means on its colour histogram.

Theory
------
The palette minimises the weighted squared error between the colours of an image and their nearest entries
(K-means: Lloyd, "Least squares quantization in PCM", 1982). Three choices make it fast and good:

- It learns from the histogram, not from pixels: some 20,000 weighted colours, whatever the size of the image.
- It measures errors in OKLab with lighter chroma, where equal distances look about equally large, and it
  weights a colour by how smooth the places are where it occurs: weight = pixels^0.85 / (1 + activity / 3). An
  error in busy texture is seen less than one in a sky (contrast masking), and small details count for a little
  more than their area.
- It starts from a variance cut, which is deterministic and already within some ten per cent of the optimum:
  the cluster with the largest squared error is split at the best threshold along its principal axis, until
  there are K (Wu, "Color quantization by dynamic programming and principal analysis", 1992). The splits are
  nested, so that one run gives the error at every K: the distortion curve.

Lloyd's iterations are scikit-learn's, on one thread, since the order of its sums, and with it the bytes, would
depend on the number of threads. Nothing is random.

Translucent colours are clustered in four dimensions (see `autok.color`); whatever is hidden under no alpha is
one reserved entry. Pinned colours are centroids that never move. An image of no more than K colours keeps them
all, exactly.
"""

from __future__ import annotations

import heapq
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autok.color import from_space, to_space
from autok.errors import OptionError
from autok.models import Analysis

MAX_COLORS: Final = 256
ITERATIONS: Final = 10
"""Lloyd iterations after the variance cut."""
RGB_ITERATIONS: Final = 20
"""The same in RGB, where the error itself is the aim and no eye forgives the rest."""
_MASKING: Final = 3.0
_AREA_POWER: Final = 0.85


@dataclass(frozen=True, slots=True)
class _Cloud:
    """The weighted colours to be clustered."""

    points: NDArray[np.float32]
    """(N, D): coordinates in the working space, D = 3, or 4 with alpha."""
    weights: NDArray[np.float32]
    """(N,): mean 1."""


@dataclass(frozen=True, slots=True)
class _Cluster:
    """A part of the cloud in the variance cut."""

    members: NDArray[np.intp]
    center: NDArray[np.float64]
    error: float
    """Weighted squared error of all members."""
    axis: NDArray[np.float64]
    """Principal axis, not normalised."""


def quantize(
    analysis: Analysis,
    colors: int,
    *,
    space: str = "oklab",
    pins: Sequence[str] = (),
    seed_palette: NDArray[np.uint8] | None = None,
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
        return _sorted(_distinct(np.concatenate([fixed, hidden]))[:colors])
    cloud, translucent = _cloud(analysis, space)
    wanted = colors - len(hidden) - len(fixed)
    centers = _initial_centers(cloud, wanted, space, translucent, seed_palette)
    anchors = _coordinates(fixed, space, translucent)
    centers = _lloyd(cloud, centers, anchors, RGB_ITERATIONS if space == "rgb" else ITERATIONS)
    learnt = _bytes(centers, space)
    palette = _distinct(np.concatenate([fixed, hidden, learnt]))
    return _sorted(_refilled(palette, colors, cloud, space, translucent))


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
    cloud, _ = _cloud(analysis, space)
    _, errors = _variance_cut(cloud, MAX_COLORS)
    total = float(cloud.weights.sum(dtype=np.float64))
    return tuple((count + 1, float(np.sqrt(error / total))) for count, error in enumerate(errors) if count)


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
    return _distinct(np.concatenate([fixed, np.rint(analysis.histogram.colors).astype(np.uint8)]))


def _hidden_entry(analysis: Analysis) -> NDArray[np.uint8]:
    """Return the one entry for pixels without alpha, shape (1, 4), or (0, 4) where there are none."""
    return np.zeros((int((analysis.histogram.colors[:, 3] == 0).any()), 4), np.uint8)


def _cloud(analysis: Analysis, space: str) -> tuple[_Cloud, bool]:
    """Return the visible colours with their weights, and whether any is translucent."""
    histogram = analysis.histogram
    seen = histogram.colors[:, 3] > 0
    colors = histogram.colors[seen] if seen.any() else histogram.colors
    counts = (histogram.counts[seen] if seen.any() else histogram.counts).astype(np.float64)
    activity = histogram.activity[seen] if seen.any() else histogram.activity
    translucent = bool((colors[:, 3] < 255).any())
    masked = counts if space == "rgb" else counts**_AREA_POWER / (1.0 + activity.astype(np.float64) / _MASKING)
    weights = (masked * (len(masked) / masked.sum())).astype(np.float32)
    return _Cloud(_coordinates(colors, space, translucent), weights), translucent


def _coordinates(colors: NDArray[np.float32] | NDArray[np.uint8], space: str, translucent: bool) -> NDArray[np.float32]:
    """Return points of as many dimensions as the image needs."""
    return to_space(colors if translucent else colors[:, :3], space)


def _initial_centers(
    cloud: _Cloud, wanted: int, space: str, translucent: bool, seed_palette: NDArray[np.uint8] | None
) -> NDArray[np.float32]:
    """Return the centroids that Lloyd starts from."""
    if seed_palette is not None and len(seed_palette) == wanted:
        return _coordinates(seed_palette, space, translucent)
    clusters, _ = _variance_cut(cloud, wanted)
    return np.array([cluster.center for cluster in clusters], np.float32)


def _variance_cut(cloud: _Cloud, colors: int) -> tuple[list[_Cluster], list[float]]:
    """Split the cloud into at most `colors` clusters; return them and the total error after each split."""
    points, weights = cloud.points.astype(np.float64), cloud.weights.astype(np.float64)
    first = _cluster(points, weights, np.arange(len(points)))
    queue, errors, serial = [(-first.error, 0, first)], [first.error], 0
    while len(queue) < colors and -queue[0][0] > 1e-9:
        _, _, worst = heapq.heappop(queue)
        rest = errors[-1] - worst.error
        for part in _halves(points, weights, worst):
            serial += 1
            heapq.heappush(queue, (-part.error, serial, part))
            rest += part.error
        errors.append(max(0.0, rest))
    return [cluster for _, _, cluster in sorted(queue, key=lambda entry: entry[1])], errors


def _cluster(points: NDArray[np.float64], weights: NDArray[np.float64], members: NDArray[np.intp]) -> _Cluster:
    """Measure a part of the cloud; sums avoid BLAS, whose order depends on the processor."""
    own, weight = points[members], weights[members]
    center = (own * weight[:, None]).sum(axis=0) / weight.sum()
    own -= center
    weighted = own * weight[:, None]
    scatter = np.array([(weighted * own[:, [axis]]).sum(axis=0) for axis in range(own.shape[1])])
    return _Cluster(members, center, float(np.trace(scatter)), _principal_axis(scatter))


def _principal_axis(scatter: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the direction of the largest variance: the dominant column of a high power of the scatter."""
    power = scatter
    for _ in range(6):
        trace = np.trace(power)
        if trace <= 0.0:
            return np.asarray(np.eye(len(scatter))[0])
        power = power / trace
        power = (power[:, :, None] * power[None, :, :]).sum(axis=1)
    return np.asarray(power[:, int(np.argmax(np.diagonal(power)))])


def _halves(points: NDArray[np.float64], weights: NDArray[np.float64], whole: _Cluster) -> tuple[_Cluster, _Cluster]:
    """Split a cluster across its axis where the squared error left is least."""
    position = ((points[whole.members] - whole.center) * whole.axis).sum(axis=1)
    order = np.argsort(position, kind="stable")
    members = whole.members[order]
    weight = weights[members]
    position = position[order]
    below, moment = np.cumsum(weight)[:-1], np.cumsum(weight * position)[:-1]
    above, total = weight.sum() - below, (weight * position).sum()
    gain = moment**2 / below + (total - moment) ** 2 / np.maximum(above, 1e-12)
    cut = int(np.argmax(gain)) + 1
    return _cluster(points, weights, members[:cut]), _cluster(points, weights, members[cut:])


def _lloyd(
    cloud: _Cloud, centers: NDArray[np.float32], anchors: NDArray[np.float32], iterations: int
) -> NDArray[np.float32]:
    """Run scikit-learn's weighted K-means on one thread; anchors take part and stay where they are."""
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    if len(cloud.points) <= len(centers) + len(anchors):
        return cloud.points
    rounds = iterations if len(anchors) else 1
    with threadpool_limits(1), warnings.catch_warnings():
        # Fewer distinct clusters than asked for are met by `_refilled`, not by a warning.
        warnings.simplefilter("ignore", ConvergenceWarning)
        for _ in range(rounds):
            start = np.concatenate([anchors, centers])
            model = KMeans(len(start), init=start, n_init=1, max_iter=iterations // rounds, tol=0.0, algorithm="lloyd")
            model.fit(cloud.points, sample_weight=cloud.weights)
            centers = model.cluster_centers_[len(anchors) :]
    return np.asarray(centers, np.float32)


def _refilled(
    palette: NDArray[np.uint8], colors: int, cloud: _Cloud, space: str, translucent: bool
) -> NDArray[np.uint8]:
    """Fill the places of centroids that rounded to the same bytes with the colours that are served worst."""
    missing = colors - len(palette)
    if missing <= 0:
        return palette
    error = np.full(len(cloud.points), np.inf, np.float32)
    for entry in _coordinates(palette, space, translucent):
        np.minimum(error, ((cloud.points - entry) ** 2).sum(axis=1), out=error)
    worst = np.argsort(-error * cloud.weights, kind="stable")[: 4 * missing]
    spare = _distinct(np.concatenate([palette, _bytes(cloud.points[worst], space)]))
    return spare[:colors]


def _bytes(points: NDArray[np.float32], space: str) -> NDArray[np.uint8]:
    """Return the nearest sRGB bytes, shape (N, 4), visible entries never without alpha."""
    colors = np.rint(from_space(points, space))
    opaque = np.full((len(colors), 1), 255.0, np.float32)
    alpha = np.maximum(colors[:, 3:], 1.0) if colors.shape[1] == 4 else opaque
    return np.concatenate([colors[:, :3], alpha], axis=1).astype(np.uint8)


def _distinct(palette: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Drop repeated colours, keeping the order of first appearance."""
    _, first = np.unique(palette, axis=0, return_index=True)
    return palette[np.sort(first)]


def _sorted(palette: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Sort by alpha, so that a transparency chunk is short, then by luma, then by channel."""
    red, green, blue, alpha = palette.T.astype(np.int64)
    return palette[np.lexsort((blue, green, red, 299 * red + 587 * green + 114 * blue, alpha))]
