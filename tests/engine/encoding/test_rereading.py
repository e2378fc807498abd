"""Pixels back from files of our own."""

from __future__ import annotations

import io

import numpy as np
import pytest

from autok.encoding import decode_pixels
from autok.errors import EncodeError
from support.encoded import smooth
from support.uploads import saved


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_opaque_files_come_back_in_rgb(mode):
    """Whatever a PNG stores, its pixels are shown in RGB as they were."""
    image = smooth(9, 7).convert(mode)
    decoded = decode_pixels(saved(image, "PNG"), "png")
    assert decoded.mode == "RGB"
    assert np.array_equal(np.asarray(decoded), np.asarray(image.convert("RGB")))


def test_alpha_and_transparent_colours_come_back_in_rgba():
    """A channel of alpha, grey with alpha, and a palette or a colour marked as transparent all give RGBA."""
    picture = smooth(9, 7)
    shown = [
        decode_pixels(saved(smooth(9, 7, "RGBA"), "PNG"), "png"),
        decode_pixels(saved(smooth(9, 7, "RGBA").convert("LA"), "PNG"), "png"),
        decode_pixels(saved(picture.quantize(4), "PNG", transparency=0), "png"),
        decode_pixels(saved(picture, "PNG", transparency=picture.getpixel((0, 0))), "png"),
    ]
    assert [image.mode for image in shown] == ["RGBA"] * 4
    assert all(image.getchannel("A").getextrema()[0] < 255 for image in shown)


def test_a_palette_stays_one_where_that_is_asked():
    """A byte a pixel is kept, and parts have the colours and alpha of the whole; what has no palette is shown."""
    data = saved(smooth(9, 7).quantize(4), "PNG", transparency=0)
    kept, shown = decode_pixels(data, "png", indexed=True), decode_pixels(data, "png")
    assert kept.mode == "P"
    box = (2, 1, 8, 6)
    assert np.array_equal(np.asarray(kept.crop(box).convert("RGBA")), np.asarray(shown.crop(box)))
    assert decode_pixels(saved(smooth(9, 7).convert("L"), "PNG"), "png", indexed=True).mode == "RGB"


def test_the_picture_outlives_its_file():
    """The pixels are loaded before the file is let go."""
    data = saved(smooth(9, 7), "PNG")
    assert decode_pixels(data, "png").resize((3, 3)).size == (3, 3)


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "avif"])
def test_a_broken_file_of_ours_is_a_typed_error(kind):
    """Bytes that no decoder takes are an error of encoding that names the format and the size."""
    with pytest.raises(EncodeError, match=f"The {kind} file of 30 bytes"):
        decode_pixels(bytes(30), kind)


def test_no_other_decoder_is_tried():
    """A PNG is not read where a JPEG was to be written."""
    buffer = io.BytesIO()
    smooth(4, 4).save(buffer, "PNG")
    with pytest.raises(EncodeError):
        decode_pixels(buffer.getvalue(), "jpeg")
