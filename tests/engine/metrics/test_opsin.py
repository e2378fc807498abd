from __future__ import annotations

import numpy as np
import pytest

from autok.metrics import opsin


def test_cube_root_is_right_to_the_last_bits() -> None:
    """The cube root of every magnitude that occurs is within two units in the last place."""
    values = np.geomspace(1e-4, 2.0, 100_001).astype(np.float32)
    exact = np.cbrt(values.astype(np.float64))
    assert np.max(np.abs(opsin.cube_root(values) - exact) / exact) < 2.5e-7


@pytest.mark.parametrize(("byte", "linear"), [(0, 0.0), (10, 0.003035270), (128, 0.2158605), (255, 1.0)])
def test_linear_light_of_known_bytes(byte: int, linear: float) -> None:
    """Linear light is that of IEC 61966-2-1, on both branches of its curve."""
    assert opsin.LINEAR[byte] == pytest.approx(linear, rel=1e-6)


def test_grey_has_no_red_green_opponent() -> None:
    """Every grey has the X of black, and Y grows with it."""
    grey = np.arange(256, dtype=np.uint8).reshape(1, 256, 1).repeat(3, axis=2)
    planes = opsin.positive_xyb(opsin.linearize(grey))
    assert np.ptp(planes[0]) < 1e-5
    assert np.all(np.diff(planes[1][0]) > 0)


def test_halving_an_odd_side_averages_what_is_there() -> None:
    """The last column of an odd width is the mean of the pixels that exist."""
    plane = np.array([[1.0, 3.0, 5.0], [1.0, 3.0, 9.0]], np.float32)
    assert opsin.halve(plane).tolist() == [[2.0, 7.0]]


def test_black_and_white_have_the_planes_of_the_reference() -> None:
    """Black lies at the offsets alone, and white at the cube root of its light, less the bias, beside them."""
    ends = opsin.positive_xyb(opsin.linearize(np.array([[[0, 0, 0], [255, 255, 255]]], np.uint8)))
    bright = np.cbrt(1.0 + 0.0037930732552754493) - np.cbrt(0.0037930732552754493)
    for plane, (black, white) in {0: (0.42, 0.42), 1: (0.01, bright + 0.01), 2: (0.55, 0.55)}.items():
        assert ends[plane][0].tolist() == pytest.approx([black, white], abs=2e-6)


@pytest.mark.parametrize(
    "wanted", [(True, False, False), (False, True, False), (True, True, False), (False, False, True)]
)
def test_planes_that_are_not_wanted_change_none_that_are(wanted: tuple[bool, bool, bool]) -> None:
    """Asked for alone, a plane has the very numbers that it has among all, and the others are not computed."""
    pixels = np.random.default_rng(4).integers(0, 256, (9, 11, 3), np.uint8)
    linear = opsin.linearize(pixels)
    every, some = opsin.positive_xyb(linear), opsin.positive_xyb(linear, wanted)
    assert set(some) == {plane for plane, asked in enumerate(wanted) if asked}
    assert all(np.array_equal(some[plane], every[plane]) for plane in some)


def test_planes_of_every_colour_are_positive() -> None:
    """Ratios are taken of them, so that none may be 0 or below, at the corners of the cube of colours either."""
    corners = np.array(np.meshgrid([0, 128, 255], [0, 128, 255], [0, 128, 255])).reshape(3, -1).T.astype(np.uint8)
    planes = opsin.positive_xyb(opsin.linearize(corners))
    assert all(plane.min() > 0 and plane.max() < 1.2 for plane in planes.values())


def test_the_light_that_is_given_stays_as_it_is() -> None:
    """Neither the planes nor a halving write into the picture that other scales still need."""
    linear = opsin.linearize(np.random.default_rng(5).integers(0, 256, (6, 7, 3), np.uint8))
    before = linear.copy()
    opsin.positive_xyb(linear)
    opsin.halve(linear)
    opsin.cube_root(linear + 1)
    assert np.array_equal(linear, before)


@pytest.mark.parametrize("shape", [(1, 1), (1, 6), (7, 1), (8, 6), (9, 5)])
def test_halving_keeps_even_light(shape: tuple[int, int]) -> None:
    """A plane of one light stays that light, and each side is half as long, rounded up."""
    halved = opsin.halve(np.full((3, *shape), 0.25, np.float32))
    assert halved.shape == (3, -(-shape[0] // 2), -(-shape[1] // 2))
    assert np.all(halved == np.float32(0.25))
