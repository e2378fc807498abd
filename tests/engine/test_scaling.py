"""Fewer pixels, only when asked for."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from autok.models import SourceImage
from autok.options import Options
from autok.options.edits import Frame
from autok.scaling import choose_scale, reframe, rescale


def source(image: Image.Image) -> SourceImage:
    """Return a picture as a decoded upload."""
    return SourceImage(image, "png", b"x", b"x")


@pytest.fixture(scope="module")
def sharp() -> SourceImage:
    """Return a picture with detail in every pixel."""
    pixels = np.random.default_rng(3).integers(0, 256, (128, 160, 3)).astype(np.uint8)
    return source(Image.fromarray(pixels))


@pytest.mark.parametrize(
    ("options", "factor"),
    [
        ({}, 1.0),
        ({"scale": 0.5}, 0.5),
        ({"max_size": 80}, 0.5),
        ({"max_size": 400}, 1.0),
        ({"scale": 0.5, "max_size": 40}, 0.25),
    ],
)
def test_the_factor_is_what_was_asked(sharp: SourceImage, options: dict[str, object], factor: float) -> None:
    """Scale and longest side give the factor, and whatever shrinks is explained."""
    scale = choose_scale(sharp, Options.parse(options))
    assert scale.factor == pytest.approx(factor)
    assert bool(scale.reason) == (factor < 1)


def test_auto_shrinks_only_what_is_oversampled(sharp: SourceImage) -> None:
    """A picture blown up from fewer pixels is shrunk by auto, one with detail is not."""
    small = Image.fromarray(np.random.default_rng(5).integers(60, 190, (64, 64, 3)).astype(np.uint8))
    blown = source(small.resize((512, 512), Image.Resampling.BICUBIC))
    assert choose_scale(blown, Options(scale=None)).factor <= 0.5
    assert choose_scale(sharp, Options(scale=None)).factor == 1.0


def test_rescaling_keeps_at_least_a_pixel_and_drops_the_original() -> None:
    """Sides are rounded, never below one, and the upload of another size is no candidate."""
    thin = rescale(source(Image.new("RGBA", (300, 2), "#80808080")), 0.1)
    assert thin.image.size == (30, 1)
    assert thin.original is None
    assert thin.image.getpixel((5, 0)) == pytest.approx((128, 128, 128, 128), abs=1)


@pytest.mark.parametrize(
    ("frame", "size"),
    [
        (Frame("scale", 40), (40, 32)),
        (Frame("scale", None, 64), (80, 64)),
        (Frame("fit", 100, 50), (62, 50)),
        (Frame("cover", 64, 64), (64, 64)),
        (Frame("thumb", 50, 20), (50, 20)),
        (Frame("scale", 161), (160, 128)),
        (Frame("fit", 500, 500), (160, 128)),
        (Frame("cover", 256, 256), (128, 128)),
        (Frame("cover", 320, 256), (160, 128)),
        (Frame("scale", 1), (1, 1)),
    ],
)
def test_a_frame_gives_the_size_and_never_enlarges(sharp: SourceImage, frame: Frame, size: tuple[int, int]) -> None:
    """Each method gives its size; a box that is too large shrinks to what the picture can fill."""
    framed = reframe(sharp, frame)
    assert framed.image.size == size
    assert (framed is sharp) == (size == sharp.image.size)
    assert (framed.original is None) == (framed is not sharp)


def test_cover_takes_the_middle() -> None:
    """What is cropped away lies in equal parts on both sides."""
    pixels = np.zeros((20, 60, 3), np.uint8)
    pixels[:, 20:40] = 200
    framed = reframe(source(Image.fromarray(pixels)), Frame("cover", 20, 20))
    assert np.array_equal(np.asarray(framed.image), np.full((20, 20, 3), 200))


@pytest.mark.parametrize(("ground", "mode"), [((250, 240, 230), "RGB"), ((0, 0, 0, 0), "RGBA")])
def test_a_thumb_surrounds_what_stands_on_a_plain_ground(ground: tuple[int, ...], mode: str) -> None:
    """An object on a plain or empty ground stays whole, with more of its ground beside it."""
    image = Image.new(mode, (60, 20), ground)
    image.paste((10, 10, 10, 255)[: len(mode)], (5, 5, 55, 15))
    framed = reframe(source(image), Frame("thumb", 20, 20)).image
    pixels = np.asarray(framed)
    assert framed.size == (20, 20)
    assert tuple(pixels[0, 0]) == tuple(pixels[19, 19]) == ground
    assert pixels[10, 3, 0] < 60
    assert pixels[10, 16, 0] < 60
