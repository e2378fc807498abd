"""First centres better than a cut's: more clusters than wanted are cut, and those that cost least are joined again.

A cut decides from the top, when it sees least of how the colours lie, and never takes a split back. Joining two
clusters that serve much the same colours mends that from below: what two clusters lose by being one is known exactly
(J. H. Ward, "Hierarchical grouping to optimize an objective function", 1963; for palettes, the pairwise nearest
neighbours of W. H. Equitz, "A new vector quantization clustering algorithm", 1989).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def merge(centers: NDArray[np.float64], weights: NDArray[np.float64], colors: int) -> NDArray[np.float64]:
    """Join the two clusters that lose least by it until so many are left.

    Parameters
    ----------
    centers : ndarray of shape (C, D), float64
        Of the clusters.
    weights : ndarray of shape (C,), float64
        Of their colours, above 0.
    colors : int
        How many are wanted, at least 1.

    Returns
    -------
    ndarray of shape (min(C, colors), D), float64
        The centres that are left, in the order of the first cluster of each.
    """
    places, weights = np.ascontiguousarray(centers.T), weights.copy()
    # No matrix product: its order of sums depends on the processor.
    loss = np.zeros((len(centers), len(centers)))
    for axis in places:
        loss += np.subtract.outer(axis, axis) ** 2
    loss *= weights[:, None] * weights / (weights[:, None] + weights)
    np.fill_diagonal(loss, np.inf)
    partner = loss.argmin(axis=1)
    least = loss[np.arange(len(centers)), partner]
    gone = np.zeros(len(centers), np.bool_)
    for _ in range(len(centers) - colors):
        one = int(least.argmin())
        kept, other = sorted((one, int(partner[one])))
        both = weights[kept] + weights[other]
        middle = (weights[kept] * places[:, kept] + weights[other] * places[:, other]) / both
        places[:, kept], weights[kept] = middle, both
        gone[other], least[other], loss[:, other] = True, np.inf, np.inf
        away = places - middle[:, None]
        losses = np.where(gone, np.inf, (away * away).sum(axis=0) * (weights * both / (weights + both)))
        losses[kept] = np.inf
        loss[kept], loss[:, kept] = losses, losses
        stale = np.flatnonzero(((partner == kept) | (partner == other)) & ~gone)
        for row in {kept, *stale.tolist()}:
            partner[row] = loss[row].argmin()
            least[row] = loss[row, partner[row]]
        nearer = losses < least
        partner[nearer], least[nearer] = kept, losses[nearer]
    return np.ascontiguousarray(places[:, ~gone].T)
