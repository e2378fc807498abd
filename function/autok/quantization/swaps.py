"""Out of a local optimum: centres that serve little are put where the error is large.

Lloyd's iterations only ever move a centre within its surroundings. Two in one small cloud and one in two large ones
stay so for good, though one swap would mend it: the centre whose colours would lose least by going to their second
nearest is taken away, and the cluster of the largest error is cut in two. Some swaps are made at once, a few iterations
follow, and what did not lower the error is undone and tried with fewer, then with the next cluster (in the manner of
B. Fritzke, "The k-means-u* algorithm: non-local jumps and greedy retries improve k-means++ clustering", 2017,
arXiv:1706.09059).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autok.color import GRID
from autok.quantization.clouds import Cloud
from autok.quantization.cuts import cut
from autok.quantization.refinement import Refiner

ROUNDS: Final = 8
"""Most times that swaps are tried."""
RETRIES: Final = 3
"""Clusters that are tried one after the other before it is left at that."""
ITERATIONS: Final = 5
"""Lloyd iterations after each."""
PROMISE: Final = 0.75
"""Share of a cluster's error that a cut is expected to save; a little more than it does at once."""

_CHUNK: Final = 1 << 12


@dataclass(frozen=True, slots=True)
class _Service:
    """What each centre does for the colours that are nearest to it."""

    labels: NDArray[np.intp]
    """(N,): nearest centre of each colour."""
    errors: NDArray[np.float64]
    """(K,): weighted squared error of its colours."""
    uses: NDArray[np.float64]
    """(K,): what they would lose without it."""

    @property
    def total(self) -> float:
        return float(self.errors.sum())


def swap(
    cloud: Cloud, centers: NDArray[np.float32], anchors: NDArray[np.float32], refiner: Refiner, space: str, work: int
) -> NDArray[np.float32]:
    """Move centres to where they serve more.

    Parameters
    ----------
    cloud : Cloud
        The weighted colours.
    centers : ndarray of shape (K, D), float32
        Where Lloyd's iterations ended.
    anchors : ndarray of shape (A, D), float32
        Centres that stay where they are.
    refiner : callable
        What runs the iterations after a swap.
    space : {"oklab", "cielab", "rgb"}
        Whose coordinates they are.
    work : int
        Distances that all rounds together may measure; one round always may.

    Returns
    -------
    ndarray of shape (K, D), float32
        Centres that leave no larger an error.
    """
    if len(cloud.points) <= len(centers) + len(anchors):
        return centers
    service = _serve(cloud, centers, anchors, space)
    count, rank = max(1, len(centers) // 8), 0
    for _ in range(min(ROUNDS, max(1, work // (len(cloud.points) * len(centers))))):
        moved = _moved(cloud, centers, service, count, rank)
        if moved is None:
            break
        tried = refiner(cloud, moved, anchors, ITERATIONS)
        found = _serve(cloud, tried, anchors, space)
        if found.total < service.total:
            centers, service, rank = tried, found, 0
        elif count > 1:
            count //= 2
        elif (rank := rank + 1) == RETRIES:
            break
    return centers


def _moved(
    cloud: Cloud, centers: NDArray[np.float32], service: _Service, count: int, rank: int
) -> NDArray[np.float32] | None:
    """Return the centres after some swaps, beginning with the cluster of a rank; None where none is promising."""
    worst = np.argsort(-service.errors[: len(centers)], kind="stable")[rank:]
    idle = iter(np.argsort(service.uses[: len(centers)], kind="stable"))
    moved, split, swaps = centers.copy(), set(worst[:count].tolist()), 0
    for index in worst[:count]:
        # A centre whose own cluster is to be cut cannot be given away as well.
        spare = next((i for i in idle if i not in split), None)
        if spare is None or service.errors[index] <= 0.0:
            break
        # The last swap alone is tried without a promise: the estimate is rough, and the trial decides.
        if count > 1 and service.uses[spare] >= PROMISE * service.errors[index]:
            break
        own = service.labels == index
        halves = cut(Cloud(cloud.points[own], cloud.weights[own]), 2).centers_of(2)
        if len(halves) == 2:
            moved[index], moved[spare] = halves
            swaps += 1
    return moved if swaps else None


def _serve(cloud: Cloud, centers: NDArray[np.float32], anchors: NDArray[np.float32], space: str) -> _Service:
    """Measure all centres on the grid of the space, where every matrix kernel gives the same sums."""
    entries = np.rint(np.concatenate([centers, anchors]) * GRID[space]).astype(np.float32)
    points = np.rint(cloud.points * GRID[space]).astype(np.float32)
    halves = (entries * entries).sum(axis=1) / 2
    labels = np.empty(len(points), np.intp)
    near, second = np.empty(len(points)), np.empty(len(points))
    for first in range(0, len(points), _CHUNK):
        part = slice(first, first + _CHUNK)
        cost = halves - points[part] @ entries.T
        rows = np.arange(len(cost))
        labels[part] = cost.argmin(axis=1)
        near[part] = cost[rows, labels[part]]
        # The second nearest is the nearest of the rest.
        cost[rows, labels[part]] = np.inf
        second[part] = cost.min(axis=1)
    weights = cloud.weights.astype(np.float64)
    squares = (points.astype(np.float64) ** 2).sum(axis=1) / 2
    errors = np.bincount(labels, weights * (squares + near), len(entries))
    uses = np.bincount(labels, weights * (second - near), len(entries))
    return _Service(labels, errors.astype(np.float64), uses.astype(np.float64))
