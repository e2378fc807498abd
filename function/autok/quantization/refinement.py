"""From first centroids to a palette: Lloyd's iterations, and the repair of what they leave empty."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from autok.quantization.clouds import Cloud, coordinates, distinct, to_bytes

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController


Refiner = Callable[[Cloud, NDArray[np.float32], NDArray[np.float32], int], NDArray[np.float32]]
"""What runs Lloyd's iterations: `refine`, or a device that works for many pictures at once."""


def refine(
    cloud: Cloud, centers: NDArray[np.float32], anchors: NDArray[np.float32], iterations: int
) -> NDArray[np.float32]:
    """Run scikit-learn's weighted K-means on one thread.

    Parameters
    ----------
    cloud : Cloud
        The weighted colours.
    centers : ndarray of shape (K, D), float32
        Where the iterations start.
    anchors : ndarray of shape (A, D), float32
        Centres that take part and stay where they are.
    iterations : int
        How many, at least 1.

    Returns
    -------
    ndarray of shape (K, D), float32
        The centres without the anchors; all colours, where there are no more than centres.
    """
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    if len(cloud.points) <= len(centers) + len(anchors):
        return cloud.points
    # K-means moves all centres: with anchors each iteration runs alone, and puts them back before the next.
    rounds = iterations if len(anchors) else 1
    with _threads().limit(limits=1), warnings.catch_warnings():
        # Fewer distinct clusters than asked for are met by `_refilled`, not by a warning.
        warnings.simplefilter("ignore", ConvergenceWarning)
        for _ in range(rounds):
            start = np.concatenate([anchors, centers])
            model = KMeans(len(start), init=start, n_init=1, max_iter=iterations // rounds, tol=0.0, algorithm="lloyd")
            model.fit(cloud.points, sample_weight=cloud.weights)
            centers = model.cluster_centers_[len(anchors) :]
    return np.asarray(centers, np.float32)


@cache
def _threads() -> ThreadpoolController:
    """Return what limits threads; looking for the libraries takes as long as four iterations, so it is done once."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def refill(palette: NDArray[np.uint8], colors: int, cloud: Cloud, space: str, translucent: bool) -> NDArray[np.uint8]:
    """Fill the places of centroids that rounded to the same bytes with the colours that are served worst."""
    missing = colors - len(palette)
    if missing <= 0:
        return palette
    error = np.full(len(cloud.points), np.inf, np.float32)
    for entry in coordinates(palette, space, translucent):
        np.minimum(error, ((cloud.points - entry) ** 2).sum(axis=1), out=error)
    worst = np.argsort(-error * cloud.weights, kind="stable")[: 4 * missing]
    spare = distinct(np.concatenate([palette, to_bytes(cloud.points[worst], space)]))
    return spare[:colors]
