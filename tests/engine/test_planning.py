"""The plan: goal, bounds and first guess."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from autok.formats import WRITABLE
from autok.models import Analysis, ColorHistogram
from autok.options import Options
from autok.planning import LITTLE, Upload, allowed_formats, palette_pays, plan, predict_scores

HISTOGRAM = ColorHistogram(np.zeros((1, 4), np.float32), np.array([1 << 20]), np.zeros(1, np.float32))
PHOTO = Analysis(7.4, 500.0, 9.0, 0.3, 0.1, 0.1, None, HISTOGRAM)
CURVE = [(k, 0.3 / k**0.5) for k in range(2, 257)]
CLEAR = ("png", "webp", "avif")
JPEG = Upload(1_000_000, "jpeg")


GRAPHIC = replace(PHOTO, smooth_share=0.8, flat_share=0.9)


@pytest.mark.parametrize("picture", [PHOTO, GRAPHIC])
def test_predictions_never_fall_with_k(picture: Analysis) -> None:
    """More colours are never predicted to look worse, and nothing beyond the scale is promised."""
    scores = [score for _, score in predict_scores(picture, CURVE)]
    assert scores == sorted(scores)
    assert max(scores) <= 100.0


def test_the_first_guess_is_the_fewest_colors_predicted_to_reach() -> None:
    """K starts where the predicted curve crosses the asked score."""
    scores = dict(predict_scores(PHOTO, CURVE))
    middle = scores[40]
    planned = plan(PHOTO, CURVE, Options(quality=max(0.0, min(99.0, middle))), JPEG)
    assert scores[planned.colors] >= planned.target_score
    assert planned.colors == 2 or scores[planned.colors - 1] < planned.target_score


def test_a_graphic_starts_from_fewer_colors() -> None:
    """Where most pixels equal their neighbours, fewer colours are expected to do than a photo's fit would say."""
    as_photo = replace(GRAPHIC, flat_share=0.1)
    guesses = [plan(picture, CURVE, Options(quality=70.0), JPEG).colors for picture in (GRAPHIC, as_photo)]
    assert 2 < guesses[0] < guesses[1]


def test_a_higher_quality_asks_for_no_fewer_colors() -> None:
    """The first guess rises with the asked score."""
    guesses = [plan(PHOTO, CURVE, Options(quality=q), JPEG).colors for q in (20.0, 50.0, 70.0, 90.0)]
    assert guesses == sorted(guesses)


@pytest.mark.parametrize(
    ("options", "goal"),
    [
        ({}, "score"),
        ({"colors": 12}, "colors"),
        ({"target": "50%"}, "bytes"),
        ({"target": "9kB", "quality": 60}, "bytes"),
    ],
)
def test_the_goal_follows_from_the_options(options: dict[str, object], goal: str) -> None:
    """Colours, a size or a score: what was asked for is what the search drives at."""
    planned = plan(PHOTO, CURVE, Options.parse(options), JPEG)
    assert planned.goal == goal
    assert (planned.target_bytes is not None) == (goal == "bytes")


def test_bounds_hold_pins_and_exact_colors() -> None:
    """K is never below the pins nor above the colours that the picture has."""
    few = replace(PHOTO, exact_colors=9)
    planned = plan(few, CURVE[:8], Options(pin=("#000000", "#ffffff", "#ff0000")), JPEG)
    assert (planned.min_colors, planned.max_colors) == (3, 9)
    assert 3 <= planned.colors <= 9
    single = plan(replace(PHOTO, exact_colors=1), [], Options(), JPEG)
    assert 2 <= single.min_colors <= single.colors <= single.max_colors


@pytest.mark.parametrize(
    ("asked", "upload_format", "able", "formats"),
    [
        ("auto", "jpeg", WRITABLE, ("png", "jpeg")),
        ("auto", "png", CLEAR, ("png",)),
        ("keep", "webp", CLEAR, ("webp",)),
        ("keep", "gif", WRITABLE, ("png",)),
        ("any", "png", WRITABLE, ("png", "jpeg", "webp", "avif")),
        ("any", "png", CLEAR, ("png", "webp", "avif")),
        ("any", "png", ("png", "jpeg"), ("png", "jpeg")),
        ("jpeg", "png", CLEAR, ("jpeg",)),
        ("avif", "png", WRITABLE, ("avif",)),
    ],
)
def test_formats_that_may_win(asked: str, upload_format: str, able: tuple[str, ...], formats: tuple[str, ...]) -> None:
    """The formats follow from the option, the upload, and what can hold it; one that is asked for stays."""
    upload = Upload(1000, upload_format, able)  # type: ignore[arg-type]
    assert allowed_formats(asked, upload) == formats


def test_a_palette_is_spared_only_where_another_format_can_win() -> None:
    """A photo's palette is written in full only when it is asked for, is little, or nothing else may win."""
    assert not plan(PHOTO, CURVE, Options(), JPEG).palette_full
    assert plan(PHOTO, CURVE, Options(format="png"), JPEG).palette_full
    assert plan(PHOTO, CURVE, Options(colors=16), JPEG).palette_full
    assert plan(replace(PHOTO, flat_share=0.8), CURVE, Options(), JPEG).palette_full
    assert not palette_pays(PHOTO)
    assert not palette_pays(replace(PHOTO, flat_share=0.6, edge_share=0.0))
    assert palette_pays(replace(PHOTO, exact_colors=20))
    few = replace(HISTOGRAM, counts=np.array([LITTLE]))
    assert palette_pays(replace(PHOTO, histogram=few))
