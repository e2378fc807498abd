"""Indices: nearest where asked, diffused and rate-aware where asked, the same in parts and in bands."""

from __future__ import annotations

import numpy as np
import pytest

from autok.analysis import analyze
from autok.color import to_space
from autok.mapping import dither_strength, map_colors, map_region, rate_weight
from autok.mapping.regions import GRAPHIC_RATE, PLAIN_SHARE
from autok.quantization import quantize
from support.drawings import noisy, source_of, sphere


@pytest.mark.parametrize("space", ["oklab", "cielab", "rgb"])
def test_nearest_is_nearest(space: str) -> None:
    """Without diffusion every pixel gets the entry at the least distance in the working space."""
    source = source_of(noisy(40, 50))
    palette = quantize(analyze(source), 32, space=space)
    indices = map_colors(source, palette, space=space).indices
    points = to_space(np.asarray(source.image).reshape(-1, 3), space)
    distances = ((points[:, None] - to_space(palette[:, :3], space)[None]) ** 2).sum(axis=2)
    chosen = distances[np.arange(len(points)), indices.ravel()]
    assert (chosen == distances.min(axis=1)).all()


def test_an_exact_palette_loses_nothing() -> None:
    """With every colour in the palette, the result equals the source, whatever the strength and the rate."""
    pixels = noisy(30, 40) // 64 * 64
    palette = quantize(analyze(source_of(pixels)), 256)
    image = map_colors(source_of(pixels), palette, dither=1.0)
    assert (image.palette[image.indices][..., :3] == pixels).all()


@pytest.mark.parametrize(("dither", "rate"), [(0.0, 2.0), (0.6, 0.0), (0.6, 2.0)])
def test_bands_do_not_show(dither: float, rate: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Working in bands of a few rows gives the same indices as one band."""
    source = sphere(64)
    palette = quantize(analyze(source), 16)
    whole = map_colors(source, palette, dither=dither, rate=rate).indices
    monkeypatch.setattr("autok.mapping.regions.BAND_ROWS", 7)
    assert (map_colors(source, palette, dither=dither, rate=rate).indices == whole).all()


def test_stripes_cost_next_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut into stripes, a picture keeps its error and its runs: only the seams' columns start anew."""
    source = sphere(160)
    palette = quantize(analyze(source), 16)
    pixels = np.asarray(source.image).astype(float)

    def measure() -> tuple[float, int]:
        image = map_colors(source, palette, dither=0.6, rate=2.0)
        error = (image.palette[image.indices][..., :3] - pixels).reshape(-1, 8, source.width // 8, 8, 3)
        return float(np.abs(error.mean(axis=(1, 3))).mean()), int(np.count_nonzero(np.diff(image.indices)))

    drift, changes = measure()
    monkeypatch.setattr("autok.mapping.skewing.STRIPE_WIDTH", 40)
    striped_drift, striped_changes = measure()
    assert striped_drift < 1.1 * drift
    assert striped_changes < 1.05 * changes


def test_a_region_is_mapped_like_the_picture() -> None:
    """The region that is the whole picture gets the picture's indices."""
    source = source_of(noisy(40, 30))
    palette = quantize(analyze(source), 24)
    region = map_region(np.asarray(source.image), palette, dither=0.5, rate=1.0)
    assert (region == map_colors(source, palette, dither=0.5, rate=1.0).indices).all()


def test_hidden_pixels_map_to_the_hidden_entry() -> None:
    """Pixels without alpha get the entry without alpha, whatever colour they hide."""
    pixels = np.dstack([noisy(120, 120), np.full((120, 120), 255, np.uint8)])
    pixels[:50, :, 3] = 0
    source = source_of(pixels)
    image = map_colors(source, quantize(analyze(source), 32))
    assert (image.palette[image.indices][..., 3] == pixels[..., 3]).all()


def test_soft_shadows_keep_their_gradient() -> None:
    """In a picture of many colours a black shadow has the alpha of its nearest entry, down to the faintest."""
    ramp = np.tile(np.arange(128, dtype=np.uint8), (128, 1))
    shadow = np.dstack([np.zeros((128, 128, 3), np.uint8), ramp])
    pixels = np.concatenate([np.dstack([noisy(128, 128), np.full((128, 128), 255, np.uint8)]), shadow])
    palette = np.array([(0, 0, 0, alpha) for alpha in range(128)], np.uint8)
    image = map_colors(source_of(pixels), palette)
    assert (image.palette[image.indices][128:, :, 3] == ramp).all()


def test_graphics_are_not_dithered() -> None:
    """Flat drawings and exact palettes get no diffusion, photographs some."""
    drawing = np.zeros((60, 60, 3), np.uint8)
    drawing[10:30, 10:50] = (200, 30, 40)
    assert dither_strength(analyze(source_of(drawing)), 16) == 0.0
    assert dither_strength(analyze(sphere()), 16) > 0.0


def test_a_smooth_photograph_is_no_graphic() -> None:
    """A picture of all tones and no edges is diffused though most neighbours are equal, as in a large sky."""
    across, down = np.meshgrid(np.arange(256).repeat(4), np.arange(256))
    smooth = analyze(source_of(np.dstack([across, down, 255 - across]).astype(np.uint8)))
    assert smooth.flat_share > 0.7
    assert dither_strength(smooth, 16) == dither_strength(analyze(sphere()), 16)
    assert rate_weight(smooth) == rate_weight(analyze(sphere()))


def test_graphics_give_less_for_rate() -> None:
    """Graphics with shades, whose edges forgive less, have a lower rate weight than photographs, plain ones none."""
    shaded = noisy(80, 80)
    shaded[:, :52] = (200, 30, 40)
    plain = np.zeros((60, 60, 3), np.uint8)
    plain[10:30, 10:50] = (200, 30, 40)
    assert 0 < rate_weight(analyze(source_of(shaded))) < rate_weight(analyze(sphere()))
    assert rate_weight(analyze(source_of(plain))) == 0.0
    assert rate_weight(analyze(source_of(noisy(64, 64)))) == 0.0


def test_what_nobody_sees_makes_no_picture_plain() -> None:
    """Shades with soft edges get a low rate weight though most pixels are hidden; a flat shape among them gets none."""
    shaded, plain = (np.zeros((90, 90, 4), np.uint8) for _ in range(2))
    shaded[:20] = np.dstack([noisy(20, 90), np.full((20, 90), 255, np.uint8)])
    plain[:20] = (200, 30, 40, 255)
    for pixels in (shaded, plain):
        pixels[20] = (200, 30, 40, 90)
    assert analyze(source_of(shaded)).flat_share > PLAIN_SHARE
    assert 0 < rate_weight(analyze(source_of(shaded))) < GRAPHIC_RATE
    assert rate_weight(analyze(source_of(plain))) == 0.0
    assert rate_weight(analyze(source_of(np.zeros((90, 90, 4), np.uint8)))) == 0.0


def test_translucent_pictures_are_not_dithered() -> None:
    """A photograph with a soft edge is treated like a graphic, as spread errors are seen on every other ground."""
    pixels = np.dstack([noisy(80, 80), np.full((80, 80), 255, np.uint8)])
    pixels[:, 0, 3] = 128
    soft = analyze(source_of(pixels))
    assert dither_strength(soft, 16) == 0.0
    assert 0 < rate_weight(soft) < rate_weight(analyze(sphere()))
