"""Palettes: exact where they can be, pinned where asked, sorted, repeatable, and refused where impossible."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from sklearn.cluster import KMeans

from autok.analysis import analyze
from autok.errors import OptionError
from autok.quantization import distortion_curve, lay_ground, quantize
from support.drawings import noisy, source_of, sphere


def test_few_colors_are_kept_exactly() -> None:
    """An image of no more than K colours keeps every one of them."""
    pixels = np.zeros((4, 6, 3), np.uint8)
    pixels[:, 2:4] = (10, 200, 30)
    pixels[:, 4:] = (246, 246, 247)
    palette = quantize(analyze(source_of(pixels)), 16)
    assert {tuple(entry) for entry in palette} == {(0, 0, 0, 255), (10, 200, 30, 255), (246, 246, 247, 255)}


@pytest.mark.parametrize("colors", [2, 3, 16, 64, 255, 256])
@pytest.mark.parametrize("space", ["oklab", "cielab", "rgb"])
def test_a_photograph_gets_as_many_colors_as_asked(colors: int, space: str) -> None:
    """A colourful image yields exactly K distinct entries, all opaque."""
    palette = quantize(analyze(sphere()), colors, space=space)
    assert palette.shape == (colors, 4)
    assert palette.dtype == np.uint8
    assert len(np.unique(palette, axis=0)) == colors
    assert (palette[:, 3] == 255).all()


def test_more_colors_leave_less_error() -> None:
    """The curve has K rising from 2 to 256 and never rises itself."""
    curve = distortion_curve(analyze(sphere()))
    counts, errors = zip(*curve, strict=True)
    assert counts == tuple(range(2, 257))
    assert all(later <= earlier for earlier, later in itertools.pairwise(errors))
    assert errors[-1] < errors[0] / 5


def test_pins_survive_exactly() -> None:
    """Every pinned colour is in the palette, though the image has nothing like it."""
    palette = quantize(analyze(sphere()), 8, pins=("#ff00fe", "#01ff02"))
    entries = {tuple(entry) for entry in palette}
    assert {(255, 0, 254, 255), (1, 255, 2, 255)} <= entries
    assert len(entries) == 8


def test_pins_may_fill_the_palette() -> None:
    """As many pins as colours leave nothing to learn."""
    pins = ("#000000", "#ffffff", "#ff0000")
    palette = quantize(analyze(sphere()), 3, pins=pins)
    assert {bytes(entry[:3]).hex() for entry in palette} == {pin[1:] for pin in pins}


def test_hidden_pixels_get_one_entry() -> None:
    """All fully transparent pixels share one entry, which comes first."""
    pixels = np.dstack([noisy(64, 64), np.full((64, 64), 255, np.uint8)])
    pixels[:32, :, 3] = 0
    palette = quantize(analyze(source_of(pixels)), 16)
    assert (palette[0] == 0).all()
    assert (palette[1:, 3] == 255).all()
    assert len(palette) == 16


def test_soft_alpha_is_clustered() -> None:
    """A shadow of a hundred levels is kept in steps, from thin to dense."""
    pixels = np.zeros((40, 300, 4), np.uint8)
    pixels[..., 3] = np.linspace(0, 255, 300).astype(np.uint8)
    alphas = quantize(analyze(source_of(pixels)), 12)[:, 3].astype(int)
    assert alphas[0] == 0
    assert alphas[-1] > 235
    assert np.diff(alphas).max() < 40


@pytest.mark.parametrize(
    ("colors", "pins", "space", "named", "range_"),
    [
        (1, (), "oklab", "colors", "from 2 to 256"),
        (257, (), "oklab", "colors", "from 2 to 256"),
        (16, ("#zzzzzz",), "oklab", "pin", "hex colours"),
        (16, ("#fff",), "oklab", "pin", "hex colours"),
        (2, ("#000000", "#ffffff", "#ff0000"), "oklab", "pin", "at most as many colours as there are (2)"),
        (16, (), "hsv", "space", "one of oklab, cielab, rgb"),
    ],
)
def test_impossible_requests_are_named(colors: int, pins: tuple[str, ...], space: str, named: str, range_: str) -> None:
    """What cannot be done is refused with the option's name and the range that it takes."""
    with pytest.raises(OptionError) as refusal:
        quantize(analyze(sphere()), colors, pins=pins, space=space)
    assert refusal.value.option == named
    assert range_ in str(refusal.value)


def test_the_same_image_gives_the_same_palette() -> None:
    """Two runs on equal pixels agree in every byte."""
    assert (quantize(analyze(sphere()), 64) == quantize(analyze(sphere()), 64)).all()


def test_a_seed_palette_is_a_start() -> None:
    """Starting from its own result stays at least as close to the image as the variance cut does."""
    analysis = analyze(sphere())
    first = quantize(analysis, 32)
    again = quantize(analysis, 32, seed_palette=first)
    colors, counts = analysis.histogram.colors[:, :3], analysis.histogram.counts

    def error(palette: np.ndarray) -> float:
        distances = ((colors[:, None, :] - palette[None, :, :3].astype(np.float32)) ** 2).sum(axis=2)
        return float((distances.min(axis=1) * counts).sum())

    assert error(again) <= 1.02 * error(first)


@pytest.mark.parametrize("colors", [2, 17, 200])
def test_a_search_cuts_once(colors: int) -> None:
    """A palette from the cut that all sizes share is the palette from a cut of its own."""
    analysis = analyze(sphere())
    assert (quantize(analysis, colors, ground=lay_ground(analysis)) == quantize(analysis, colors)).all()


def test_one_color_is_enough_for_a_flat_image() -> None:
    """A flat image has a palette of one colour, its own."""
    flat = source_of(np.full((9, 7, 3), 77, np.uint8))
    assert quantize(analyze(flat), 2).tolist() == [[77, 77, 77, 255]]


def test_nothing_is_spent_on_what_is_next_to_nothing() -> None:
    """A faint halo joins the hidden ground, and every other entry serves what is seen."""
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[16:48, 16:48] = np.dstack([noisy(32, 32), np.full((32, 32), 255, np.uint8)])
    pixels[15, 16:48] = (200, 30, 30, 1)
    palette = quantize(analyze(source_of(pixels)), 8)
    assert palette[0].tolist() == [0, 0, 0, 0]
    assert (palette[1:, 3] == 255).all()
    assert len(palette) == 8


def test_what_is_opaque_stays_so() -> None:
    """Next to a soft edge no entry of the opaque inside lets its ground shine through."""
    pixels = np.dstack([noisy(64, 64), np.full((64, 64), 255, np.uint8)])
    pixels[:, 0, 3], pixels[:, 1, 3] = 253, 254
    assert (quantize(analyze(source_of(pixels)), 4)[:, 3] == 255).all()


@pytest.mark.parametrize("colors", [8, 64, 256])
def test_rgb_is_as_near_as_converged_k_means_on_pixels(colors: int) -> None:
    """In RGB the squared error is within some hundredths of what K-means on every pixel comes to."""
    source = sphere(192)
    pixels = np.asarray(source.image).reshape(-1, 3).astype(np.float32)
    palette = quantize(analyze(source, fine=True), colors, space="rgb")[:, :3].astype(np.float64)
    nearest = ((pixels[:, None, :] - palette[None]) ** 2).sum(axis=2).min(axis=1)
    full = KMeans(colors, n_init=1, random_state=0, max_iter=1000).fit(pixels)
    assert float(nearest.sum()) <= 1.05 * full.inertia_
