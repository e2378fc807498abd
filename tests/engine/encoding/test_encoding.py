"""What the package hands out: writers that give a file of pixels and of nothing that nobody named."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from autok import encoding
from autok.decoding import decode
from autok.encoding import ENCODERS, decode_pixels, encode_png_lossless, optimize_png
from autok.models import Metadata
from support.drawings import source_of
from support.encoded import smooth


def test_what_is_promised_is_there_and_sorted() -> None:
    """Every name of the list resolves, in the order in which a reader looks for it."""
    assert all(hasattr(encoding, name) for name in encoding.__all__)
    assert encoding.__all__ == sorted(encoding.__all__)


@pytest.mark.parametrize("name", sorted(ENCODERS))
def test_nothing_private_of_the_picture_object_is_written(name: str) -> None:
    """What a library hangs on an image (a comment, EXIF, a resolution) is in no file that was asked for pixels."""
    picture = smooth(40, 30)
    picture.info.update(comment=b"SECRET", exif=b"Exif\0\0SECRET", dpi=(301, 301), xmp=b"SECRET", Author="SECRET")
    plain = ENCODERS[name].write(smooth(40, 30), 70, Metadata())
    assert ENCODERS[name].write(picture, 70, Metadata()) == plain
    assert b"SECRET" not in plain


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_lossless_file_is_the_picture(mode: str) -> None:
    """What can be seen comes back as it went in, and again after the file was made smaller."""
    pixels = np.asarray(smooth(37, 23, mode))
    seen = pixels[..., -1] > 0 if mode == "RGBA" else np.ones(pixels.shape[:2], bool)
    data = encode_png_lossless(source_of(pixels))
    smaller = optimize_png(data)
    assert len(smaller) <= len(data)
    for each in (data, smaller):
        assert np.array_equal(np.asarray(decode_pixels(each, "png").convert(mode))[seen], pixels[seen])


@pytest.mark.parametrize("name", sorted(ENCODERS))
def test_what_is_written_is_an_upload_again(name: str) -> None:
    """A result put into the bucket is decoded like any other picture, at its sides."""
    data = ENCODERS[name].write(smooth(41, 29), 80, Metadata())
    source = decode(data)
    assert (source.format, source.image.size) == (name, (41, 29))
    assert Image.open(io.BytesIO(data)).size == (41, 29)
