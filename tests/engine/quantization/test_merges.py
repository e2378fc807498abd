"""Clusters joined where it costs least."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from autok.quantization.merges import merge


def loss(centers: np.ndarray, weights: np.ndarray, one: int, other: int) -> float:
    """Return what two clusters lose by being one."""
    share = weights[one] * weights[other] / (weights[one] + weights[other])
    return float(share * ((centers[one] - centers[other]) ** 2).sum())


def merged_plainly(centers: np.ndarray, weights: np.ndarray, colors: int) -> np.ndarray:
    """Join by looking at every pair each time."""
    centers, weights = centers.copy(), weights.copy()
    while len(centers) > colors:
        pairs = itertools.combinations(range(len(centers)), 2)
        one, other = min(pairs, key=lambda pair: loss(centers, weights, *pair))
        both = weights[one] + weights[other]
        centers[one] = (weights[one] * centers[one] + weights[other] * centers[other]) / both
        weights[one] = both
        centers, weights = np.delete(centers, other, axis=0), np.delete(weights, other)
    return centers


@pytest.mark.parametrize("colors", [1, 2, 11, 39, 40, 90])
def test_the_cheapest_pair_is_joined_each_time(colors: int) -> None:
    """The centres that are left are those of looking at every pair, and all of them where there are no more."""
    random = np.random.default_rng(5)
    centers, weights = random.normal(0, 20, (40, 3)), random.uniform(0.1, 5, 40)
    assert np.allclose(merge(centers, weights, colors), merged_plainly(centers, weights, colors))


def test_what_is_given_stays_as_it_is() -> None:
    """Centres and weights of the caller are not written to, and what is left keeps their order."""
    random = np.random.default_rng(6)
    centers, weights = random.normal(0, 20, (12, 3)), random.uniform(0.1, 5, 12)
    before = centers.copy(), weights.copy()
    merge(centers, weights, 5)
    assert np.array_equal(centers, before[0])
    assert np.array_equal(weights, before[1])


def test_all_joined_are_their_weighted_mean() -> None:
    """Down to one centre, nothing of where the weight lay is lost on the way."""
    random = np.random.default_rng(7)
    centers, weights = random.normal(0, 20, (30, 4)), random.uniform(0.1, 5, 30)
    assert np.allclose(merge(centers, weights, 1), [np.average(centers, axis=0, weights=weights)])


def test_equal_centers_are_joined_first() -> None:
    """Two clusters of one colour cost nothing as one, however heavy they are."""
    centers = np.array([(0.0, 0, 0), (9, 0, 0), (0, 0, 0), (0, 9, 0)])
    left = merge(centers, np.array([1e6, 1e-3, 1e6, 1e-3]), 3)
    assert left.tolist() == [[0, 0, 0], [9, 0, 0], [0, 9, 0]]
