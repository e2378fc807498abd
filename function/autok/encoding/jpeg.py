"""JPEG: jpegli's quantization, then mozjpeg's lossless choice of scans; Pillow where they are not there."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from autok.encoding.limits import check_mode, check_quality, check_sides, save_image
from autok.encoding.segments import insert_segments
from autok.errors import EncodeError
from autok.models import Metadata, strips

LONGEST_SIDE = 65_500
"""libjpeg's own limit, a little below the 65,535 of the format."""

Subsampling = Literal["4:2:0", "4:4:4"]
Encode = Callable[[NDArray[np.uint8], int, int, int], bytes]
Rewrite = Callable[[bytes], bytes]


def encode_jpeg(
    image: Image.Image,
    quality: float,
    metadata: Metadata,
    *,
    final: bool = True,
    subsampling: Subsampling | None = None,
) -> bytes:
    """Write a picture as a progressive JPEG.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode RGB, or L. An RGB picture whose pixels are all grey is written with one component.
    quality : float
        1 to 100, rounded to a whole step.
    metadata : Metadata
        Profile, EXIF and XMP to embed; nothing else is written.
    final : bool, optional
        False gives a quick probe with the same pixels that is some 10 % larger; the default is True.
    subsampling : {"4:2:0", "4:4:4"}, optional
        Resolution of chroma; the default is 4:2:0.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    EncodeError
        If the mode, a side or the quality is not JPEG's, or a metadata block is too long for it.
    """
    check_mode(image, label="JPEG", modes=("RGB", "L"))
    check_sides(image.width, image.height, label="JPEG", longest=LONGEST_SIDE)
    step = check_quality(quality, label="JPEG")
    grey = image.mode == "L" or is_grey(image)
    jpegli = _jpegli()
    if jpegli is None or grey or subsampling == "4:4:4":
        data = _encode_pillow(image.convert("L") if grey else image, step, subsampling or "4:2:0")
    else:
        data = jpegli(_pixels(image), image.width, image.height, step)
    return insert_segments(_rewrite(data, keep=False) if final else data, metadata)


def rewrite_jpeg(data: bytes) -> bytes:
    """Rewrite a JPEG losslessly: the same coefficients and segments, better scans and codes.

    Parameters
    ----------
    data : bytes
        A JPEG that has been decoded before (a damaged one can end the process), already rid of private segments.

    Returns
    -------
    bytes
        The rewritten file, 1 to 13 % smaller; `data` itself where nothing got smaller or mozjpeg is not there.

    Raises
    ------
    EncodeError
        If the data are no JPEG.
    """
    if data[:3] != b"\xff\xd8\xff":
        raise EncodeError(f"These {len(data)} bytes are no JPEG and cannot be rewritten as one; decode them first.")
    rewritten = _rewrite(data, keep=True)
    return rewritten if len(rewritten) < len(data) else data


def jpeg_encoder_name() -> str:
    """Name what writes JPEGs here, for the report.

    Returns
    -------
    str
        Such as ``jpegli + mozjpeg``, or ``Pillow``.
    """
    first = "jpegli" if _jpegli() else "Pillow"
    return f"{first} + mozjpeg" if _mozjpeg(keep=False) else first


def is_grey(image: Image.Image) -> bool:
    """Tell whether every pixel of an RGB picture is grey.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode RGB.

    Returns
    -------
    bool
        True where red, green and blue are equal in every pixel.
    """
    return all(
        bool((pixels[..., 0] == pixels[..., 1]).all() and (pixels[..., 1] == pixels[..., 2]).all())
        for _, _, pixels in strips(image)
    )


def _pixels(image: Image.Image) -> NDArray[np.uint8]:
    # Image.tobytes holds the picture twice while it joins its pieces.
    packed = np.empty((image.height, image.width, 3), dtype=np.uint8)
    for top, bottom, pixels in strips(image):
        packed[top:bottom] = pixels
    return packed


def _encode_pillow(image: Image.Image, quality: int, subsampling: Subsampling) -> bytes:
    return save_image(
        image,
        label="JPEG",
        quality=quality,
        optimize=True,
        progressive=True,
        subsampling=subsampling,
        comment=b"",
    )


def _rewrite(data: bytes, *, keep: bool) -> bytes:
    mozjpeg = _mozjpeg(keep=keep)
    if mozjpeg is None:
        return data
    try:
        return mozjpeg(data)
    except ValueError as fault:
        raise EncodeError(f"mozjpeg refused a JPEG of {len(data)} bytes: {fault}; choose another format.") from fault


@cache
def _jpegli() -> Encode | None:
    try:
        import pyjpegli
    except ImportError:
        return None
    encode: Encode = pyjpegli.encode
    return encode


@cache
def _mozjpeg(*, keep: bool) -> Rewrite | None:
    try:
        import mozjpeg_lossless_optimization as mozjpeg
    except ImportError:
        return None
    copy = mozjpeg.COPY_MARKERS.ALL if keep else mozjpeg.COPY_MARKERS.NONE

    def rewrite(data: bytes) -> bytes:
        rewritten: bytes = mozjpeg.optimize(data, copy=copy)
        return rewritten

    return rewrite
