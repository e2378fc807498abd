"""Lloyd's iterations against a plain loop, and the repair of what they leave empty."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from autok.quantization.clouds import Cloud, to_bytes
from autok.quantization.refinement import refill, refine

NONE = np.zeros((0, 3), np.float32)


def scattered(count: int = 300, seed: int = 1) -> Cloud:
    """Return colours without order, of uneven weights."""
    random = np.random.default_rng(seed)
    weights = random.uniform(0.1, 5, count)
    points = random.uniform(-20, 20, (count, 3)).astype(np.float32)
    return Cloud(points, (weights / weights.mean()).astype(np.float32))


def looped(cloud: Cloud, centers: np.ndarray, anchors: np.ndarray, iterations: int) -> np.ndarray:
    """Return the centres after so many plain iterations; anchors take part and stay."""
    centers = centers.astype(np.float64)
    for _ in range(iterations):
        every = np.concatenate([anchors, centers])
        own = ((cloud.points[:, None] - every) ** 2).sum(axis=2).argmin(axis=1) - len(anchors)
        centers = np.stack([
            np.average(cloud.points[own == k], axis=0, weights=cloud.weights[own == k]) for k in range(len(centers))
        ])  # fmt: skip
    return centers


@pytest.mark.parametrize("iterations", [1, 2, 5])
@pytest.mark.parametrize("anchored", [0, 2])
def test_the_iterations_are_lloyds(iterations: int, anchored: int) -> None:
    """Nearest centre, weighted mean, as often as asked; pinned centres do not move and are not returned."""
    cloud = scattered()
    start, anchors = cloud.points[:8], cloud.points[20 : 20 + anchored]
    found = refine(cloud, start, anchors, iterations)
    assert found.shape == (8, 3)
    assert found == pytest.approx(looped(cloud, start, anchors, iterations), abs=1e-3)


def test_no_more_colours_than_centres_are_their_own_palette() -> None:
    """There is nothing to be averaged."""
    cloud = scattered(5)
    assert refine(cloud, cloud.points[:3], cloud.points[3:], 4) is cloud.points


def test_iterations_never_raise_the_error() -> None:
    """Each round leaves as much or less."""
    cloud = scattered(500, 2)

    def error(centers: np.ndarray) -> float:
        squares = ((cloud.points[:, None].astype(float) - centers) ** 2).sum(axis=2).min(axis=1)
        return float((squares * cloud.weights).sum())

    errors = [error(cloud.points[:12])] + [error(refine(cloud, cloud.points[:12], NONE, n)) for n in (1, 2, 4, 8)]
    assert all(later <= earlier * (1 + 1e-6) for earlier, later in pairwise(errors))


def test_a_full_palette_is_left_alone() -> None:
    """Where no place is empty the very palette comes back."""
    palette = np.zeros((4, 4), np.uint8)
    assert refill(palette, 4, scattered(), "oklab", False) is palette


def test_empty_places_go_to_what_is_served_worst() -> None:
    """The colour with the largest weighted error comes first, and no entry is there twice."""
    points = np.array([(0, 0, 0), (20, 0, 0), (-30, 0, 0), (-30.1, 0, 0)], np.float32)
    cloud = Cloud(points, np.array([1, 1, 1, 1], np.float32))
    palette = to_bytes(points[:1], "oklab")
    filled = refill(palette, 3, cloud, "oklab", False)
    assert filled[0].tolist() == palette[0].tolist()
    assert to_bytes(points[3:], "oklab")[0].tolist() == filled[1].tolist()
    assert len(np.unique(filled, axis=0)) == len(filled)
    heavy = Cloud(points, np.array([1, 9, 1, 1], np.float32))
    assert refill(palette, 2, heavy, "oklab", False)[1].tolist() == to_bytes(points[1:2], "oklab")[0].tolist()
