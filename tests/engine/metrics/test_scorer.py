from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from autok.metrics import Scorer, ssimulacra2
from autok.metrics.grounds import flatten
from autok.models import IndexedImage
from support.distortion import collage, in_colors, open_rgb, source_of, through_jpeg


@pytest.fixture(scope="module")
def large(china: bytes, flower: bytes) -> Image.Image:
    """4.4 megapixels, more than are compared."""
    return collage(open_rgb(china), open_rgb(flower))


@pytest.fixture(scope="module")
def scorer(large: Image.Image) -> Scorer:
    return Scorer(source_of(large))


def indexed(image: Image.Image) -> IndexedImage:
    colors = np.asarray(image.getpalette("RGBA"), np.uint8).reshape(-1, 4)
    return IndexedImage(colors, np.asarray(image))


def full_score(reference: Image.Image, distorted: Image.Image) -> float:
    return ssimulacra2(np.asarray(reference), np.asarray(distorted.convert("RGB")))


def test_a_small_picture_is_compared_whole(china: bytes) -> None:
    """Below the budget the score is that of all pixels, and the mosaic is the picture."""
    image = open_rgb(china)
    worse = through_jpeg(image, 60)
    scorer = Scorer(source_of(image))
    assert scorer.whole
    assert scorer.regions == ((0, 0, 640, 427),)
    assert scorer.measured_on == "all pixels"
    assert np.array_equal(np.asarray(scorer.mosaic), np.asarray(image))
    assert scorer.score(worse) == scorer.score_mosaic(np.asarray(worse)) == full_score(image, worse)


def test_tiles_stand_for_the_whole_palette(large: Image.Image, scorer: Scorer) -> None:
    """A palette's score is within 4 points of that of all pixels on tiles, and within 1 when looked at closely."""
    worse = in_colors(large, 256)
    exact = full_score(large, worse)
    assert not scorer.whole
    assert scorer.score_indexed(indexed(worse)) == pytest.approx(exact, abs=4.0)
    assert scorer.score_closely(worse) == pytest.approx(exact, abs=1.0)


def test_tiles_stand_for_the_whole_jpeg(large: Image.Image, scorer: Scorer) -> None:
    """A JPEG's score is within 1.5 points of that of all pixels on tiles, and within 0.5 when looked at closely."""
    worse = through_jpeg(large, 60)
    exact = full_score(large, worse)
    assert scorer.score(worse) == pytest.approx(exact, abs=1.5)
    assert scorer.score_closely(worse) == pytest.approx(exact, abs=0.5)


def test_half_of_the_tiles_stands_for_a_jpeg(large: Image.Image, scorer: Scorer) -> None:
    """A JPEG scores on every second tile within half a point of its score on all, for half of the pixels."""
    assert len(scorer.halved.regions) == -(-len(scorer.regions) // 2)
    for quality in (40, 80):
        worse = through_jpeg(large, quality)
        assert scorer.halved.score(worse) == pytest.approx(scorer.score(worse), abs=0.5)


def test_evenly_spread_tiles_stand_for_a_jpeg(large: Image.Image, monkeypatch: pytest.MonkeyPatch) -> None:
    """A JPEG scores on half as many evenly spread tiles, chosen without a pilot, near the score of all pixels."""
    monkeypatch.setattr("autok.metrics.sampling._pilot_error", None)
    spread = Scorer(source_of(large)).spread
    assert len(set(spread.regions)) == 64
    for quality in (60, 80):
        worse = through_jpeg(large, quality)
        assert spread.score(worse) == pytest.approx(full_score(large, worse), abs=1.5)


def test_spread_tiles_serve_from_half_the_budget_on(china: bytes, large: Image.Image) -> None:
    """A picture that is compared whole is judged on spread tiles above half the budget, and below it by all pixels."""
    small, medium = Scorer(source_of(open_rgb(china))), Scorer(source_of(large.crop((0, 0, 1500, 1000))))
    assert small.spread is small
    assert medium.whole
    assert not medium.spread.whole
    assert medium.spread.size_factor == pytest.approx(1.5e6 / (1 << 20), rel=0.01)


def test_a_picture_compared_whole_is_not_halved(china: bytes) -> None:
    """Where all pixels are compared the judge of half the cost is the judge itself."""
    scorer = Scorer(source_of(open_rgb(china)))
    assert scorer.halved is scorer


def test_tiles_rank_jpeg_qualities(large: Image.Image, scorer: Scorer) -> None:
    """On the mosaic a higher JPEG quality scores more."""
    scores = [scorer.score_mosaic(np.asarray(through_jpeg(scorer.mosaic, quality))) for quality in (30, 60, 90)]
    assert scores == sorted(scores)


def test_the_size_of_the_whole_is_foretold(large: Image.Image, scorer: Scorer) -> None:
    """A JPEG of the mosaic tells the bytes of one of the whole within 15 %."""
    sizes = []
    for image in (scorer.mosaic, large):
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=70)
        sizes.append(buffer.tell())
    assert scorer.size_factor * sizes[0] == pytest.approx(sizes[1], rel=0.15)


