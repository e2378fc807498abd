"""The variance cut: clusters split where it lowers the error most.

The cluster with the largest error is the next to be split, and how it splits depends on nothing but its own colours.
So whenever one is to be split whose halves are not known yet, the halves of all that are about as bad are found in
the same pass over arrays: some ten passes make 256 clusters.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autok.quantization.clouds import Cloud

_NOTHING: Final = 1e-12
"""Share of the whole error below which a cluster's is rounding."""
_SQUARINGS: Final = 6
"""Squarings of a scatter matrix after which its columns point along the principal axis."""
_AHEAD: Final = 4.0
"""Clusters are split along with the worst one whose error is at least that one's over this."""
_STEPS: Final = 64
"""Steps along an axis between which a cluster may be cut."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A nested cut: one run holds the clusters of every number of colours up to its deepest."""

    centers: NDArray[np.float64]
    """(2 S + 1, D): centres of all clusters in the order of their making, the whole cloud first."""
    weights: NDArray[np.float64]
    """(2 S + 1,): of their colours."""
    split: tuple[int, ...]
    """(S,): the cluster that each step replaced by the next two."""
    errors: tuple[float, ...]
    """(S + 1,): weighted squared error with 1, 2, ... S + 1 clusters."""

    def clusters_of(self, colors: int) -> NDArray[np.intp]:
        """Return which clusters are so many, or all where the cloud has fewer; shape (K,)."""
        steps = min(colors - 1, len(self.split))
        whole = np.ones(2 * steps + 1, np.bool_)
        whole[list(self.split[:steps])] = False
        return np.flatnonzero(whole)

    def centers_of(self, colors: int) -> NDArray[np.float32]:
        """Return the centres of so many clusters, or of all where the cloud has fewer; shape (K, D)."""
        return self.centers[self.clusters_of(colors)].astype(np.float32)


@dataclass(slots=True)
class _Cluster:
    """A part of the cloud."""

    members: NDArray[np.intp]
    sums: NDArray[np.float64]
    """(1 + D + D D,): of weights, weighted coordinates, and weighted products of coordinates."""
    error: float
    """Weighted squared error of all members."""
    scatter: NDArray[np.float64]
    """(D, D): weighted products of the departures from the centre."""
    halves: tuple[_Cluster, _Cluster] | None = None
    """Known once it, or one as bad, was to be split."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """The cloud as passes over it need it."""

    axes: NDArray[np.float64]
    """(D, N): coordinates around the middle of the cloud."""
    moments: NDArray[np.float64]
    """(N, 1 + D + D D): each colour's share in `_Cluster.sums`."""


def cut(cloud: Cloud, colors: int) -> Cut:
    """Split the cloud into at most `colors` clusters."""
    # Around zero: variance as a difference of large sums would lose its digits.
    middle = cloud.points.mean(axis=0, dtype=np.float64)
    points, weights = cloud.points - middle, cloud.weights.astype(np.float64)
    products = (points[:, :, None] * points[:, None, :]).reshape(len(points), -1)
    moments = np.concatenate([np.ones((len(points), 1)), points, products], axis=1) * weights[:, None]
    cloud_ = _Columns(np.ascontiguousarray(points.T), moments)
    (first,) = _measure([np.arange(len(points))], moments.sum(axis=0)[None])
    queue, made, split, errors = [(-first.error, 0, first)], [first], [], [first.error]
    least = max(1e-9, _NOTHING * first.error)
    while len(queue) < colors and -queue[0][0] > least:
        _, serial, worst = heapq.heappop(queue)
        if worst.halves is None:
            bound, room = max(worst.error / _AHEAD, least), colors - len(queue) - 1
            bad = [each for _, _, each in heapq.nsmallest(room, queue) if each.halves is None and each.error > bound]
            _halve(cloud_, [worst, *bad])
        rest = errors[-1] - worst.error
        assert worst.halves is not None
        for part in worst.halves:
            heapq.heappush(queue, (-part.error, len(made), part))
            made.append(part)
            rest += part.error
        split.append(serial)
        # Rounding may take the last of the error a little below nothing.
        errors.append(max(0.0, rest))
    sums = np.array([each.sums for each in made])
    centers = sums[:, 1 : len(middle) + 1] / sums[:, :1] + middle
    return Cut(centers, sums[:, 0], tuple(split), tuple(errors))


