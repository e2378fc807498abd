"""The way to a size in one format: how near it comes, in how few encodes, and what turns where K is too coarse."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from autok.mapping import rate_weight
from autok.models import Trial
from autok.pipeline.fitting import (
    COARSER,
    EVEN,
    FINER,
    FULL_ENCODES,
    MORE_ENCODES,
    OCTAVE,
    REACH,
    SLIGHT,
    STRETCH,
    Fitted,
    Press,
    fit_palette,
    fit_quality,
    size_of,
)
from autok.pipeline.scene import Scene
from autok.pipeline.sizes import foretell_size
from support.drawings import noisy, sphere
from support.scenes import scene_of
from support.uploads import saved

BALL = saved(sphere(160).image, "PNG")


@pytest.fixture(scope="module")
def ball() -> Scene:
    """Return a shaded ball with grain, to be written as a JPEG."""
    return scene_of(BALL, target="4kB", format="jpeg")


@pytest.fixture(scope="module")
def coarse() -> Scene:
    """Return the same ball, of more colours than any palette holds, to be written as a palette."""
    return scene_of(BALL, target="4kB", format="png")


@pytest.fixture(scope="module")
def flags() -> Scene:
    """Return a picture in five colours, which a palette holds exactly."""
    tiles = np.random.default_rng(3).integers(0, 5, (12, 16))
    colors = np.array([[0, 0, 0], [255, 255, 255], [200, 0, 0], [0, 120, 60], [250, 210, 0]], np.uint8)
    picture = Image.fromarray(colors[tiles]).resize((160, 120), Image.Resampling.NEAREST)
    return scene_of(saved(picture, "PNG"), target="4kB", format="png")


def fit(scene: Scene, limit: int) -> Fitted:
    """Return what the only format of a scene comes to for so many bytes, led there by its own forecast."""
    (forecast,) = foretell_size(scene, limit)
    if forecast.format == "png":
        return fit_palette(scene, forecast.trials, limit)
    return fit_quality(scene, forecast.format, forecast.trials, limit)


def sizes(fitted: Fitted) -> list[int]:
    """Return the bytes of all files that were written on the way."""
    return [size_of(trial) for trial in fitted.trials]


@pytest.mark.parametrize("limit", [1500, 3000, 7000])
def test_a_quality_uses_the_size_that_it_was_given(ball: Scene, limit: int) -> None:
    """The file keeps to the size and uses nearly all of it, after a few encodes at most."""
    fitted = fit(ball, limit)
    assert REACH * limit <= fitted.candidate.size <= limit
    assert len(fitted.trials) <= FULL_ENCODES
    assert fitted.candidate.data is not None
    assert len(fitted.candidate.data) == fitted.candidate.size
    assert Image.open(io.BytesIO(fitted.candidate.data)).size == (160, 160)


def test_only_the_quality_that_is_kept_is_scored(ball: Scene) -> None:
    """Of what was written on the way, sizes alone are told; the kept one has the candidate's quality and score."""
    fitted = fit(ball, 3000)
    scored = [trial for trial in fitted.trials if trial.score is not None]
    assert [(trial.setting, trial.size) for trial in scored] == [(fitted.candidate.quality, fitted.candidate.size)]
    assert scored[0].score == fitted.candidate.score
    assert fitted.palette is None


def test_a_size_below_every_quality_gives_the_smallest_file(ball: Scene) -> None:
    """Where even the lowest quality is too large, that one is written, and it is the least of all that were."""
    fitted = fit(ball, 200)
    assert fitted.candidate.quality == 5
    assert fitted.candidate.size == min(sizes(fitted)) > 200


def test_a_size_above_every_quality_gives_the_best_file(ball: Scene) -> None:
    """Where the highest quality leaves bytes unused, it is the one that is kept."""
    fitted = fit(ball, 10**6)
    assert fitted.candidate.quality == max(trial.setting for trial in fitted.trials) == 98


@pytest.mark.parametrize("limit", [5000, 7000, 9000])
def test_a_palette_is_turned_towards_the_size_where_colours_are_too_coarse(coarse: Scene, limit: int) -> None:
    """The rate weight closes the gap that a step of K leaves; a small picture may have a few encodes more for it."""
    fitted = fit(coarse, limit)
    assert REACH * limit <= fitted.candidate.size <= limit
    assert len(fitted.trials) <= MORE_ENCODES
    assert fitted.candidate.size == max(size for size in sizes(fitted) if size <= limit)


def test_a_palette_tells_its_colours_and_their_shares(coarse: Scene) -> None:
    """Candidate, palette and file have as many colours, whose shares cover the picture."""
    fitted = fit(coarse, 6000)
    assert fitted.palette is not None
    assert fitted.candidate.data is not None
    assert fitted.candidate.colors == len(fitted.palette.colors) == len(fitted.palette.shares)
    assert sum(fitted.palette.shares) == pytest.approx(1.0)
    seen = Image.open(io.BytesIO(fitted.candidate.data)).convert("RGB").getcolors()
    assert seen is not None
    assert len(seen) == sum(share > 0 for share in fitted.palette.shares)


