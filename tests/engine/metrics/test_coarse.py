from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from autok.metrics import opsin, prepare
from autok.metrics.coarse import coarse_errors, shrink
from support.distortion import in_colors, open_rgb, through_jpeg


@pytest.mark.parametrize("size", [(64, 32), (61, 35), (62, 34), (63, 33), (5, 4)])
def test_shrinking_is_two_halvings(size: tuple[int, int], china: bytes) -> None:
    """Averages of 4 x 4 pixels are those of 2 x 2 averages of 2 x 2, at odd edges too."""
    pixels = np.asarray(open_rgb(china).crop((300, 100, 300 + size[0], 100 + size[1])))
    twice = opsin.halve(opsin.halve(opsin.linearize(pixels[np.newaxis])))
    assert np.allclose(shrink(pixels), twice, atol=1e-6)


def test_bands_give_what_the_whole_gives(flower: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut into bands, a picture has the errors of the whole at each coarse scale."""
    image = open_rgb(flower)
    monkeypatch.setattr("autok.metrics.coarse._BAND_PIXELS", 1 << 16)
    for worse in (through_jpeg(image, 40), in_colors(image, 32)):
        whole = prepare(np.asarray(image)).errors(np.asarray(worse.convert("RGB")))[0]
        bands = coarse_errors(image, worse)
        assert np.allclose(bands[0, 2:], whole[2:], rtol=2e-4, atol=1e-7)
        assert not bands[0, :2].any()


def test_equal_pictures_have_no_error(flower: bytes) -> None:
    """Compared with itself a picture errs at no scale and in no plane."""
    image = open_rgb(flower)
    assert np.abs(coarse_errors(image, image)).max() < 1e-6


@pytest.mark.parametrize("band", [1 << 15, 1 << 16, 1 << 18])
def test_the_height_of_a_band_changes_nothing(band: int, flower: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held of a picture at once is a matter of memory, not of its score."""
    image = open_rgb(flower).crop((0, 0, 400, 411))
    worse = through_jpeg(image, 30)
    whole = coarse_errors(image, worse)
    monkeypatch.setattr("autok.metrics.coarse._BAND_PIXELS", band)
    assert np.allclose(coarse_errors(image, worse), whole, rtol=2e-4, atol=1e-7)


def test_what_is_translucent_is_compared_on_black_and_on_white(flower: bytes) -> None:
    """An error that one ground hides shows on the other; where all is opaque the two grounds tell the same."""
    image = open_rgb(flower).crop((0, 0, 300, 280)).convert("RGBA")
    worse = through_jpeg(image.convert("RGB"), 40).convert("RGBA")
    opaque = coarse_errors(image, worse)
    assert opaque.shape[0] == 2
    assert np.allclose(opaque[0], opaque[1])
    clear = image.copy()
    clear.putalpha(0)
    black = Image.new("RGBA", image.size, (0, 0, 0, 255))
    on_black, on_white = coarse_errors(clear, black)
    assert np.abs(on_black).max() < 1e-6 < np.abs(on_white).max()


def test_a_palette_s_colors_are_looked_up_band_by_band(flower: bytes) -> None:
    """A picture in the mode of a palette has the errors of its colours."""
    image = open_rgb(flower).crop((0, 0, 320, 300))
    few = image.quantize(16)
    assert np.array_equal(coarse_errors(image, few), coarse_errors(image, few.convert("RGB")))
