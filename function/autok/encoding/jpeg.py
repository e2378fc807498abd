"""JPEG: our own choice of coefficients for pictures of web size, jpegli above, Pillow where a package is missing.

Every file then passes mozjpeg's lossless choice of scans and codes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from autok.encoding.apart import call_apart
from autok.encoding.checks import check_mode, check_quality, check_sides, save_image
from autok.encoding.jpeg_blocks import ZIGZAG, Subsampling, split_components
from autok.encoding.jpeg_chroma import Chroma, choose_chroma
from autok.encoding.jpeg_codes import write_baseline
from autok.encoding.jpeg_quantization import quantize_component
from autok.encoding.jpeg_tables import make_tables
from autok.encoding.segments import insert_segments
from autok.errors import EncodeError
from autok.models import Metadata, strips

LONGEST_SIDE = 65_500
"""libjpeg's own limit, a little below the 65,535 of the format."""
WEIGHED_PIXELS = 4_200_000
"""Pixels up to which each coefficient is weighed: it costs some 0.1 s a megapixel and saves 7 % against jpegli
at a score of 70: 20 % against Pillow's optimized progressive instead of 14 %."""
STEPS = 50
"""Settings of one whole quality. Of the 64 steps in each table two or so change from one setting to the next, which
moves a photo's size by some 0.2 %, and by 1.4 % at most where chroma grows finer as well."""

Encode = Callable[[NDArray[np.uint8], int, int, int], bytes]
Rewrite = Callable[[bytes], bytes]


def encode_jpeg(
    image: Image.Image,
    quality: float,
    metadata: Metadata,
    *,
    final: bool = True,
    subsampling: Subsampling | None = None,
    pixel_count: int | None = None,
) -> bytes:
    """Write a picture as a progressive JPEG.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode RGB, or L. An RGB picture whose pixels are all grey is written with one component.
    quality : float
        1 to 100, rounded to a whole step where jpegli writes.
    metadata : Metadata
        Profile, EXIF and XMP to embed; nothing else is written.
    final : bool, optional
        False gives a quick probe with the same pixels that is some 10 % larger; the default is True.
    subsampling : {"4:2:0", "4:4:4"}, optional
        Resolution of chroma; the default goes by quality and colour edges, see `choose_chroma`.
    pixel_count : int, optional
        Pixels of the whole where `image` is a sample of it, so that the probe is encoded as the whole will be; the
        default is the picture's own.

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
    if image.mode == "RGB" and is_grey(image):
        image = image.convert("L")
    chroma = Chroma(subsampling) if subsampling else choose_chroma(image, step)
    pixels = pixel_count or image.width * image.height
    if _mozjpeg(keep=False) is not None and pixels <= WEIGHED_PIXELS:
        data = _encode_weighed(image, step, chroma)
    elif (jpegli := _jpegli()) is not None and image.mode == "RGB" and chroma.subsampling == "4:2:0":
        data = jpegli(_pixels(image), image.width, image.height, round(step))
    else:
        data = _encode_pillow(image, step, chroma)
    return insert_segments(_rewrite(data, keep=False) if final else data, metadata)


def quality_steps(pixel_count: int) -> int:
    """Return how many settings one whole quality is divided into for a picture of that size.

    Parameters
    ----------
    pixel_count : int
        Width times height.

    Returns
    -------
    int
        `STEPS`; 1 where jpegli writes, whose package takes whole numbers alone.
    """
    weighed = _mozjpeg(keep=False) is not None and pixel_count <= WEIGHED_PIXELS
    return STEPS if weighed or _jpegli() is None else 1


def rewrite_jpeg(data: bytes) -> bytes:
    """Rewrite a JPEG losslessly: the same coefficients and segments, better scans and codes.

    Parameters
    ----------
    data : bytes
        A JPEG already rid of private segments.

    Returns
    -------
    bytes
        The rewritten file, 1 to 13 % smaller; `data` itself where nothing got smaller, mozjpeg is not there, or does
        not take the file.

    Raises
    ------
    EncodeError
        If the data are no JPEG.

    Notes
    -----
    Some damaged files that every decoder shows hold coefficients that no encoder writes; mozjpeg then ends its process.
    """
    if data[:3] != b"\xff\xd8\xff":
        raise EncodeError(f"These {len(data)} bytes are no JPEG and cannot be rewritten as one; decode them first.")
    rewritten = call_apart(partial(_rewrite, keep=True), data)
    return data if rewritten is None or len(rewritten) >= len(data) else rewritten


def jpeg_encoder_name(pixel_count: int = 0) -> str:
    """Name what writes a JPEG of that size here, for the report.

    Parameters
    ----------
    pixel_count : int, optional
        Width times height; the default, 0, names what writes small pictures.

    Returns
    -------
    str
        Such as ``Auto-K + mozjpeg``, ``jpegli + mozjpeg``, or ``Pillow``.
    """
    if _mozjpeg(keep=False) is None:
        return "jpegli" if _jpegli() else "Pillow"
    first = "Auto-K" if pixel_count <= WEIGHED_PIXELS else "jpegli" if _jpegli() else "Pillow"
    return f"{first} + mozjpeg"


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


def _encode_weighed(image: Image.Image, quality: float, chroma: Chroma) -> bytes:
    components = split_components(image, chroma.subsampling)
    fine, coarse = make_tables(quality, chroma.coarseness)
    quantized = [
        quantize_component(component.coefficients, coarse if component.chroma else fine) for component in components
    ]
    tables = (fine,) if len(components) == 1 else (fine, coarse)
    return write_baseline(image.size, quantized, [component.sampling for component in components], tables)


def _encode_pillow(image: Image.Image, quality: float, chroma: Chroma) -> bytes:
    tables = make_tables(quality, chroma.coarseness)
    return save_image(
        image,
        label="JPEG",
        qtables=[_row_major(table) for table in tables],
        optimize=True,
        progressive=True,
        subsampling=chroma.subsampling,
        comment=b"",
    )


def _row_major(table: NDArray[np.uint8]) -> list[int]:
    steps = np.empty(64, dtype=np.uint8)
    steps[ZIGZAG] = table
    return [int(step) for step in steps]


def _pixels(image: Image.Image) -> NDArray[np.uint8]:
    # Image.tobytes holds the picture twice while it joins its pieces.
    packed = np.empty((image.height, image.width, 3), dtype=np.uint8)
    for top, bottom, pixels in strips(image):
        packed[top:bottom] = pixels
    return packed


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
        from mozjpeg_lossless_optimization.mozjpeg_opti import ffi, lib
    except ImportError:
        return None
    copy = int(mozjpeg.COPY_MARKERS.ALL if keep else mozjpeg.COPY_MARKERS.NONE)

    def rewrite(data: bytes) -> bytes:
        # The package's own function makes a list of all bytes first: eight times the file's memory, and slow.
        place = ffi.gc(ffi.new("unsigned char**"), lib.mozjpeg_lossless_optimization_free_bytes)
        size = lib.mozjpeg_lossless_optimization(data, len(data), place, copy)
        if not size:
            raise ValueError("not a JPEG that it takes")
        rewritten: bytes = ffi.buffer(place[0], size)[:]
        return rewritten

    return rewrite
