from __future__ import annotations

import numpy as np
import pytest

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
