"""The nearest entry of a colour, against a plain search in whole numbers, and the tables in which it is looked up."""

from __future__ import annotations

import numpy as np
import pytest

from autok.color import BOUNDS, GRID
from autok.devices import CPU, Device
from autok.mapping.codes import coarse_codes
from autok.mapping.nearest import ColorTable, GrowingTable, coordinates, nearest, nearest_on
from support.drawings import noisy


def drawn(space: str, dimensions: int, count: int, seed: int) -> np.ndarray:
    """Return grid points of a space, its corners among them."""
    random = np.random.default_rng(seed)
    low, high = (np.array([pair[end] for pair in BOUNDS[space][:dimensions]]) * GRID[space] for end in (0, 1))
    points = random.uniform(low, high, (count, dimensions))
    if count > 1:
        points[:2] = low, high
    return np.rint(points).astype(np.int32)


def searched(points: np.ndarray, palette: np.ndarray) -> np.ndarray:
    """Return the first of the nearest entries, found in 64-bit integers."""
    apart = points[:, None].astype(np.int64) - palette[None]
    return (apart * apart).sum(axis=2).argmin(axis=1)


@pytest.mark.parametrize("space", ["oklab", "cielab", "rgb"])
@pytest.mark.parametrize(("dimensions", "colors"), [(3, 1), (3, 7), (3, 256), (4, 256)])
def test_the_nearest_is_the_one_of_a_plain_search(space: str, dimensions: int, colors: int) -> None:
    """Over more points than fit into one piece no entry is another's, at the corners of the space neither."""
    points, palette = drawn(space, dimensions, 3000, 1), drawn(space, dimensions, colors, 2)
    found = nearest(points, palette)
    assert found.dtype == np.uint8
    assert np.array_equal(found, searched(points, palette))
    assert np.array_equal(nearest_on(CPU, points, palette), found)


def test_the_first_of_equals_is_taken() -> None:
    """Repeated entries and points in the middle between two go to the lower number."""
    palette = np.array([[0, 0, 0], [10, 0, 0], [0, 0, 0], [10, 0, 0]], np.int32)
    points = np.array([[0, 0, 0], [10, 0, 0], [5, 0, 0], [6, 0, 0]], np.int32)
    assert nearest(points, palette).tolist() == [0, 1, 0, 1]


def test_nothing_has_no_nearest() -> None:
    """No point gives no answer."""
    assert nearest(np.zeros((0, 3), np.int32), np.zeros((2, 3), np.int32)).tolist() == []


@pytest.mark.parametrize("space", ["oklab", "cielab", "rgb"])
def test_coordinates_are_whole_steps_within_the_bounds(space: str) -> None:
    """Every sRGB colour lies in the grid of its space, white at its top and black at its foot."""
    levels = np.arange(0, 256, 15)
    colors = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(-1, 3).astype(np.uint8)
    points = coordinates(colors, space)
    for axis, (low, high) in enumerate(BOUNDS[space][:3]):
        assert points[:, axis].min() >= np.floor(low * GRID[space])
        assert points[:, axis].max() <= np.ceil(high * GRID[space])
    ends = coordinates(np.array([[0, 0, 0], [255, 255, 255]], np.uint8), space)
    assert ends[:, 0].tolist() == [-50 * GRID[space], 50 * GRID[space]]


@pytest.mark.parametrize("channels", [3, 4])
def test_a_table_gives_each_pixel_the_entry_of_its_colour(channels: int) -> None:
    """Exact or coarse, looking up is the same as going by position."""
    pixels = (noisy(40, 40, 5) // 32 * 32)[..., : min(channels, 3)]
    pixels = np.dstack([pixels, noisy(40, 40, 6)[..., 0]])[..., :channels] if channels == 4 else pixels
    exact = ColorTable.exact(np.unique(pixels.reshape(-1, channels), axis=0))
    coarse = ColorTable.coarse(np.unique(coarse_codes(pixels, 7)), channels, 7)
    seen = pixels.astype(np.float32)
    if channels == 4:
        seen[pixels[..., 3] == 0] = 0
    own = exact.colors[exact.positions(pixels)]
    visible = seen[..., -1] > 0 if channels == 4 else np.ones(seen.shape[:2], bool)
    assert np.array_equal(own[visible], seen[visible])
    for table in (exact, coarse):
        entries = np.random.default_rng(1).integers(0, 256, len(table.colors)).astype(np.uint8)
        assert np.array_equal(table.lookup(entries)(pixels), entries[table.positions(pixels)])


def test_colours_of_the_palette_keep_their_own_entry() -> None:
    """Byte for byte, though another entry is as near on the grid; the others keep the nearest."""
    colors = np.array([[10, 10, 10], [10, 10, 11], [200, 0, 0]], np.uint8)
    palette = np.array([[10, 10, 11, 255], [10, 10, 10, 255], [0, 0, 0, 255]], np.uint8)
    table = ColorTable.exact(colors)
    entries, exact = table.exact_entries(palette, np.array([0, 0, 2], np.uint8))
    assert (entries.tolist(), exact) == ([1, 0, 2], False)
    assert ColorTable.exact(colors[:2]).exact_entries(palette, np.array([0, 0], np.uint8))[1]
    codes = np.unique(coarse_codes(colors[None], 7))
    coarse = ColorTable.coarse(codes, 3, 7)
    same, exact = coarse.exact_entries(palette, np.zeros(len(codes), np.uint8))
    assert (same.any(), exact) == (False, False)


@pytest.mark.parametrize("channels", [3, 4])
def test_a_growing_table_gives_what_a_whole_one_gives(channels: int) -> None:
    """Part by part, twice over, and with an entry of the number that stands for an open one."""
    random = np.random.default_rng(channels)
    pixels = random.integers(0, 256, (60, 50, channels)).astype(np.uint8)
    palette = random.integers(0, 256, (256, 4)).astype(np.uint8)
    whole = ColorTable.coarse(np.unique(coarse_codes(pixels, 7)), channels, 7)
    entries = nearest(coordinates(whole.colors, "oklab"), coordinates(palette[:, :channels], "oklab"))
    expected = entries[whole.positions(pixels)]
    assert (expected == 255).any()
    growing = GrowingTable(palette, channels, "oklab", CPU)
    for _ in range(2):
        assert np.array_equal(np.concatenate([growing.look_up(part) for part in np.split(pixels, 6)]), expected)


def test_a_growing_table_looks_for_each_colour_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was met before is not searched for again, the last entry of the palette included."""
    asked: list[int] = []

    def counted(device: Device, points: np.ndarray, palette: np.ndarray) -> np.ndarray:
        asked.append(len(points))
        return nearest_on(device, points, palette)

    monkeypatch.setattr("autok.mapping.nearest.nearest_on", counted)
    greys = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 4, axis=1)
    growing = GrowingTable(greys, 3, "rgb", CPU)
    for part in (greys[None, :200, :3], greys[None, 100:, :3], greys[None, :, :3]):
        growing.look_up(part)
    assert asked == [100, 28]
