"""Fewer pixels, only when asked for."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from autok.models import SourceImage
from autok.options import Options
from autok.scaling import choose_scale, rescale


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
