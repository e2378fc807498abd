from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from ssimulacra2 import compute_ssimulacra2

from autok.metrics import prepare, ssimulacra2
from autok.metrics.weights import weights
from support.distortion import in_colors, open_rgb, through_jpeg


def by_package(folder: Path, reference: Image.Image, distorted: Image.Image) -> float:
    reference.save(folder / "reference.png")
    distorted.save(folder / "distorted.png")
    return float(compute_ssimulacra2(folder / "reference.png", folder / "distorted.png"))


@pytest.mark.parametrize("quality", [30, 75, 95])
def test_agrees_with_the_package_on_jpeg(quality: int, china: bytes, tmp_path: Path) -> None:
    """A JPEG's score is within 0.02 of the PyPI package's, which has weights that are left out here."""
    image = open_rgb(china)
    worse = through_jpeg(image, quality)
    assert ssimulacra2(np.asarray(image), np.asarray(worse)) == pytest.approx(
        by_package(tmp_path, image, worse), abs=0.02
    )


@pytest.mark.parametrize("colors", [8, 64, 256])
def test_agrees_with_the_package_on_palettes(colors: int, flower: bytes, tmp_path: Path) -> None:
    """A palette's score is within 0.02 of the PyPI package's, far below zero too."""
    image = open_rgb(flower)
    worse = in_colors(image, colors).convert("RGB")
    assert ssimulacra2(np.asarray(image), np.asarray(worse)) == pytest.approx(
        by_package(tmp_path, image, worse), abs=0.02
    )


@pytest.mark.parametrize("size", [(301, 257), (131, 97), (640, 9), (8, 8)])
def test_agrees_with_the_package_on_odd_sizes(size: tuple[int, int], china: bytes, tmp_path: Path) -> None:
    """Odd sides, and pictures too small for all six scales, score as in the package."""
    image = open_rgb(china).crop((200, 100, 200 + size[0], 100 + size[1])) if size[0] < 400 else open_rgb(china)
    image = image.crop((0, 0, *size))
    worse = through_jpeg(image, 50)
    assert ssimulacra2(np.asarray(image), np.asarray(worse)) == pytest.approx(
        by_package(tmp_path, image, worse), abs=0.05
    )


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (7, 3), (8, 8), (65, 33), (640, 427)])
def test_identical_pictures_score_exactly_100(size: tuple[int, int], china: bytes) -> None:
    """Equal pictures of any size score 100 and not a digit less."""
    image = np.asarray(open_rgb(china).crop((0, 0, *size)))
    assert ssimulacra2(image, image.copy()) == 100.0


def test_a_single_changed_pixel_counts() -> None:
    """A 1 x 1 picture of another colour scores below 100."""
    black = np.zeros((1, 1, 3), np.uint8)
    assert ssimulacra2(black, black + 200) < 90


def test_score_rises_with_jpeg_quality(flower: bytes) -> None:
    """More JPEG quality never scores less."""
    image = open_rgb(flower)
    reference = prepare(np.asarray(image))
    scores = [reference.score(np.asarray(through_jpeg(image, quality))) for quality in (10, 30, 50, 70, 90, 98)]
    assert scores == sorted(scores)
    assert scores[0] < 40 < 85 < scores[-1]


def test_score_rises_with_colors(china: bytes) -> None:
    """More colours score more."""
    image = open_rgb(china)
    reference = prepare(np.asarray(image))
    scores = [reference.score(np.asarray(in_colors(image, colors).convert("RGB"))) for colors in (4, 16, 64, 256)]
    assert scores == sorted(scores)


def test_scoring_leaves_the_reference_as_it_was(china: bytes) -> None:
    """A prepared reference gives the same number again, to the last bit, whatever was scored in between."""
    image = open_rgb(china)
    reference = prepare(np.asarray(image))
    worse, other = (np.asarray(through_jpeg(image, quality)) for quality in (40, 90))
    first = reference.score(worse)
    reference.score(other)
    assert reference.score(worse) == first
    assert ssimulacra2(np.asarray(image), worse) == first


def test_cutting_into_pieces_changes_nothing(china: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """The score does not depend on how the work is cut to fit the cache, beyond the rounding of sums."""
    image = open_rgb(china)
    worse = np.asarray(through_jpeg(image, 60))
    usual = ssimulacra2(np.asarray(image), worse)
    monkeypatch.setattr("autok.metrics.similarity._PIECE_PIXELS", 1 << 13)
    assert ssimulacra2(np.asarray(image), worse) == pytest.approx(usual, abs=1e-3)


def test_another_size_is_refused() -> None:
    """Pictures of different sizes cannot be compared, and the message names both."""
    with pytest.raises(ValueError, match=r"10, 20, 3.*20, 20"):
        ssimulacra2(np.zeros((20, 20, 3), np.uint8), np.zeros((10, 20, 3), np.uint8))


@pytest.mark.parametrize("shape", [(5, 5), (0, 4, 3), (4, 4, 4)])
def test_what_is_no_picture_is_refused(shape: tuple[int, ...]) -> None:
    """Arrays of another shape are refused with the shape in the message."""
    with pytest.raises(ValueError, match="uint8"):
        prepare(np.zeros(shape, np.uint8))


def test_weights_are_the_published_ones() -> None:
    """The weights kept are those of the package that are at least 0.01; the rest sum to less than 0.02."""
    from ssimulacra2.ssimulacra2 import weights as published

    # The package orders by channel and scale, then norm, then map.
    ours = weights(6).transpose(1, 0, 2).reshape(-1)
    kept = np.where(published >= 0.01, published, 0.0)
    assert np.array_equal(ours, kept)
    assert (published - kept).sum() < 0.02


def test_agrees_with_the_package_on_kodak(images: Path, tmp_path: Path) -> None:
    """On photographs of the Kodak set the score is within 0.02 of the package's."""
    for name in ("kodim05.png", "kodim23.png"):
        with Image.open(images / "kodak" / name) as opened:
            image = opened.convert("RGB")
        worse = through_jpeg(image, 60)
        score = ssimulacra2(np.asarray(image), np.asarray(worse))
        assert score == pytest.approx(by_package(tmp_path, image, worse), abs=0.02)
