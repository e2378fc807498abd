"""The variance cut."""

from __future__ import annotations

import numpy as np
import pytest

from autok.quantization import Cloud
from autok.quantization.cuts import Cut, cut


def scattered(count: int = 400, dimensions: int = 3) -> Cloud:
    """Return colours without order, some of them twice, of uneven weights."""
    random = np.random.default_rng(3)
    points = np.rint(random.normal(0, 20, (count, dimensions)) * 32) / 32
    points[count // 2 :: 7] = points[0]
    weights = random.uniform(0.1, 5, count)
    return Cloud(points.astype(np.float32), (weights / weights.mean()).astype(np.float32))


def error(cloud: Cloud, made: Cut, colors: int) -> float:
    """Return the weighted squared error of the nearest of so many centres."""
    squares = ((cloud.points[:, None].astype(np.float64) - made.centers_of(colors)) ** 2).sum(axis=2)
    return float((cloud.weights * squares.min(axis=1)).sum())


@pytest.mark.parametrize("dimensions", [3, 4])
def test_the_curve_bounds_what_nearest_centers_leave(dimensions: int) -> None:
    """The error that the cut foretells falls with every split, and nearest centres never leave more."""
    cloud = scattered(dimensions=dimensions)
    made = cut(cloud, 64)
    assert len(made.errors) == 64
    assert all(later <= earlier for earlier, later in zip(made.errors, made.errors[1:], strict=False))
    for colors in (1, 2, 9, 64):
        assert error(cloud, made, colors) <= made.errors[colors - 1] * (1 + 1e-4)


def test_clusters_share_out_all_weight() -> None:
    """At every depth the clusters hold the whole weight, and their centres its mean."""
    cloud = scattered()
    made = cut(cloud, 50)
    mean = (cloud.points * cloud.weights[:, None]).sum(axis=0, dtype=np.float64) / cloud.weights.sum(dtype=np.float64)
    for colors in (1, 3, 50):
        clusters = made.clusters_of(colors)
        weights = made.weights[clusters]
        assert len(clusters) == colors
        assert np.isclose(weights.sum(), cloud.weights.sum(dtype=np.float64))
        assert np.allclose(weights @ made.centers[clusters] / weights.sum(), mean, atol=1e-4)


def test_a_deeper_cut_begins_like_a_shallow_one() -> None:
    """How deep a cut goes changes nothing about its first splits, to the last bit."""
    cloud = scattered()
    shallow, deep = cut(cloud, 20), cut(cloud, 150)
    assert deep.split[:19] == shallow.split
    assert deep.errors[:20] == shallow.errors
    assert (deep.centers[:39] == shallow.centers).all()


def test_there_are_no_more_clusters_than_colors() -> None:
    """Equal colours are never parted while others are left, and few colours get a cluster each."""
    corners = np.array([(-40, -40, 0), (40, -40, 0), (-40, 40, 0)], np.float32)
    made = cut(Cloud(np.repeat(corners, 5, axis=0), np.ones(15, np.float32)), 256)
    assert len(made.errors) == 3
    assert sorted(made.centers_of(256).tolist()) == sorted(corners.tolist())


def test_where_the_cloud_lies_changes_no_split() -> None:
    """Moved far from zero, colours are parted alike: no digits are lost to the size of their coordinates."""
    cloud = scattered()
    moved = cut(Cloud(cloud.points + np.float32(4096), cloud.weights), 40)
    here = cut(cloud, 40)
    assert moved.split == here.split
    assert np.allclose(moved.centers - 4096, here.centers, atol=1e-6)


def test_one_colour_is_one_cluster_of_no_error() -> None:
    """However often it occurs and however many clusters are wanted, there is nothing to be parted."""
    made = cut(Cloud(np.full((9, 3), 7.25, np.float32), np.ones(9, np.float32)), 16)
    assert (made.split, made.errors) == ((), (0.0,))
    assert made.centers_of(16).tolist() == [[7.25, 7.25, 7.25]]


def test_two_heaps_are_parted_between_them() -> None:
    """The first cut falls into the gap, whatever the weights of the two sides."""
    random = np.random.default_rng(8)
    low, high = random.normal(-30, 1, (50, 3)), random.normal(30, 1, (5, 3))
    points = np.concatenate([low, high]).astype(np.float32)
    centers = cut(Cloud(points, np.ones(55, np.float32)), 2).centers_of(2)
    assert np.allclose(sorted(centers.tolist()), [low.mean(axis=0), high.mean(axis=0)], atol=1e-3)
