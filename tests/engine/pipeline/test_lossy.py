"""The lossy codecs' way: where a search starts, what it ends with, and what a sample foretells."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PIL import Image

from autok.encoding import ENCODERS, decode_pixels
from autok.pipeline.lossy import (
    OVER,
    PRIORS,
    TRIALS,
    UNDER,
    choose_quality,
    encode_lossy,
    encoder_name,
    predict_lossy,
    try_quality,
    weigh_quality,
)
from autok.pipeline.scene import Scene
from support.drawings import sphere
from support.scenes import scene_of
from support.uploads import saved

BALL = saved(sphere(96).image, "PNG")


@pytest.fixture(scope="module")
def scene() -> Scene:
    """Return a shaded ball of which a score of 70 is asked."""
    return scene_of(BALL, quality=70)


@pytest.mark.parametrize("kind", sorted(ENCODERS))
def test_every_format_has_somewhere_to_start(kind: str) -> None:
    """Both quality and score rise along its curve, which spans the encoder's range."""
    curve = PRIORS[kind]
    assert all(q < r and s < t for (q, s), (r, t) in pairwise(curve))
    low, high = ENCODERS[kind].quality_range
    assert curve[0][0] <= low
    assert high <= curve[-1][0]


@pytest.mark.parametrize("kind", ["jpeg", "webp"])
def test_a_search_ends_at_the_asked_score(scene: Scene, kind: str) -> None:
    """In a few probes, of which the chosen one is in the window or the nearest that there was."""
    choice = choose_quality(scene, kind)
    assert 1 <= len(choice.trials) <= TRIALS
    assert len({trial.setting for trial in choice.trials}) == len(choice.trials)
    chosen = next(trial for trial in choice.trials if trial.setting == choice.quality)
    assert choice.score == chosen.score
    reaching = [trial for trial in choice.trials if trial.score >= 70 - UNDER]
    assert choice.quality == min(trial.setting for trial in reaching)
    assert choice.score <= 70 + OVER + 4


def test_a_higher_quality_scores_and_weighs_more(scene: Scene) -> None:
    """A trial has both; weighed alone it has a size and no score."""
    low, high = (try_quality(scene, "jpeg", quality) for quality in (40, 90))
    assert low.score < high.score
    assert low.size < high.size
    weighed = weigh_quality(scene, "jpeg", 90)
    assert (weighed.kind, weighed.setting, weighed.score) == ("jpeg", 90, None)
    assert weighed.size <= high.size


def test_what_is_written_is_what_was_chosen(scene: Scene) -> None:
    """The file has the choice's quality and score, the picture's sides, and its encoder's name."""
    choice = choose_quality(scene, "webp")
    candidate = encode_lossy(scene, choice)
    assert (candidate.format, candidate.quality, candidate.score) == ("webp", choice.quality, choice.score)
    assert candidate.size == len(candidate.data)
    assert decode_pixels(candidate.data, "webp").size == (96, 96)
    assert candidate.encoder == encoder_name("webp", 96 * 96) == "Pillow webp"


def test_what_is_foretold_is_the_chosen_trial(scene: Scene) -> None:
    """Without a file it has the trial's size and score and a note that says why."""
    choice = choose_quality(scene, "jpeg")
    foretold = predict_lossy(scene, choice, "Not written.")
    trial = next(trial for trial in choice.trials if trial.setting == choice.quality)
    assert (foretold.data, foretold.size, foretold.score, foretold.note) == (
        None,
        trial.size,
        trial.score,
        "Not written.",
    )
    written = encode_lossy(scene, choice)
    assert 0.85 < foretold.size / written.size < 1.3


def test_transparent_pictures_are_scored_with_their_alpha() -> None:
    """Alpha is kept on the way to the score: a fine file of a half transparent picture scores high."""
    picture = sphere(96).image.convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    glass = scene_of(saved(picture, "PNG"), format="webp")
    assert try_quality(glass, "webp", 95).score > 75
