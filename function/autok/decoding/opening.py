"""Pillow behind a guard: one format at a time, no surprises, and every failure a typed error."""

from __future__ import annotations

import io
import logging
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from autok.decoding.limits import Limits
from autok.errors import AutokError, CorruptImageError, MemoryLimitError, TooManyPixelsError, TruncatedImageError
from autok.formats import FORMATS, Format

# Pillow reports oddities of a file to its logger; without a handler they would end up on standard error.
logging.getLogger("PIL").addHandler(logging.NullHandler())

# Whatever Pillow and the libraries below it are known to let through on hostile bytes.
_FAULTS = (
    OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, AttributeError, ArithmeticError, RuntimeError,
    EOFError, AssertionError, struct.error, zlib.error,
)  # fmt: skip


@contextmanager
def guard(name: str) -> Iterator[None]:
    """Turn every failure inside into a typed error that names the format, and keep Pillow's warnings quiet.

    Parameters
    ----------
    name : str
        The format as people write it.

    Raises
    ------
    TruncatedImageError
        The data end too early.
    TooManyPixelsError
        Pillow's own check found the picture too large.
    CorruptImageError
        Anything else in the data is wrong.
    MemoryLimitError
        There is not enough memory for the picture.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except AutokError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixelsError(f"The {name} picture is too large to be decoded. Scale it down.") from error
    except MemoryError as error:
        raise MemoryLimitError(
            f"Decoding this {name} needs more memory than there is. Scale the picture down."
        ) from error
    except _FAULTS as error:
        words = str(error).lower()
        if "truncated" in words or "not enough" in words or isinstance(error, EOFError):
            raise TruncatedImageError(f"The {name} ends before its picture does. Copy or export it again.") from error
        raise CorruptImageError(
            f"The {name}'s picture data cannot be decoded: they are damaged, or of a variant that is not supported. "
            "Export the image again as PNG or JPEG."
        ) from error


@contextmanager
def raised_limit(limits: Limits) -> Iterator[None]:
    """Raise Pillow's own limit on pixels to that of `limits` meanwhile, where it is lower."""
    own = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = max(own or 0, limits.max_pixels)
    try:
        yield
    finally:
        Image.MAX_IMAGE_PIXELS = own


def open_picture(data: bytes, kind: Format, limits: Limits) -> Image.Image:
    """Open a picture without decoding it, as the one format that it was found to be.

    Parameters
    ----------
    data : bytes
        The file.
    kind : str
        Its format.
    limits : Limits
        Checked on the size that the decoder reports.

    Returns
    -------
    PIL.Image.Image
        Not loaded yet; `load_picture` does that.

    Raises
    ------
    InputError
        The header is damaged or over a limit.
    """
    with guard(FORMATS[kind].label):
        image = Image.open(io.BytesIO(data), formats=[kind.upper()])
    limits.check_size(*image.size)
    return image


def load_picture(image: Image.Image, name: str) -> Image.Image:
    """Decode the pixels of an opened picture and return it.

    Raises
    ------
    InputError
        The data are damaged or cut off.
    """
    with guard(name):
        image.load()
    return image
