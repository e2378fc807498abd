from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from autok.metrics import Scorer, delta_e_2000, measure, psnr_db, ssim
from autok.metrics.psnr import squared_errors
from autok.metrics.ssim import luma
from support.distortion import collage, in_colors, open_rgb, source_of, through_jpeg


def test_psnr_agrees_with_scikit_image(china: bytes) -> None:
    """PSNR is that of scikit-image on all bytes."""
    image, worse = open_rgb(china), through_jpeg(open_rgb(china), 50)
    assert psnr_db(image, worse) == pytest.approx(peak_signal_noise_ratio(np.asarray(image), np.asarray(worse)))


def test_psnr_of_a_known_error() -> None:
    """One step of error everywhere is 48.13 dB."""
    dark, light = Image.new("RGB", (70, 3), (0, 0, 0)), Image.new("RGB", (70, 3), (1, 1, 1))
    assert psnr_db(dark, light) == pytest.approx(48.1308, abs=1e-4)


def test_psnr_of_identical_pictures_is_none() -> None:
    """Without an error there is no ratio."""
    image = Image.new("RGBA", (5, 5), (1, 2, 3, 4))
    assert psnr_db(image, image.copy()) is None


def test_the_largest_error_does_not_overflow() -> None:
    """Black against white of many pixels is summed exactly."""
    errors = squared_errors(Image.new("RGB", (200, 100)), Image.new("RGB", (200, 100), (255, 255, 255)))
    assert errors.shape == (2, 4)
    assert errors.sum() == 255**2 * 3 * 200 * 100


def test_other_sizes_and_modes_cannot_be_compared() -> None:
    """The message names what was given."""
    with pytest.raises(ValueError, match="RGBA"):
        psnr_db(Image.new("RGB", (4, 4)), Image.new("RGBA", (4, 4)))


def test_ssim_agrees_with_scikit_image(flower: bytes) -> None:
    """SSIM is that of scikit-image on luma."""
    image, worse = (np.asarray(i) for i in (open_rgb(flower), through_jpeg(open_rgb(flower), 40)))
    assert ssim(image, worse) == pytest.approx(structural_similarity(luma(image), luma(worse), data_range=255.0))


@pytest.mark.parametrize("size", [(1, 1), (6, 30), (7, 7)])
def test_ssim_of_small_pictures(size: tuple[int, int], flower: bytes) -> None:
    """Pictures below the window's size are measured too, and equal ones give 1."""
    image = np.asarray(open_rgb(flower).crop((0, 0, *size)))
    assert ssim(image, image) == 1.0
    assert ssim(image, 255 - image) < 1.0


def test_ssim_refuses_other_sizes() -> None:
    """Pictures of different sizes cannot be compared."""
    with pytest.raises(ValueError, match="shapes"):
        ssim(np.zeros((8, 8, 3), np.uint8), np.zeros((9, 8, 3), np.uint8))


# Sharma, Wu, Dalal 2005, table 1, pairs 1, 7, 13, 17, 25 and 34.
SHARMA = [
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, -0.001, 2.49), (50.0, 0.0011, -2.49), 4.7461),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("first", "second", "difference"), SHARMA)
def test_delta_e_uses_the_formula_of_the_paper(
    first: tuple[float, ...], second: tuple[float, ...], difference: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The published test pairs, given as CIELAB, come out to four digits."""
    labs = {0: first, 1: second}
    monkeypatch.setattr("skimage.color.rgb2lab", lambda pixels: np.array([[labs[int(pixels[0, 0, 0])]]]))
    pair = [np.full((1, 1, 3), number, np.uint8) for number in labs]
    assert delta_e_2000(*pair) == pytest.approx(difference, abs=5e-5)


def test_delta_e_of_black_and_white_is_100() -> None:
    """The two ends of lightness are 100 apart, and equal pictures 0."""
    black = np.zeros((4, 4, 3), np.uint8)
    assert delta_e_2000(black, 255 - black) == pytest.approx(100.0, abs=0.01)
    assert delta_e_2000(black, black) == 0.0


def test_delta_e_refuses_other_shapes() -> None:
    """Pictures of different sizes cannot be compared."""
    with pytest.raises(ValueError, match="shapes"):
        delta_e_2000(np.zeros((8, 8, 3), np.uint8), np.zeros((9, 8, 3), np.uint8))


def test_measure_of_an_identical_result(china: bytes) -> None:
    """Equal pictures have no PSNR and no worst tile, and the best of every other metric."""
    image = open_rgb(china)
    assert measure(source_of(image), image.copy()) == {
        "psnr_db": None,
        "ssim": 1.0,
        "ssimulacra2": 100.0,
        "delta_e_2000": 0.0,
        "worst_tile": None,
        "measured_on": "all pixels",
    }


def test_measure_finds_the_worst_tile(china: bytes) -> None:
    """A spoilt square is named by the tile that holds it."""
    image = open_rgb(china)
    worse = np.asarray(through_jpeg(image, 90)).copy()
    worse[140:180, 330:370] ^= 255
    found = measure(source_of(image), Image.fromarray(worse))
    assert found["worst_tile"] == {"x": 320, "y": 128, "size": 64}


def test_every_metric_falls_with_quality(flower: bytes) -> None:
    """A worse JPEG is worse by each metric."""
    image = open_rgb(flower)
    source = source_of(image)
    good, bad = (measure(source, through_jpeg(image, quality)) for quality in (90, 30))
    for key in ("psnr_db", "ssim", "ssimulacra2"):
        assert good[key] > bad[key]
    assert good["delta_e_2000"] < bad["delta_e_2000"]


def test_samples_of_a_large_picture_stand_for_it(china: bytes, flower: bytes) -> None:
    """SSIM from tiles and Delta-E from a grid are close to those of all pixels."""
    image = collage(open_rgb(china), open_rgb(flower), side=3)
    worse = in_colors(image, 48).convert("RGB")
    found = measure(source_of(image), worse)
    first, second = np.asarray(image), np.asarray(worse)
    assert found["ssim"] == pytest.approx(ssim(first, second), abs=0.03)
    assert found["delta_e_2000"] == pytest.approx(delta_e_2000(first[::2, ::2], second[::2, ::2]), rel=0.03)
    assert "tiles" in found["measured_on"]


def test_measure_uses_the_scorer_that_it_is_given(china: bytes) -> None:
    """With the search's own scorer the score is the search's own."""
    image = open_rgb(china)
    worse = through_jpeg(image, 70)
    scorer = Scorer(source_of(image))
    assert measure(source_of(image), worse, scorer)["ssimulacra2"] == scorer.score(worse)


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (129, 5)])
def test_tiny_pictures_are_measured(size: tuple[int, int], china: bytes) -> None:
    """No size is too small, and alpha is measured too."""
    image = open_rgb(china).crop((0, 0, *size)).convert("RGBA")
    image.putalpha(90)
    worse = image.point(lambda value: 255 - value)
    found = measure(source_of(image), worse)
    assert found["worst_tile"] is not None
    assert found["ssim"] < 1
    assert found["delta_e_2000"] > 1


def test_measure_refuses_another_size(china: bytes) -> None:
    """A result of another size cannot be measured."""
    with pytest.raises(ValueError, match="compared"):
        measure(source_of(open_rgb(china)), Image.new("RGB", (3, 3)))