def test_a_jpeg_of_the_mosaic_scores_as_one_of_the_whole(large: Image.Image, scorer: Scorer) -> None:
    """The seams of the mosaic hardly matter, as tiles keep the block grid and their borders do not count."""
    probe = scorer.score_mosaic(np.asarray(through_jpeg(scorer.mosaic, 60)))
    assert probe == pytest.approx(scorer.score(through_jpeg(large, 60)), abs=0.5)


def test_every_way_to_hand_over_a_palette_agrees(large: Image.Image, scorer: Scorer) -> None:
    """The whole indexed, the same as RGB, and only its regions as a mosaic give one number."""
    worse = in_colors(large, 32)
    whole = indexed(worse)
    flat = Image.fromarray(np.asarray(worse.convert("RGB")))
    parts = [np.asarray(flat.crop(box)) for box in scorer.regions]
    columns = scorer.mosaic.width // parts[0].shape[1]
    parts += [parts[-1]] * (-len(parts) % columns)
    rows = [np.concatenate(parts[start : start + columns], axis=1) for start in range(0, len(parts), columns)]
    score = scorer.score_indexed(whole)
    assert scorer.score(flat) == score
    assert scorer.score_mosaic(np.concatenate(rows)) == score


def test_regions_are_aligned_and_inside(large: Image.Image, scorer: Scorer) -> None:
    """Tiles start at multiples of 16, lie inside, are distinct and keep to the budget."""
    for left, top, right, bottom in scorer.regions:
        assert left % 16 == top % 16 == 0
        assert right - left == bottom - top == 128
        assert right <= large.width
        assert bottom <= large.height
    assert len(set(scorer.regions)) == len(scorer.regions)
    assert sum(128 * 128 for _ in scorer.regions) <= 1 << 21


def test_the_choice_of_tiles_repeats(large: Image.Image, scorer: Scorer) -> None:
    """Two scorers of one picture look at the same regions and give the same number, to the last bit."""
    again = Scorer(source_of(large.copy()))
    worse = through_jpeg(large, 50)
    assert again.regions == scorer.regions
    assert again.score(worse) == scorer.score(worse)


def test_a_large_picture_equals_itself(large: Image.Image, scorer: Scorer) -> None:
    """A picture that needs tiles scores 100 against itself."""
    assert scorer.score(large) == scorer.score_closely(large) == 100.0
    assert scorer.score_mosaic(np.asarray(scorer.mosaic)) == 100.0


def test_a_large_flat_picture_is_no_division_by_zero() -> None:
    """A picture of one colour, whose pilot has no error, is scored."""
    scorer = Scorer(source_of(Image.new("RGB", (2000, 1500), (9, 99, 199))))
    assert scorer.score(Image.new("RGB", (2000, 1500), (9, 99, 199))) == 100.0


