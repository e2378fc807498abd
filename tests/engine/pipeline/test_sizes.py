"""The way to a size: how many pixels are given up for it, if they may be."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from autok.models import Metadata, Trial
from autok.options import Options
from autok.pipeline import compress
from autok.pipeline.fitting import size_of
from autok.pipeline.sizes import FAIR, LEAST_SCALE, NEARLY, POOR, Forecast, foretell_size, suggest_scale
from autok.scaling import Scale
from support.scenes import scene_of
from support.uploads import saved


def forecast(score: float, least: int = 1000, *, fits: bool = True) -> Forecast:
    """Return a forecast whose smallest file weighs so many bytes."""
    return Forecast("jpeg", (Trial("jpeg", 5, score, least),), 5, score, fits)


@pytest.mark.parametrize(("score", "again"), [(POOR, False), (FAIR - NEARLY, True), (90.0, True)])
def test_a_score_that_will_do_keeps_its_pixels(score: float, again: bool) -> None:
    """A score that is not poor keeps all pixels; once some are given up, it has to be fair."""
    assert suggest_scale(forecast(score), Scale(0.8), 2000, 0.0, again=again) is None


def test_a_poorer_score_gives_up_more_pixels() -> None:
    """The further a score is from fair, the smaller the picture, and the reason names it with the size."""
    poor, poorer = (suggest_scale(forecast(score), Scale(1.0), 2000, 0.0, again=False) for score in (29.0, 22.0))
    assert poor is not None
    assert poorer is not None
    assert 0.5 < poorer.factor < poor.factor < 1.0
    assert "2000 bytes" in poor.reason
    assert "29" in poor.reason


def test_a_size_out_of_reach_gives_up_pixels_by_its_share() -> None:
    """Where four times the size is the least, half of each side goes, and a little more."""
    halved = suggest_scale(forecast(60.0, 8000, fits=False), Scale(0.6), 2000, 0.0, again=True)
    assert halved is not None
    assert 0.28 < halved.factor <= 0.3
    assert "no quality" in halved.reason


def test_an_asked_quality_raises_what_is_fair() -> None:
    """With a quality beside the size, pixels are given up until both are met."""
    assert suggest_scale(forecast(60.0), Scale(1.0), 2000, 60.0, again=False) is None
    assert suggest_scale(forecast(60.0), Scale(1.0), 2000, 80.0, again=False) is not None


def test_pixels_come_to_an_end() -> None:
    """At the smallest scale nothing more is given up, however poor the score."""
    assert suggest_scale(forecast(-50.0), Scale(LEAST_SCALE), 2000, 0.0, again=True) is None


def test_a_size_that_leaves_a_poor_picture_is_met_by_a_smaller_one(china: bytes) -> None:
    """With scale=auto a size that is reached, but looks bad at full size, gives a fair picture of fewer pixels."""
    options = {"target": "9kB", "format": "jpeg"}
    _, whole = compress(china, Options.parse(options))
    data, report = compress(china, Options.parse({**options, "scale": "auto"}))
    assert whole["decision"]["score"] < POOR
    assert len(data) <= 9000
    assert report["decision"]["score"] >= FAIR - 2 * NEARLY
    assert Image.open(io.BytesIO(data)).width < 640
    assert any("would leave a score" in note for note in report["notes"])


def test_what_no_setting_changes_is_counted_in_a_forecast(china: bytes) -> None:
    """Metadata that stay weigh in every trial, and a size below them alone gives no reason to drop pixels."""
    bare = scene_of(china, target="20kB", format="jpeg")
    tagged = replace(bare, source=replace(bare.source, metadata=Metadata(exif=bytes(3000))))
    (lighter,), (heavier,) = foretell_size(bare, 20_000), foretell_size(tagged, 20_000)
    assert [size_of(trial) + 3000 for trial in lighter.trials] == [size_of(trial) for trial in heavier.trials]
    assert heavier.setting < lighter.setting
    assert suggest_scale(heavier, Scale(1.0), 2500, 0.0, again=False) is None


def test_pixels_are_not_given_up_for_metadata(china: bytes) -> None:
    """Where what is kept of the metadata exceeds the size by itself, no smaller picture is made for it."""
    photo, exif = Image.open(io.BytesIO(china)), Image.Exif()
    exif[0x013B] = "a photographer of many names, " * 100
    data, report = compress(
        saved(photo, "JPEG", exif=exif), Options.parse({"target": "2kB", "scale": "auto", "metadata": "copyright"})
    )
    assert Image.open(io.BytesIO(data)).size == photo.size
    assert report["decision"]["scale"] == 1.0
    assert len(data) > 3000
