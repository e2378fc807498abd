"""Pillow behind its guard: every fault comes out typed, and nothing is left changed."""

from __future__ import annotations

import struct
import warnings
import zlib

import pytest
from PIL import Image

from autok.decoding.limits import Limits
from autok.decoding.opening import guard, load_picture, open_picture, raised_limit
from autok.errors import (
    CorruptImageError,
    EmptyFileError,
    MemoryLimitError,
    TooLongSideError,
    TooManyPixelsError,
    TruncatedImageError,
)
from support.uploads import corner_picture, saved


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (OSError("image file is truncated (3 bytes not processed)"), "truncated_image"),
        (ValueError("not enough image data"), "truncated_image"),
        (EOFError(), "truncated_image"),
        (OSError("broken data stream"), "corrupt_image"),
        *((kind("x"), "corrupt_image") for kind in (SyntaxError, TypeError, IndexError, KeyError, AttributeError)),
        *((kind("x"), "corrupt_image") for kind in (ZeroDivisionError, RuntimeError, AssertionError)),
        (struct.error("unpack requires a buffer of 4 bytes"), "corrupt_image"),
        (zlib.error("Error -3"), "corrupt_image"),
        (MemoryError(), "memory_limit"),
        (Image.DecompressionBombError("too large"), "too_many_pixels"),
        (Image.DecompressionBombWarning("large"), "too_many_pixels"),
    ],
)
def test_every_fault_has_its_error(fault: BaseException, code: str) -> None:
    """What libraries let through becomes a sentence that names the format, with the fault as its cause."""
    kinds = (TruncatedImageError, CorruptImageError, MemoryLimitError, TooManyPixelsError)
    with pytest.raises(kinds, match="WebP") as caught, guard("WebP"):
        raise fault
    assert (caught.value.code, caught.value.__cause__) == (code, fault)


def test_our_own_errors_and_the_users_wish_pass() -> None:
    """A typed error keeps its words, and an interruption is no fault of the picture."""
    own = EmptyFileError("The file has 0 bytes.")
    with pytest.raises(EmptyFileError) as caught, guard("PNG"):
        raise own
    assert caught.value is own
    with pytest.raises(KeyboardInterrupt), guard("PNG"):
        raise KeyboardInterrupt


def test_warnings_stay_inside() -> None:
    """Pillow's warnings are neither shown nor raised, but for the one that tells of a bomb."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with guard("TIFF"):
            warnings.warn("odd tag", UserWarning, stacklevel=1)
        with pytest.raises(TooManyPixelsError), guard("TIFF"):
            warnings.warn("bomb", Image.DecompressionBombWarning, stacklevel=1)
    assert not seen


@pytest.mark.parametrize(("own", "inside"), [(100, 5000), (9000, 9000), (None, 5000)])
def test_the_limit_is_raised_and_set_back(monkeypatch: pytest.MonkeyPatch, own: int | None, inside: int) -> None:
    """Pillow's own limit gives way where it is lower, and is as it was behind an error, too."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", own)

    def fail() -> None:
        with raised_limit(Limits(max_pixels=5000)):
            assert inside == Image.MAX_IMAGE_PIXELS
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert own == Image.MAX_IMAGE_PIXELS


def test_a_picture_is_opened_as_what_it_is_and_nothing_else() -> None:
    """The one decoder of its format is tried; bytes of another are damage, named by the format that was expected."""
    image = open_picture(saved(corner_picture(), "PNG"), "png", Limits())
    assert (image.format, image.size) == ("PNG", (48, 32))
    with pytest.raises(CorruptImageError, match="JPEG"):
        open_picture(saved(corner_picture(), "PNG"), "jpeg", Limits())


def test_the_size_is_checked_before_pixels_are() -> None:
    """A picture over the limit is refused though its data are cut off; one at the limit fails at its loading."""
    data = saved(corner_picture(), "PNG")[:80]
    with pytest.raises(TooLongSideError, match="48 x 32"):
        open_picture(data, "png", Limits(max_side=47))
    image = open_picture(data, "png", Limits(max_side=48))
    with pytest.raises(TruncatedImageError, match="PNG ends before"):
        load_picture(image, "PNG")


def test_a_loaded_picture_is_the_one_that_was_opened() -> None:
    """Loading gives back the very object with its pixels."""
    image = open_picture(saved(corner_picture(), "BMP"), "bmp", Limits())
    assert load_picture(image, "BMP") is image
    assert image.tobytes() == corner_picture().tobytes()