def with_alpha(image: Image.Image, alpha: NDArray[np.uint8]) -> Image.Image:
    layered = image.convert("RGBA")
    layered.putalpha(Image.fromarray(alpha))
    return layered


def test_alpha_takes_the_lower_of_black_and_white(china: bytes) -> None:
    """With alpha the score is the lower one of the pictures on black and on white."""
    image = open_rgb(china)
    ramp = np.linspace(0, 255, image.width).astype(np.uint8)[np.newaxis].repeat(image.height, axis=0)
    source = with_alpha(image, ramp)
    worse = with_alpha(through_jpeg(image, 20), ramp)
    grounds = []
    for ground in ((0, 0, 0), (255, 255, 255)):
        pair = []
        for layered in (source, worse):
            flat = Image.new("RGB", image.size, ground)
            flat.paste(layered, mask=layered.getchannel("A"))
            pair.append(np.asarray(flat))
        grounds.append(ssimulacra2(*pair))
    assert Scorer(source_of(source)).score(worse) == pytest.approx(min(grounds), abs=0.3)


def test_alpha_is_looked_at_closely_too(large: Image.Image) -> None:
    """With alpha both grounds are compared everywhere: near the score of all pixels, the lower one."""
    ramp = np.linspace(40, 255, large.width).astype(np.uint8)[np.newaxis].repeat(large.height, axis=0)
    source, worse = with_alpha(large, ramp), with_alpha(through_jpeg(large, 40), ramp)
    scorer = Scorer(source_of(source))
    pairs = zip(flatten(np.asarray(source)), flatten(np.asarray(worse)), strict=True)
    assert scorer.score_closely(worse) == pytest.approx(min(ssimulacra2(*pair) for pair in pairs), abs=0.5)


def test_colour_under_full_transparency_does_not_count(china: bytes) -> None:
    """Pixels that cannot be seen may have any colour."""
    image = open_rgb(china)
    hidden = np.zeros((image.height, image.width), np.uint8)
    hidden[:, 300:] = 255
    changed = np.asarray(image).copy()
    changed[:, :300] = 77
    score = Scorer(source_of(with_alpha(image, hidden))).score(with_alpha(Image.fromarray(changed), hidden))
    assert score == 100.0


def test_a_lost_alpha_is_seen(china: bytes) -> None:
    """An opaque result of a transparent source scores low."""
    image = open_rgb(china)
    half = np.full((image.height, image.width), 128, np.uint8)
    assert Scorer(source_of(with_alpha(image, half))).score(image) < 50


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (16, 16), (255, 300)])
def test_small_pictures_are_judged_on_every_scale(size: tuple[int, int], china: bytes) -> None:
    """Of a small picture a coarse palette scores lower than a fine one, and black is far from grey."""
    image = open_rgb(china).crop((300, 200, 300 + size[0], 200 + size[1]))
    scorer = Scorer(source_of(image))
    assert scorer.score(image) == 100.0
    assert scorer.score(image.point(lambda value: 255 - value)) < 30
    assert scorer.score(in_colors(image, 2)) <= scorer.score(in_colors(image, 64))


def test_another_size_is_refused(scorer: Scorer) -> None:
    """A candidate of another size is refused, whichever way it comes."""
    with pytest.raises(ValueError, match="size"):
        scorer.score(Image.new("RGB", (10, 10)))
    with pytest.raises(ValueError, match="size"):
        scorer.score_closely(Image.new("RGB", (10, 10)))
    with pytest.raises(ValueError, match="size"):
        scorer.score_indexed(IndexedImage(np.zeros((1, 4), np.uint8), np.zeros((4, 4), np.uint8)))
    with pytest.raises(ValueError, match="size"):
        scorer.score_mosaic(np.zeros((5, 5, 3), np.uint8))


def test_the_mosaic_can_be_coded(scorer: Scorer) -> None:
    """The mosaic is an ordinary picture whose sides are multiples of 16."""
    assert scorer.mosaic.width % 16 == scorer.mosaic.height % 16 == 0
    scorer.mosaic.save(io.BytesIO(), "JPEG")
