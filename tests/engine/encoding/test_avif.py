"""AVIF: round trip, alpha, limits."""

from __future__ import annotations

import pytest
from PIL import Image

from autok.encoding import encode_avif
from autok.errors import EncodeError
from support.encoded import NOTHING, check_encoder, smooth


def test_an_avif_passes_every_check():
    """Sizes, modes, likeness, repeatability and metadata hold."""
    check_encoder(
        lambda image, metadata: encode_avif(image, 92, metadata, speed=10), "avif", ("RGB", "RGBA"), tolerance=6
    )


def test_quality_makes_the_difference():
    """A higher quality weighs more."""
    sizes = [len(encode_avif(smooth(90, 70), quality, NOTHING)) for quality in (5, 50, 95)]
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize(
    ("image", "quality", "message"),
    [
        (Image.new("L", (4, 4)), 70, "RGB or RGBA, and the picture is L"),
        (Image.new("RGB", (65_537, 1)), 70, "65536 pixels a side, and the picture has 65537 x 1"),
        (Image.new("RGB", (4, 4)), 0.5, "from 1 to 100, and 0.5 was given"),
    ],
)
def test_what_an_avif_cannot_be_is_refused(image, quality, message):
    """Other modes, over-long sides and mad qualities are typed errors with their numbers."""
    with pytest.raises(EncodeError, match=message):
        encode_avif(image, quality, NOTHING)
