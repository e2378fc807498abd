"""The variance cut: clusters split one by one where it lowers the error most."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autok.quantization.clouds import Cloud


@dataclass(frozen=True, slots=True)
class Cluster:
    """A part of the cloud in the variance cut."""

    members: NDArray[np.intp]
    center: NDArray[np.float64]
    error: float
    """Weighted squared error of all members."""
    axis: NDArray[np.float64]
    """Principal axis, not normalised."""


def cut(cloud: Cloud, colors: int) -> tuple[list[Cluster], list[float]]:
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


def _cluster(points: NDArray[np.float64], weights: NDArray[np.float64], members: NDArray[np.intp]) -> Cluster:
    """Measure a part of the cloud; sums avoid BLAS, whose order depends on the processor."""
    own, weight = points[members], weights[members]
    center = (own * weight[:, None]).sum(axis=0) / weight.sum()
    own -= center
    weighted = own * weight[:, None]
    scatter = np.array([(weighted * own[:, [axis]]).sum(axis=0) for axis in range(own.shape[1])])
    return Cluster(members, center, float(np.trace(scatter)), _principal_axis(scatter))


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


def _halves(points: NDArray[np.float64], weights: NDArray[np.float64], whole: Cluster) -> tuple[Cluster, Cluster]:
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
