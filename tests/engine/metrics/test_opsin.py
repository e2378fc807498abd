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
