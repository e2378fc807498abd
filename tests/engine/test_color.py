"""The working spaces: known colours, round trips and the measure of translucent colours."""

from __future__ import annotations

import numpy as np
import pytest

from autok.color import ALPHA_RANGE, BOUNDS, CHROMA_WEIGHT, GRID, TRANSLUCENT_BOUNDS, from_space, to_space

SPACES = ("oklab", "cielab", "rgb")


def cube(steps: int = 9) -> np.ndarray:
    """Return an even lattice of the sRGB cube."""
    axis = np.linspace(0, 255, steps)
    return np.stack(np.meshgrid(axis, axis, axis), axis=-1).reshape(-1, 3).astype(np.float32)


def with_alpha(colors: np.ndarray) -> np.ndarray:
    """Return colours as opaque ones with alpha."""
    return np.concatenate([colors, np.full((len(colors), 1), 255, np.float32)], axis=1)


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("space", SPACES)
def test_every_color_survives_the_round_trip(space: str, channels: int) -> None:
    """Going into a space and back moves no channel by more than the grid can tell apart."""
    colors = with_alpha(cube())[:, :channels]
    back = from_space(to_space(colors, space), space)
    assert np.abs(back - colors).max() < 3
    assert np.abs(back - colors).mean() < 0.25


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("space", SPACES)
def test_coordinates_stay_in_bounds_and_on_the_grid(space: str, channels: int) -> None:
    """Coordinates lie within the stated bounds, on whole grid steps."""
    points = to_space(with_alpha(cube())[:, :channels], space)
    low, high = np.array((TRANSLUCENT_BOUNDS if channels == 4 else BOUNDS)[space][:channels]).T
    assert (points >= low).all()
    assert (points <= high).all()
    assert (points * GRID[space] == np.rint(points * GRID[space])).all()


def test_oklab_matches_published_values() -> None:
    """Red has the OKLab coordinates that Ottosson's definition gives: 0.628, 0.225, 0.126."""
    red = to_space(np.array([[255, 0, 0]], np.uint8), "oklab")[0]
    expected = [62.796 - 50, 22.486 * CHROMA_WEIGHT, 12.585 * CHROMA_WEIGHT]
    assert red == pytest.approx(expected, abs=1 / GRID["oklab"])


def test_cielab_matches_published_values() -> None:
    """Blue has the CIELAB coordinates of the D65 standard: 32.30, 79.19, -107.86."""
    blue = to_space(np.array([[0, 0, 255]], np.uint8), "cielab")[0]
    assert blue == pytest.approx([32.30 - 50, 79.19, -107.86], abs=0.1)


@pytest.mark.parametrize("space", SPACES)
def test_greys_have_no_chroma(space: str) -> None:
    """Greys lie on the first axis, or on the diagonal of RGB."""
    greys = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    points = to_space(greys, space)
    chroma = points[:, 1:] - (points[:, :1] if space == "rgb" else 0)
    assert np.abs(chroma).max() <= 0.1


@pytest.mark.parametrize("space", ["oklab", "cielab"])
def test_distance_of_translucent_greys_is_the_mean_on_black_and_white(space: str) -> None:
    """The squared distance of two translucent colours is the mean of their squared differences on two grounds."""
    first, second = np.array([[90, 90, 90, 255]], np.uint8), np.array([[90, 90, 90, 100]], np.uint8)
    distance = ((to_space(first, space) - to_space(second, space)) ** 2).sum()
    lightness = to_space(first, space)[0, 0] + 50
    missing = 1 - 100 / 255
    on_black, on_white = lightness * missing, (100 - lightness) * missing
    assert distance == pytest.approx((on_black**2 + on_white**2) / 2, rel=0.01)


def test_hidden_colors_are_one_point() -> None:
    """Whatever its colour, a pixel without alpha has the same coordinates, and comes back black."""
    hidden = np.array([[255, 0, 10, 0], [0, 0, 0, 0]], np.uint8)
    points = to_space(hidden, "oklab")
    assert (points == 0).all()
    assert (from_space(points, "oklab") == 0).all()


def test_opaque_colors_keep_their_alpha() -> None:
    """An opaque colour has the full fourth coordinate and returns with alpha 255."""
    points = to_space(np.array([[1, 2, 3, 255]], np.uint8), "oklab")
    assert points[0, 3] == ALPHA_RANGE
    assert from_space(points, "oklab")[0, 3] == 255


def test_dark_colors_with_alpha_are_near_black() -> None:
    """What nobody tells from black is a tenth of the lightness away from it, but next to it where there is alpha."""
    dark = np.array([[0, 0, 0, 255], [5, 5, 5, 255]], np.uint8)
    apart = [float(np.diff(to_space(dark[:, :channels], "oklab")[:, 0])[0]) for channels in (3, 4)]
    assert apart[0] > 10
    assert 1 < apart[1] < 3
