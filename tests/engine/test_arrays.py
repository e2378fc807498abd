"""What the array API standard lacks, on every library that is installed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from autok.arrays import cast, count, cube_root, guess_cube_root, into, look_up, namespace, portion, to_host
from autok.devices import Device
from support.libraries import devices

RNG = np.random.default_rng(5)

on_each = pytest.mark.parametrize("opened", devices())


@on_each
def test_numbers_are_counted_and_weighed(opened: Callable[[], Device]) -> None:
    """A count is NumPy's, and so is a sum of weights."""
    device = opened()
    numbers, weights = RNG.integers(0, 50, 1000), RNG.integers(0, 9, 1000).astype(np.float64)
    assert np.array_equal(to_host(count(device.put(numbers), 60)), np.bincount(numbers, minlength=60))
    weighed = to_host(count(device.put(numbers), 60, device.put(weights)))
    assert np.array_equal(weighed, np.bincount(numbers, weights, 60))


@on_each
def test_a_table_is_looked_up_at_places_of_any_shape(opened: Callable[[], Device]) -> None:
    """Places of two dimensions give two dimensions more than an item has."""
    device = opened()
    table, places = RNG.random((40, 3)).astype(np.float32), RNG.integers(0, 40, (6, 7))
    assert np.array_equal(to_host(look_up(device.put(table), device.put(places))), table[places])


@on_each
def test_bytes_can_be_places(opened: Callable[[], Device]) -> None:
    """Pixels look up a table of 256 items as they are."""
    device = opened()
    table, places = RNG.random(256).astype(np.float32), RNG.integers(0, 256, (5, 4), np.uint8)
    assert np.array_equal(to_host(look_up(device.put(table), device.put(places))), table[places])


@on_each
def test_results_go_where_they_are_told(opened: Callable[[], Device]) -> None:
    """An operation into a view changes the array that it is a view of."""
    device = opened()
    values = device.put(np.arange(8.0))
    into(values[2:4], "add", values[:2], values[4:6])
    assert np.array_equal(to_host(values), [0, 1, 4, 6, 4, 5, 6, 7])


@on_each
def test_roots_are_roots(opened: Callable[[], Device]) -> None:
    """The root is exact to rounding, of negative numbers too, and the guess is within 4 %."""
    device = opened()
    values = np.array([-8.0, 0.0, 1e-6, 0.3, 27.0])
    assert np.allclose(to_host(cube_root(device.put(values))), np.cbrt(values), atol=1e-12)
    positive = np.linspace(0.003, 1.2, 500, dtype=np.float32)
    assert np.abs(to_host(guess_cube_root(device.put(positive))) / np.cbrt(positive) - 1).max() < 0.04


@on_each
def test_a_cast_to_the_same_type_copies_nothing_that_matters(opened: Callable[[], Device]) -> None:
    """Values survive a cast, and types have the standard's names."""
    device = opened()
    values = device.put(np.array([1, 2, 250], np.uint8))
    assert cast(values, "float32").dtype == namespace(values).float32
    assert np.array_equal(to_host(cast(cast(values, "float32"), "uint8")), [1, 2, 250])


def test_the_processor_works_in_small_portions() -> None:
    """What fits a core's cache is for NumPy alone."""
    assert portion(np.zeros(1), 100) == 100
