"""The variance cut: clusters split one by one where it lowers the error most."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autok.quantization.clouds import Cloud

_NOTHING: Final = 1e-12
"""Share of the whole error below which a cluster's is rounding."""
_SQUARINGS: Final = 6
"""Squarings of a scatter matrix after which its columns point along the principal axis."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A nested cut: one run holds the clusters of every number of colours up to its deepest."""

    centers: NDArray[np.float64]
    """(2 S + 1, D): centres of all clusters in the order of their making, the whole cloud first."""
    split: tuple[int, ...]
    """(S,): the cluster that each step replaced by the next two."""
    errors: tuple[float, ...]
    """(S + 1,): weighted squared error with 1, 2, ... S + 1 clusters."""

    def centers_of(self, colors: int) -> NDArray[np.float32]:
        """Return the centres of so many clusters, or of all where the cloud has fewer; shape (K, D)."""
        steps = min(colors - 1, len(self.split))
        whole = np.ones(2 * steps + 1, np.bool_)
        whole[list(self.split[:steps])] = False
        return self.centers[: 2 * steps + 1][whole].astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Cluster:
    """A part of the cloud."""

    members: NDArray[np.intp]
    sums: NDArray[np.float64]
    """(1 + D + D D,): of weights, weighted coordinates, and weighted products of coordinates."""
    center: NDArray[np.float64]
    error: float
    """Weighted squared error of all members."""
    scatter: NDArray[np.float64]
    """(D, D): weighted products of the departures from the centre."""


def cut(cloud: Cloud, colors: int) -> Cut:
    """Split the cloud into at most `colors` clusters."""
    # Around zero: variance as a difference of large sums would lose its digits.
    middle = cloud.points.mean(axis=0, dtype=np.float64)
    points, weights = cloud.points - middle, cloud.weights.astype(np.float64)
    products = (points[:, :, None] * points[:, None, :]).reshape(len(points), -1)
    moments = np.concatenate([np.ones((len(points), 1)), points, products], axis=1) * weights[:, None]
    axes = np.ascontiguousarray(points.T)
    first = _cluster(np.arange(len(points)), moments.sum(axis=0))
    queue, made, split, errors = [(-first.error, 0, first)], [first.center], [], [first.error]
    while len(queue) < colors and -queue[0][0] > max(1e-9, _NOTHING * first.error):
        _, serial, worst = heapq.heappop(queue)
        rest = errors[-1] - worst.error
        for part in _halves(axes, moments, worst):
            heapq.heappush(queue, (-part.error, len(made), part))
            made.append(part.center)
            rest += part.error
        split.append(serial)
        # Rounding may take the last of the error a little below nothing.
        errors.append(max(0.0, rest))
    return Cut(np.array(made) + middle, tuple(split), tuple(errors))


def _cluster(members: NDArray[np.intp], sums: NDArray[np.float64]) -> _Cluster:
    """Measure a part of the cloud by its sums; no BLAS, whose order depends on the processor."""
    dimensions = round((len(sums) - 0.75) ** 0.5 - 0.5)
    center = sums[1 : dimensions + 1] / sums[0]
    scatter = sums[dimensions + 1 :].reshape(dimensions, dimensions) - sums[0] * center[:, None] * center
    # One colour has no error, whatever its rounding says; it is never to be cut.
    error = float(np.trace(scatter)) if len(members) > 1 else 0.0
    return _Cluster(members, sums, center, error, scatter)


def _principal_axis(scatter: NDArray[np.float64], trace: float) -> NDArray[np.float64]:
    """Return the principal axis, not normalised: the dominant column of a high power of the scatter."""
    if trace <= 0.0:
        return np.asarray(np.eye(len(scatter))[0])
    # Divided by the trace first, or six squarings would leave the range of floats.
    power = scatter / trace
    for _ in range(_SQUARINGS):
        power = (power[:, :, None] * power).sum(axis=1)
    return np.asarray(power[:, int(np.argmax(np.diagonal(power)))])


def _halves(axes: NDArray[np.float64], moments: NDArray[np.float64], whole: _Cluster) -> tuple[_Cluster, _Cluster]:
    """Split a cluster across its axis where the squared error left is least."""
    direction = _principal_axis(whole.scatter, whole.error)
    # Axis by axis: a sum along three neighbours takes several times as long.
    position = np.zeros(len(whole.members))
    for axis, middle, factor in zip(axes, whole.center, direction, strict=True):
        position += (axis[whole.members] - middle) * factor
    order = np.argsort(position, kind="stable")
    members = whole.members[order]
    weight = moments[members, 0]
    below = np.cumsum(weight)
    moment = np.cumsum(weight * position[order])
    # Weights that are next to nothing vanish in the sum before them.
    above = np.maximum(below[-1] - below[:-1], 1e-12)
    gain = moment[:-1] ** 2 / below[:-1] + (moment[-1] - moment[:-1]) ** 2 / above
    place = int(np.argmax(gain)) + 1
    # The smaller part is summed, the larger is what remains.
    if 2 * place <= len(members):
        lower = moments[members[:place]].sum(axis=0)
        upper = whole.sums - lower
    else:
        upper = moments[members[place:]].sum(axis=0)
        lower = whole.sums - upper
    return _cluster(members[:place], lower), _cluster(members[place:], upper)