def _measure(members: Sequence[NDArray[np.intp]], sums: NDArray[np.float64]) -> list[_Cluster]:
    """Return parts of the cloud with what their sums, shape (C, 1 + D + D D), say; no BLAS, whose order varies."""
    dimensions = round((sums.shape[1] - 0.75) ** 0.5 - 0.5)
    centers = sums[:, 1 : dimensions + 1] / sums[:, :1]
    squares = sums[:, dimensions + 1 :].reshape(-1, dimensions, dimensions)
    scatters = squares - sums[:, :1, None] * centers[:, :, None] * centers[:, None, :]
    errors = np.trace(scatters, axis1=1, axis2=2)
    # One colour has no error, whatever its rounding says; it is never to be cut.
    return [
        _Cluster(part, total, float(error) if len(part) > 1 else 0.0, scatter)
        for part, total, error, scatter in zip(members, sums, errors, scatters, strict=True)
    ]


def _principal_axes(clusters: Sequence[_Cluster]) -> NDArray[np.float64]:
    """Return their principal axes, not normalised, shape (C, D): dominant columns of high powers of the scatters."""
    # Divided by the trace first, or six squarings would leave the range of floats.
    powers = np.array([each.scatter / each.error for each in clusters])
    for _ in range(_SQUARINGS):
        powers = (powers[:, :, :, None] * powers[:, None, :, :]).sum(axis=2)
    dominant = np.argmax(np.diagonal(powers, axis1=1, axis2=2), axis=1)
    return np.asarray(powers[np.arange(len(powers)), :, dominant])


def _halve(cloud: _Columns, clusters: Sequence[_Cluster]) -> None:
    """Split clusters of some error across their axes, each about where the squared error left is least."""
    sizes = np.array([len(each.members) for each in clusters])
    starts = np.cumsum(sizes) - sizes
    own = np.repeat(np.arange(len(clusters)), sizes)
    members = np.concatenate([each.members for each in clusters])
    position = _positions(cloud, clusters, members, own)
    upper = _upper(cloud.moments[members, 0], position, own, starts)
    order = np.argsort((2 * own + upper).astype(np.uint16), kind="stable")
    members = members[order]
    places = starts + np.add.reduceat(~upper, starts, dtype=np.intp)
    bounds = np.stack([starts, places], axis=1).ravel()
    sums = np.add.reduceat(cloud.moments[members], bounds, axis=0)
    parts = _measure(np.split(members, bounds[1:]), sums)
    for index, each in enumerate(clusters):
        each.halves = parts[2 * index], parts[2 * index + 1]


def _positions(
    cloud: _Columns, clusters: Sequence[_Cluster], members: NDArray[np.intp], own: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return where each colour lies along the axis of its cluster, shape (M,)."""
    sums = np.array([each.sums for each in clusters])
    position = np.zeros(len(members))
    # Axis by axis: a sum along three neighbours takes several times as long.
    for index, (axis, factors) in enumerate(zip(cloud.axes, _principal_axes(clusters).T, strict=True)):
        position += (axis[members] - (sums[:, 1 + index] / sums[:, 0])[own]) * factors[own]
    return position


def _upper(
    weights: NDArray[np.float64], position: NDArray[np.float64], own: NDArray[np.intp], starts: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Return whether each colour belongs to the upper half of its cluster, shape (M,).

    Positions are counted in even steps from the least to the greatest, and the best of the thresholds between the
    steps is taken: sorting would take most of the time, and where exactly a cluster is cut hardly matters.
    """
    least = np.minimum.reduceat(position, starts)
    span = np.maximum.reduceat(position, starts) - least
    scale = _STEPS / np.where(span > 0.0, span, 1.0)
    step = np.minimum((position - least[own]) * scale[own], _STEPS - 1.0).astype(np.intp)
    # Where nothing but rounding tells colours apart the first is cut off.
    alike = span[own] <= 0.0
    step[alike] = 1
    step[starts[span <= 0.0]] = 0
    place, shape = own * _STEPS + step, (len(starts), _STEPS)
    below = np.cumsum(np.bincount(place, weights, shape[0] * shape[1]).reshape(shape), axis=1)
    moment = np.cumsum(np.bincount(place, weights * position, shape[0] * shape[1]).reshape(shape), axis=1)
    above = below[:, -1:] - below
    # No colour lies beyond the last step to be parted from.
    parted = (above > 0.0) & (below > 0.0)
    parted[:, -1] = False
    gain = moment**2 / np.maximum(below, 1e-12) + (moment[:, -1:] - moment) ** 2 / np.maximum(above, 1e-12)
    threshold = np.argmax(np.where(parted, gain, -1.0), axis=1)
    return np.asarray(step > threshold[own])
