"""The way out of a local optimum."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from autok.quantization import Cloud, refine
from autok.quantization.swaps import swap

NO_ANCHORS = np.zeros((0, 3), np.float32)
CORNERS = np.array([(-40, -40, 0), (40, -40, 0), (-40, 40, 0), (40, 40, 0)], np.float32)


def heaps() -> Cloud:
    """Return four heaps of colours far from each other."""
    noise = np.random.default_rng(0).integers(-64, 65, (4, 50, 3)) / 32.0
    points = (CORNERS[:, None] + noise).reshape(-1, 3).astype(np.float32)
    return Cloud(points, np.ones(len(points), np.float32))


def error(cloud: Cloud, centers: NDArray[np.float32]) -> float:
    """Return the weighted squared error of the nearest centres."""
    squares = ((cloud.points[:, None].astype(np.float64) - centers) ** 2).sum(axis=2)
    return float((cloud.weights * squares.min(axis=1)).sum())


def test_two_centers_in_one_heap_are_parted() -> None:
    """Lloyd alone leaves two centres in one heap and one for two of them; swaps give each heap its own."""
    cloud = heaps()
    start = np.array([(-41, -40, 0), (-39, -40, 0), (40, -40, 0), (0, 40, 0)], np.float32)
    stuck = refine(cloud, start, NO_ANCHORS, 20)
    mended = swap(cloud, stuck, NO_ANCHORS, refine, "rgb", 1 << 20)
    assert error(cloud, mended) < 0.01 * error(cloud, stuck)
    assert sorted(np.rint(mended / 40).tolist()) == sorted((CORNERS / 40).tolist())


@pytest.mark.parametrize("colors", [2, 5, 16, 64])
@pytest.mark.parametrize("work", [0, 1 << 22])
def test_swaps_never_raise_the_error(colors: int, work: int) -> None:
    """However much work is granted, the centres serve no worse than before, within the grid that they are judged on."""
    cloud = heaps()
    start = refine(cloud, cloud.points[:colors], NO_ANCHORS, 5)
    assert error(cloud, swap(cloud, start, NO_ANCHORS, refine, "rgb", work)) <= 1.01 * error(cloud, start)


def test_anchors_count_as_centers_but_stay() -> None:
    """A heap that an anchor serves gets no centre of its own, and only free centres come back."""
    cloud = heaps()
    start = np.array([(-41, -40, 0), (40, -40, 0), (0, 40, 0)], np.float32)
    mended = swap(cloud, start, CORNERS[:1], refine, "rgb", 1 << 20)
    assert sorted(np.rint(mended / 40).tolist()) == sorted((CORNERS[1:] / 40).tolist())


def test_as_many_centers_as_colors_are_left_alone() -> None:
    """Where every colour has a centre there is nothing to swap."""
    cloud = Cloud(CORNERS, np.ones(4, np.float32))
    assert (swap(cloud, CORNERS, NO_ANCHORS, refine, "rgb", 1 << 20) == CORNERS).all()
