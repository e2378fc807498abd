"""WebP: lossy, lossless and from a palette."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from autok.encoding import decode_pixels, encode_webp, encode_webp_indexed
from autok.errors import EncodeError
from autok.models import IndexedImage
from support.encoded import FULL, NOTHING, carries, check_encoder, smooth


def test_a_lossy_webp_passes_every_check():
    """Sizes, modes, likeness, repeatability and metadata hold."""
    check_encoder(lambda image, metadata: encode_webp(image, 92, metadata), "webp", ("RGB", "RGBA"), tolerance=6)


def test_a_lossless_webp_passes_every_check():
    """Lossless keeps every pixel."""
    check_encoder(
        lambda image, metadata: encode_webp(image, None, metadata, lossless=True), "webp", ("RGB", "RGBA"), tolerance=0
    )


@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("colors", [1, 2, 17, 256])
def test_a_palette_comes_back_exactly(colors, alpha):
    """Every palette colour, soft alpha included, is the same after decoding."""
    random = np.random.default_rng(colors)
    palette = random.integers(1, 256, (colors, 4)).astype(np.uint8)
    if not alpha:
        palette[:, 3] = 255
    indexed = IndexedImage(palette, random.integers(0, colors, (23, 31)).astype(np.uint8))
    data = encode_webp_indexed(indexed, FULL)
    assert (np.asarray(decode_pixels(data, "webp").convert("RGBA")) == palette[indexed.indices]).all()
    assert carries(data) == (FULL.icc_profile, FULL.exif, FULL.xmp)


def test_quality_makes_the_difference():
    """A higher quality weighs more."""
    image = smooth(90, 70)
    sizes = [len(encode_webp(image, quality, NOTHING)) for quality in (5, 50, 95)]
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize(
    ("image", "quality", "message"),
    [
        (Image.new("L", (4, 4)), 70, "RGB or RGBA, and the picture is L"),
        (Image.new("RGB", (16_384, 1)), 70, "16383 pixels a side, and the picture has 16384 x 1"),
        (Image.new("RGB", (4, 4)), 101, "from 1 to 100, and 101 was given"),
        (Image.new("RGB", (4, 4)), None, "unless it is lossless"),
    ],
)
def test_what_a_webp_cannot_be_is_refused(image, quality, message):
    """Other modes, over-long sides and missing or mad qualities are typed errors with their numbers."""
    with pytest.raises(EncodeError, match=message):
        encode_webp(image, quality, NOTHING)


def test_an_oversized_palette_picture_is_refused():
    """A palette picture wider than WebP's limit is a typed error."""
    wide = IndexedImage(np.zeros((1, 4), dtype=np.uint8), np.zeros((1, 20_000), dtype=np.uint8))
    with pytest.raises(EncodeError, match="20000 x 1"):
        encode_webp_indexed(wide, NOTHING)
