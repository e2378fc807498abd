"""All files that compete for one picture: who is among them, and who is only foretold."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from autok.models import Candidate
from autok.pipeline.candidates import HOPELESS, Found, find_candidates
from autok.pipeline.stopwatch import Stopwatch
from support.drawings import sphere
from support.scenes import scene_of
from support.uploads import corner_picture, saved

BALL = saved(sphere(96).image, "PNG")
CHART = saved(corner_picture(64, 64).quantize(5), "PNG")


def found_in(upload: bytes, **options: object) -> Found:
    """Return the candidates of an upload."""
    return find_candidates(scene_of(upload, **options), Stopwatch(lambda: 0.0))


def check(candidate: Candidate) -> None:
    """Check that a candidate is what it says, and that what was not written says why."""
    if candidate.data is None:
        assert candidate.note
        assert candidate.size > 0
        return
    assert candidate.size == len(candidate.data)
    with Image.open(io.BytesIO(candidate.data)) as image:
        assert image.format.lower() == candidate.format


@pytest.mark.parametrize(
    ("upload", "options"),
    [
        (BALL, {}),
        (CHART, {}),
        (BALL, {"format": "webp"}),
        (BALL, {"colors": 9, "format": "png"}),
        (BALL, {"target": "3kB"}),
    ],
)
def test_every_candidate_is_what_it_says(upload: bytes, options: dict[str, object]) -> None:
    """Sizes and formats are those of the bytes, at least one file is written, and shares add up to one."""
    found = found_in(upload, **options)
    for candidate in found.candidates:
        check(candidate)
    assert any(candidate.data is not None for candidate in found.candidates)
    assert sum(found.palette.shares) == pytest.approx(1)
    assert found.trials


def test_the_upload_itself_is_always_among_them() -> None:
    """Stripped and without loss, under the best score that there is."""
    own = [each for each in found_in(BALL).candidates if each.encoder.startswith("original")]
    assert own
    assert all(each.lossless and each.score == 100.0 for each in own)
    assert own[0].data == scene_of(BALL).source.original


def test_an_upload_that_cannot_be_kept_has_a_lossless_stand_in() -> None:
    """A BMP asked as PNG whose score no palette reaches is written in true colour."""
    data = saved(sphere(96).image, "TIFF")
    found = found_in(data, format="png", quality=100)
    exact = [each for each in found.candidates if each.lossless]
    assert [each.encoder.split(" + ")[0] for each in exact] == ["true colour"]
    assert Image.open(io.BytesIO(exact[0].data)).convert("RGB").tobytes() == sphere(96).image.tobytes()


def test_asked_colours_as_a_lossy_format_show_the_plain_one_beside() -> None:
    """The file made from the palette and the plain one of the same quality both stand there."""
    found = found_in(BALL, colors=8, format="jpeg")
    rebuilt, plain = (each for each in found.candidates if each.format == "jpeg")
    assert (rebuilt.colors, plain.colors) == (8, None)
    assert rebuilt.quality == plain.quality
    assert rebuilt.encoder.startswith("palette, then ")
    assert plain.note == "Plain JPEG at the same quality, without the palette."


def test_asked_colours_as_any_format_only_foretell_the_lossy_ones() -> None:
    """What does not keep to the colours is there for comparison and cannot win."""
    found = found_in(BALL, colors=8)
    lossy = [each for each in found.candidates if each.format in ("jpeg", "webp") and not each.lossless]
    assert lossy
    assert all(each.data is None and "does not keep to 8 colours" in each.note for each in lossy)


def test_an_upload_that_keeps_to_the_size_is_not_made_worse() -> None:
    """To the byte: then nothing lossy is tried, and a byte below it is."""
    most = len(scene_of(CHART).source.original)
    kept = found_in(CHART, target=most)
    assert min(each.size for each in kept.candidates if each.lossless) <= most
    assert {each.format for each in kept.candidates} == {"png"}
    least = min(each.size for each in kept.candidates if each.lossless)
    assert any(each.format != "png" for each in found_in(CHART, target=least - 1).candidates)


def test_a_hopeless_lossy_file_is_only_foretold() -> None:
    """What weighs more than 1.4 times a palette that reaches the score is not written, and says so."""
    found = found_in(CHART, quality=60)
    palettes = [each.size for each in found.candidates if each.colors is not None and each.data is not None]
    lossy = [each for each in found.candidates if each.quality is not None]
    assert palettes
    assert any(each.data is None for each in lossy)
    for each in lossy:
        assert (each.data is None) == (each.size > HOPELESS * min(palettes))


@pytest.mark.parametrize(("quality", "colors", "rewritten"), [(98, 4, False), (20, 16, True)])
def test_an_upload_is_rewritten_where_that_could_win(quality: int, colors: int, rewritten: bool) -> None:
    """Asked colours far smaller than the upload leave no use for its rewrite, however low they score."""
    upload = saved(sphere(96).image, "JPEG", quality=quality)
    found = found_in(upload, colors=colors, format="png")
    assert found.trials[0].score is not None
    assert found.trials[0].score < 70
    assert any("rewritten" in candidate.encoder for candidate in found.candidates) == rewritten