def test_bytes_that_no_colour_can_use_are_given_back_to_quality(coarse: Scene) -> None:
    """Where all colours together stay below the size, the last encode has less of a rate weight than usual."""
    fitted = fit(coarse, 10**6)
    usual = rate_weight(coarse.analysis)
    assert usual > 0
    first, last = fitted.trials[0], fitted.trials[-1]
    assert (first.setting, first.rate) == (256, usual)
    assert (last.setting, last.rate) == (256, usual * 2.0 ** ((EVEN - FINER[-1]) / OCTAVE))
    assert fitted.candidate.size == size_of(last) > size_of(first)


def test_a_picture_that_is_held_exactly_has_nothing_to_turn(flags: Scene) -> None:
    """All its colours fit: one file, lossless, with the highest score, however many bytes are left."""
    fitted = fit(flags, 50_000)
    assert len(fitted.trials) == 1
    assert (fitted.candidate.lossless, fitted.candidate.score, fitted.candidate.colors) == (True, 100.0, 5)


def test_a_palette_that_cannot_shrink_to_the_size_is_the_smallest_written(flags: Scene) -> None:
    """A size that two colours exceed is missed by the least of the files, which says so by its size."""
    fitted = fit(flags, 70)
    assert fitted.candidate.size == min(sizes(fitted)) > 70
    assert not fitted.candidate.lossless


def test_where_no_palette_keeps_to_the_size_the_smallest_is_kept(coarse: Scene) -> None:
    """Of several files that are all too large it is the least, and it alone is scored."""
    press = Press(coarse)
    least, *others = (press.write(colors) for colors in (4, 16, 64))
    fitted = press.best(10)
    assert (fitted.candidate.colors, fitted.candidate.size) == (4, least)
    assert least < min(others)
    assert [trial.score for trial in fitted.trials] == [fitted.candidate.score, None, None]
    assert not fitted.candidate.lossless


def test_the_press_counts_files_and_not_requests(coarse: Scene) -> None:
    """A palette that is written again takes none of the encodes that are left; another turn of it does."""
    press = Press(coarse)
    assert press.room == MORE_ENCODES
    assert press.write(8) == press.write(8)
    assert press.room == MORE_ENCODES - 1
    press.write(8, COARSER[0])
    assert press.room == MORE_ENCODES - 2
    press.foretell(16, EVEN)
    assert press.room == MORE_ENCODES - 2


def test_a_finer_mapping_is_kept_though_it_weighs_less(coarse: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of files that fit, the largest wins, unless as many colours at a lower rate weight make a smaller one."""
    weights = iter((900, 800, 850))
    monkeypatch.setattr("autok.pipeline.fitting.encode_png", lambda *_: bytes(next(weights)))
    press = Press(coarse)
    for colors, turn in ((32, EVEN), (32, FINER[-1]), (16, EVEN)):
        press.write(colors, turn)
    assert press.best(1000).candidate.size == 800
    assert press.best(700).candidate.size == 800


def test_a_turn_down_takes_bytes_and_a_turn_up_gives_them(coarse: Scene) -> None:
    """On the sample as on the whole, size rises with the turn of the screw."""
    press = Press(coarse)
    turns = sorted({*COARSER, *FINER})
    foretold = [press.foretell(32, turn) for turn in turns]
    written = [press.write(32, turn) for turn in (turns[0], EVEN, turns[-1])]
    assert foretold == sorted(foretold)
    assert written == sorted(set(written))


def test_turns_halve_and_double_the_usual_weight(coarse: Scene) -> None:
    """At the even turn it is what the picture gets anyway; an octave of turns to either side, a factor of two."""
    press, usual = Press(coarse), rate_weight(coarse.analysis)
    for turn in (EVEN - OCTAVE, EVEN, EVEN + OCTAVE):
        press.write(4, turn)
    assert [trial.rate for trial in press.best(10**6).trials] == [2 * usual, usual, usual / 2]


def test_a_picture_without_a_rate_weight_gets_one_only_for_fewer_bytes() -> None:
    """Noise gets no rate weight by itself: turned down it begins slightly, turned up it stays 0."""
    scene = scene_of(saved(Image.fromarray(noisy(64, 64)), "PNG"), target="4kB", format="png")
    assert rate_weight(scene.analysis) == 0.0
    press = Press(scene)
    for turn in (EVEN - OCTAVE, EVEN, EVEN + OCTAVE):
        press.write(4, turn)
    assert [trial.rate for trial in press.best(10**6).trials] == [2**STRETCH * SLIGHT, 0.0, 0.0]


@pytest.mark.parametrize(("size", "weighed"), [(0, 1), (1, 1), (900, 900)])
def test_a_trial_weighs_at_least_a_byte(size: int, weighed: int) -> None:
    """What is foretold as nothing still has a logarithm."""
    assert size_of(Trial("jpeg", 5, None, size)) == weighed


def test_a_trial_that_was_not_weighed_has_no_size() -> None:
    """To ask for it is a mistake of the caller, not a size of 0."""
    with pytest.raises(AssertionError):
        size_of(Trial("jpeg", 5, 50.0, None))
