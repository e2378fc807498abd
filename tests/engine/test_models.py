"""The values that go from stage to stage: what is checked when they are made, and strips of pictures."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PIL import Image

from autok.models import (
    PHOTO_EDGES,
    PHOTO_ENTROPY,
    STRIP_PIXELS,
    Analysis,
    ColorHistogram,
    IndexedImage,
    Report,
    SourceImage,
    every_row,
    strips,
)
from support.drawings import noisy

PALETTE = np.zeros((2, 4), np.uint8)
INDICES = np.zeros((3, 5), np.uint8)


@pytest.mark.parametrize("rows", [1, 4, 7, 10, 99, None])
@pytest.mark.parametrize("halo", [0, 1, 3, 20])
def test_strips_are_the_picture_with_their_surroundings(rows: int | None, halo: int) -> None:
    """The own rows of all strips are the picture's, each once, and the halo is cut at the edges alone."""
    pixels = noisy(10, 6)
    next_top = 0
    for top, bottom, part in strips(Image.fromarray(pixels), rows=rows, halo=halo):
        assert top == next_top
        assert bottom - top <= (rows or 10)
        assert np.array_equal(part, pixels[max(0, top - halo) : bottom + halo])
        next_top = bottom
    assert next_top == 10


def test_strips_hold_about_as_many_pixels_as_they_say() -> None:
    """By default they go by pixels, and of a picture wider than a strip they are rows."""
    heights = [bottom - top for top, bottom, _ in strips(Image.new("RGB", (STRIP_PIXELS // 4, 9)))]
    assert heights == [4, 4, 1]
    assert [bottom - top for top, bottom, _ in strips(Image.new("L", (STRIP_PIXELS + 1, 2)))] == [1, 1]


def test_a_strip_has_no_surroundings_unless_asked() -> None:
    """By default the rows are the strip's own."""
    pixels = noisy(10, 6)
    assert [part.shape[0] for _, _, part in strips(Image.fromarray(pixels), rows=4)] == [4, 4, 2]


@pytest.mark.parametrize("step", [1, 2, 3, 7, 24, 25, 99])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_every_row_begins_with_the_first(step: int, mode: str) -> None:
    """The rows are those that a slice of the pixels gives, whether or not the height is whole steps."""
    image = Image.fromarray(noisy(25, 6)).convert(mode)
    assert np.array_equal(np.asarray(every_row(image, step)), np.asarray(image)[::step])


@pytest.mark.parametrize("step", [2, 3, 7, 24, 25])
def test_rows_may_begin_one_above_or_below(step: int) -> None:
    """What lies beyond the picture's edges is zero."""
    pixels = noisy(25, 6) | np.uint8(1)
    padded = np.pad(pixels, ((1, step), (0, 0), (0, 0)))
    for first in (-1, 1):
        found = np.asarray(every_row(Image.fromarray(pixels), step, first))
        assert np.array_equal(found, padded[first + 1 :: step][: -(-25 // step)])


@pytest.mark.parametrize(
    ("entropy", "edges", "tone"),
    [(PHOTO_ENTROPY, 0.0, True), (PHOTO_ENTROPY - 0.01, 0.0, False), (7.9, PHOTO_EDGES, False)],
)
def test_many_greys_without_edges_are_a_photograph(entropy: float, edges: float, tone: bool) -> None:
    """Both have to hold: a drawing has edges or few greys, however many of its neighbours are equal."""
    histogram = ColorHistogram(np.zeros((1, 4), np.float32), np.ones(1, np.int64), np.zeros(1, np.float32))
    assert Analysis(entropy, 0.0, 0.0, 0.0, edges, 0.99, None, histogram).continuous_tone == tone


@pytest.mark.parametrize("colors", [1, 2, 256])
def test_palettes_of_every_size_are_taken(colors: int) -> None:
    """One colour is a palette, and 256 are."""
    assert len(IndexedImage(np.zeros((colors, 4), np.uint8), INDICES).palette) == colors


@pytest.mark.parametrize(
    ("palette", "indices"),
    [
        (np.zeros((0, 4), np.uint8), INDICES), (np.zeros((257, 4), np.uint8), INDICES),
        (np.zeros((2, 3), np.uint8), INDICES), (np.zeros(4, np.uint8), INDICES), (PALETTE.astype(int), INDICES),
        (PALETTE, INDICES.astype(np.int64)), (PALETTE, INDICES.ravel()), (PALETTE, INDICES[None]),
    ],
)  # fmt: skip
def test_other_shapes_are_refused_when_made(palette: np.ndarray, indices: np.ndarray) -> None:
    """A palette without colours, with too many, without alpha, or indices of another kind never come to be."""
    with pytest.raises(ValueError, match="palette"):
        IndexedImage(palette, indices)


@pytest.mark.parametrize(("mode", "alpha"), [("RGB", False), ("RGBA", True)])
def test_a_source_knows_its_sides_and_its_alpha(mode: str, alpha: bool) -> None:
    """Width, height, pixels and whether it is transparent come from the picture itself."""
    source = SourceImage(Image.new(mode, (7, 3)), "png", b"", None)
    assert (source.width, source.height, source.pixel_count, source.has_alpha) == (7, 3, 21, alpha)


def test_values_cannot_be_changed() -> None:
    """What a stage handed on stays as it was."""
    source = SourceImage(Image.new("RGB", (1, 1)), "png", b"", None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        source.format = "jpeg"
    assert Report({"why": "x"})["why"] == "x"
