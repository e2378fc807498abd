"""The weighted colours that are clustered, and the bytes that centres become."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from autok.color import to_space
from autok.models import Analysis, ColorHistogram
from autok.quantization.clouds import AREA_POWER, MASKING, OPAQUE_FROM, coordinates, distinct, gather, to_bytes

COUNTS = np.array([100, 400, 25], np.int64)
ACTIVITY = np.array([0.0, 3.0, 9.0], np.float32)


def analysis(*alphas: float) -> Analysis:
    """Return what is looked at of an analysis: three colours with these alphas."""
    colors = np.array([(10, 20, 30, 0), (200, 50, 60, 0), (90, 250, 10, 0)], np.float32)
    colors[:, 3] = alphas
    return SimpleNamespace(histogram=ColorHistogram(colors, COUNTS, ACTIVITY))


@pytest.mark.parametrize("space", ["oklab", "cielab"])
def test_weights_fall_with_activity_and_rise_slower_than_area(space: str) -> None:
    """Pixels to the power of 0.85, over one plus a third of the activity, with a mean of one."""
    cloud, translucent = gather(analysis(255, 255, 255), space)
    masked = COUNTS**AREA_POWER / (1 + ACTIVITY.astype(float) / MASKING)
    assert cloud.weights == pytest.approx(masked / masked.mean(), rel=1e-6)
    assert not translucent
    assert np.array_equal(cloud.points, to_space(analysis(255, 255, 255).histogram.colors[:, :3], space))


@pytest.mark.parametrize(("space", "alphas"), [("rgb", (255, 255, 255)), ("oklab", (255, 128, 255))])
def test_where_the_error_is_the_aim_or_the_ground_shows_area_counts(space: str, alphas: tuple[float, ...]) -> None:
    """In RGB and among translucent colours a colour weighs what it covers."""
    cloud, translucent = gather(analysis(*alphas), space)
    assert cloud.weights == pytest.approx(COUNTS / COUNTS.mean())
    assert cloud.points.shape == (3, 4 if translucent else 3)


def test_translucent_colours_are_masked_where_that_is_asked_for() -> None:
    """Then a colour weighs what it covers, over one plus a third of its activity."""
    cloud, _ = gather(analysis(255, 128, 255), "oklab", masked=True)
    masked = COUNTS / (1 + ACTIVITY.astype(float) / MASKING)
    assert cloud.weights == pytest.approx(masked / masked.mean(), rel=1e-6)


def test_what_is_hidden_takes_no_part_unless_the_others_are_translucent() -> None:
    """Beside opaque colours it is left out; beside soft ones it is a point as heavy as all of them together."""
    opaque, translucent = gather(analysis(0, 255, 255), "oklab")
    assert (opaque.points.shape, translucent) == ((2, 3), False)
    soft, translucent = gather(analysis(0, 128, 255), "oklab")
    assert (soft.points.shape, translucent) == ((3, 4), True)
    assert soft.weights[2] == pytest.approx(soft.weights[:2].sum())
    assert not soft.points[2].any()


def test_an_empty_picture_is_a_cloud_all_the_same() -> None:
    """Where nothing is seen the hidden colours are all there is."""
    cloud, _ = gather(analysis(0, 0, 0), "oklab")
    assert len(cloud.points) == len(cloud.weights) == 3


@pytest.mark.parametrize("space", ["oklab", "cielab", "rgb"])
@pytest.mark.parametrize("channels", [3, 4])
def test_bytes_come_back_from_the_space(space: str, channels: int) -> None:
    """Opaque or dense colours survive the way there and back within the grid, and opaque points have full alpha."""
    random = np.random.default_rng(3)
    colors = random.integers(0, 256, (200, 4)).astype(np.uint8)
    colors[:, 3] = 255 if channels == 3 else random.integers(200, 252, 200)
    points = coordinates(colors, space, channels == 4)
    assert points.shape == (200, channels)
    apart = np.abs(to_bytes(points, space).astype(int) - colors)
    assert apart.max() <= 4
    assert apart.mean() < 0.5


def test_what_is_nearly_opaque_is_opaque_and_nothing_visible_vanishes() -> None:
    """From 252 on nothing shines through, and an alpha that rounds to none is one."""
    colors = np.full((5, 4), 255.0, np.float32)
    colors[:, 3] = [0.1, 1.0, OPAQUE_FROM - 2, OPAQUE_FROM, 254]
    assert to_bytes(coordinates(colors, "oklab", True), "oklab")[:, 3].tolist() == [1, 1, 250, 255, 255]


def test_repeated_colours_are_dropped_in_their_order() -> None:
    """The first of each stays where it was."""
    palette = np.array([(5, 0, 0, 255), (1, 0, 0, 255), (5, 0, 0, 255), (1, 0, 0, 254), (1, 0, 0, 255)], np.uint8)
    assert distinct(palette).tolist() == [[5, 0, 0, 255], [1, 0, 0, 255], [1, 0, 0, 254]]
