"""The same pixel work on every array library that is installed gives what NumPy gives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from autok.activity import local_deviation
from autok.analysis import analyze
from autok.arrays import to_host
from autok.color import to_space
from autok.devices import Device
from autok.mapping.nearest import coordinates, nearest
from autok.metrics import Scorer
from autok.metrics.coarse import coarse_errors
from autok.models import SourceImage
from support.libraries import devices

on_each = pytest.mark.parametrize("opened", devices())


def picture(side: int = 300, channels: int = 3) -> SourceImage:
    """Draw soft blobs with a hard-edged box, odd in width, in RGB or RGBA."""
    noise = np.random.default_rng(9).integers(0, 256, (9, 11, channels), np.uint8)
    image = Image.fromarray(noise).resize((side + 13, side), Image.Resampling.BICUBIC)
    image.paste((250, 30, 60, 255)[:channels], (20, 30, 90, 80))
    image.paste((0, 0, 0, 0)[:channels], (100, 100, 140, 120))
    return SourceImage(image, "png", b"", None)


def worse(source: SourceImage) -> Image.Image:
    """Return a picture in coarser steps."""
    return Image.fromarray(np.asarray(source.image) & 0xF0)


@on_each
@pytest.mark.parametrize("channels", [3, 4])
def test_the_analysis_is_the_same_to_the_last_bit(opened: Callable[[], Device], channels: int) -> None:
    """Sums of whole numbers are exact in any order, so histogram, activity and shares are equal everywhere."""
    source = picture(channels=channels)
    here, there = analyze(source), analyze(source, opened())
    for name in ("entropy_bits", "spatial_variance", "mean_activity", "smooth_share", "edge_share", "flat_share"):
        assert getattr(here, name) == getattr(there, name)
    for name in ("colors", "counts", "activity"):
        assert np.array_equal(getattr(here.histogram, name), getattr(there.histogram, name))


@on_each
def test_activity_is_the_same(opened: Callable[[], Device]) -> None:
    """The deviation in a neighbourhood is a root of whole numbers, rounded alike everywhere."""
    image = picture().image
    assert np.array_equal(local_deviation(image, 3, 77), to_host(local_deviation(image, 3, 77, device=opened())))


@on_each
@pytest.mark.parametrize("space", ["oklab", "cielab", "rgb"])
def test_coordinates_agree_on_the_grid(opened: Callable[[], Device], space: str) -> None:
    """Roots may differ in the last bit, which the grid hides."""
    colors = np.random.default_rng(3).integers(0, 256, (500, 4), np.uint8)
    assert np.array_equal(to_space(colors, space), to_host(to_space(opened().put(colors), space)))


@on_each
def test_nearest_colors_are_at_the_least_distance(opened: Callable[[], Device]) -> None:
    """Where two entries are as near, a GPU may take either; the distance is the same."""
    rng, device = np.random.default_rng(4), opened()
    points = coordinates(rng.integers(0, 256, (6000, 3), np.uint8), "oklab")
    palette = coordinates(rng.integers(0, 256, (64, 3), np.uint8), "oklab")
    found = to_host(nearest(device.put(points), device.put(palette)))
    distances = ((points[:, None, :].astype(np.int64) - palette) ** 2).sum(axis=2)
    assert np.array_equal(distances[np.arange(len(points)), found], distances.min(axis=1))


@on_each
@pytest.mark.parametrize("channels", [3, 4])
def test_scores_agree(opened: Callable[[], Device], channels: int) -> None:
    """A score differs by what float32 sums in another order do: far below any step of the search."""
    source = picture(channels=channels)
    assert Scorer(source, device=opened()).score(worse(source)) == pytest.approx(
        Scorer(source).score(worse(source)), abs=1e-3
    )


@on_each
def test_scores_from_tiles_agree(opened: Callable[[], Device]) -> None:
    """So do scores of large pictures, from tiles and from their coarse scales everywhere."""
    source = picture(side=700)
    here, there = Scorer(source, 1 << 17), Scorer(source, 1 << 17, device=opened())
    assert not here.whole
    assert there.score(worse(source)) == pytest.approx(here.score(worse(source)), abs=1e-3)
    assert there.score_closely(worse(source)) == pytest.approx(here.score_closely(worse(source)), abs=1e-3)


@on_each
def test_coarse_errors_agree(opened: Callable[[], Device]) -> None:
    """Bands of a large picture are shrunk and compared alike."""
    source = picture(side=401)
    there = coarse_errors(source.image, worse(source), opened())
    assert np.allclose(coarse_errors(source.image, worse(source)), there, rtol=1e-4, atol=1e-7)
