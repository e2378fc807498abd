"""All metrics of one result."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from autok.metrics import Scorer, delta_e_2000, measure, ssim
from support.distortion import collage, in_colors, open_rgb, source_of, through_jpeg


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


def test_a_palette_is_measured_like_its_colours(china: bytes) -> None:
    """A result of mode P gives every metric what its picture in RGB gives."""
    image = open_rgb(china)
    worse = image.quantize(24)
    assert measure(source_of(image), worse) == measure(source_of(image), worse.convert("RGB"))


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


def test_a_known_score_is_told_without_another(flower: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is scored where the score is known, nor where no pixel differs."""
    image = open_rgb(flower)
    monkeypatch.setattr(Scorer, "_score", None)
    assert measure(source_of(image), through_jpeg(image, 70), score=71.5)["ssimulacra2"] == 71.5
    assert measure(source_of(image), image.copy())["ssimulacra2"] == 100.0


def test_a_large_result_of_a_codec_may_be_scored_on_tiles_alone(china: bytes, flower: bytes) -> None:
    """Tiles give nearly the score of all pixels, and the words say where it comes from."""
    image = collage(open_rgb(china), open_rgb(flower), side=3)
    worse, scorer = through_jpeg(image, 70), Scorer(source_of(image)).halved
    close, quick = (measure(source_of(image), worse, scorer, closely=closely) for closely in (True, False))
    assert quick["ssimulacra2"] == scorer.score(worse) != close["ssimulacra2"]
    assert quick["ssimulacra2"] == pytest.approx(close["ssimulacra2"], abs=1.5)
    assert quick["measured_on"] == scorer.measured_on
    assert {name: quick[name] for name in ("psnr_db", "ssim", "delta_e_2000", "worst_tile")} == {
        name: close[name] for name in ("psnr_db", "ssim", "delta_e_2000", "worst_tile")
    }


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
