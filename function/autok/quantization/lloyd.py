"""Lloyd's iterations on the weighted colours of many pictures at once, for a device with many cores.

A GPU is fast at one large thing, not at many small ones: twenty thousand colours and 256 centres keep it busy for
less time than it takes to be told. So the clouds of several pictures are padded to one block, and each step, nearest
centres by a matrix product and weighted means by a count, is a few calls for all of them. On the processor
scikit-learn's K-means does the same for one picture (`autok.quantization.refinement`); both are Lloyd's algorithm from
the same first centres, and differ by rounding only.

References
----------
S. P. Lloyd, "Least squares quantization in PCM", IEEE Transactions on Information Theory 28 (1982),
doi:10.1109/TIT.1982.1056489.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autok.arrays import Array, cast, count, namespace, to_host
from autok.devices import Device
from autok.quantization.clouds import Cloud

_FAR: Final = 4096.0
"""Coordinate of a centre that only pads: so far away that no colour is nearest to it."""
_BLOCK_ITEMS: Final = 1 << 27
"""Distances that are held at once: half a gigabyte."""


@dataclass(frozen=True, slots=True)
class Task:
    """One picture's share of the work."""

    cloud: Cloud
    centers: NDArray[np.float32]
    """(K, D): where the iterations start."""
    anchors: NDArray[np.float32]
    """(A, D): centres that take part and stay where they are."""
    iterations: int


def refine_many(tasks: Sequence[Task], device: Device) -> list[NDArray[np.float32]]:
    """Run Lloyd's iterations for several pictures.

    Parameters
    ----------
    tasks : sequence of Task
        At least one; clouds of three and of four dimensions may be mixed.
    device : Device
        Where to work.

    Returns
    -------
    list of ndarray of shape (K, D), float32
        The centres of each task after its iterations, without its anchors. A centre that lost all its colours stays
        where it was.
    """
    points, weights = _padded([task.cloud.points for task in tasks], 0.0), _weights(tasks)
    starts = [np.concatenate([task.anchors, task.centers]) for task in tasks]
    centers = device.put(_padded(starts, _FAR))
    free = device.put(_free(tasks, centers.shape[1]))
    points, weights = device.put(points), device.put(weights)
    for step in range(max(task.iterations for task in tasks)):
        # Tasks end at different steps, but the block has one shape: who is done stays and is computed along.
        moving = free * device.put(np.array([[[float(step < task.iterations)]] for task in tasks]))
        centers = _iterate(points, weights, centers, moving)
    done = to_host(centers)
    return [
        done[index, len(task.anchors) : len(start), : task.centers.shape[1]].astype(np.float32)
        for index, (task, start) in enumerate(zip(tasks, starts, strict=True))
    ]


def _iterate(points: Array, weights: Array, centers: Array, moving: Array) -> Array:
    """Move every centre that may move to the mean of the colours nearest to it; shapes (B, N, D), (B, N), (B, K, D)."""
    xp = namespace(points)
    pictures, colors, dimensions = centers.shape
    labels = _labels(points, centers)
    places = xp.reshape(labels + colors * xp.arange(pictures, device=points.device)[:, None], (-1,))
    flat = xp.reshape(weights, (-1,))
    total = count(places, pictures * colors, flat)
    sums = [
        count(places, pictures * colors, flat * xp.reshape(cast(points[:, :, axis], "float64"), (-1,)))
        for axis in range(dimensions)
    ]
    filled = xp.reshape(cast(total > 0, "float64"), (pictures, colors, 1)) * moving
    means = xp.reshape(xp.stack(sums, axis=1) / xp.where(total > 0, total, 1.0)[:, None], centers.shape)
    return cast(filled * means + (1.0 - filled) * cast(centers, "float64"), "float32")


def _labels(points: Array, centers: Array) -> Array:
    """Return the nearest centre of each point, shape (B, N), int64."""
    xp = namespace(points)
    # |p - c|² without |p|², which is the same for all centres and would only cost digits.
    halves = xp.sum(centers * centers, axis=2)[:, None, :] * 0.5
    turned = xp.permute_dims(centers, (0, 2, 1))
    step = max(1, _BLOCK_ITEMS // (centers.shape[0] * centers.shape[1]))
    bounds = [*range(0, points.shape[1], step), points.shape[1]]
    parts = [
        xp.argmin(halves - points[:, first:last, :] @ turned, axis=2) for first, last in itertools.pairwise(bounds)
    ]
    return cast(xp.concat(parts, axis=1), "int64")


def _padded(rows: Sequence[NDArray[np.float32]], filler: float) -> NDArray[np.float32]:
    """Stack arrays of different lengths and widths; missing columns are 0, as all opaque colours agree in alpha."""
    shape = (len(rows), max(len(part) for part in rows), max(part.shape[1] for part in rows))
    block = np.full(shape, filler, np.float32)
    for target, part in zip(block, rows, strict=True):
        target[: len(part)] = 0.0
        target[: len(part), : part.shape[1]] = part
    return block


def _weights(tasks: Sequence[Task]) -> NDArray[np.float64]:
    block = np.zeros((len(tasks), max(len(task.cloud.weights) for task in tasks)))
    for target, task in zip(block, tasks, strict=True):
        target[: len(task.cloud.weights)] = task.cloud.weights
    return block


def _free(tasks: Sequence[Task], most: int) -> NDArray[np.float64]:
    """Return 1 for the centres that move, shape (B, K, 1)."""
    block = np.zeros((len(tasks), most, 1))
    for target, task in zip(block, tasks, strict=True):
        first = len(task.anchors)
        target[first : first + len(task.centers)] = 1.0
    return block
