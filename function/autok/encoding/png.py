"""PNG: palette pictures at the smallest bit depth, true colour, and the lossless rewrite of a PNG.

Pillow writes (one pass, no copy of the pixels), oxipng rewrites. Where oxipng cannot be imported, Pillow's own
file at its highest level is the result. Effort follows the number of pixels and never the clock.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from autok.encoding.checks import check_mode, check_sides, save_image
from autok.encoding.palettes import pack_palette
from autok.errors import EncodeError
from autok.models import IndexedImage, Metadata, SourceImage

LONGEST_SIDE = 1_000_000
"""PNG itself allows 2^31 - 1; readers (libpng by default) stop at a million."""

EFFORT_BY_PIXELS: tuple[tuple[int, int], ...] = ((1_000_000, 4), (4_000_000, 2), (24_000_000, 1))
"""Pixels up to which an oxipng level is used; above the last, Pillow's file stands."""


def encode_png(indexed: IndexedImage, metadata: Metadata, *, effort: int | None = None) -> bytes:
    """Write a palette picture as the smallest PNG that its size's effort finds.

    Unused and repeated palette entries are dropped, entries with transparency come first so that tRNS is short,
    indices take 1, 2, 4 or 8 bits, and a grey palette becomes greyscale where that is smaller.

    Parameters
    ----------
    indexed : IndexedImage
        Palette of shape (K, 4) and indices of shape (H, W).
    metadata : Metadata
        Profile, EXIF and XMP to embed; nothing else is written.
    effort : int, optional
        oxipng level 1 to 6, or 0 for Pillow alone; the default goes by the number of pixels.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    EncodeError
        If a side is beyond what readers accept, or the writer fails.
    """
    height, width = indexed.indices.shape
    check_sides(width, height, label="PNG", longest=LONGEST_SIDE)
    level = _level(width * height, effort)
    image, params = _palette_image(pack_palette(indexed))
    return _write(image, metadata, level, **params)


def encode_png_lossless(source: SourceImage, *, effort: int | None = None) -> bytes:
    """Write a picture as a true-colour PNG that looks exactly like it.

    Every visible pixel is kept; the colour under full transparency, which nobody sees, is not.

    Parameters
    ----------
    source : SourceImage
        The decoded picture, RGB or RGBA, with its metadata.
    effort : int, optional
        oxipng level 1 to 6, or 0 for Pillow alone; the default goes by the number of pixels.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    EncodeError
        If a side is beyond what readers accept, or the writer fails.
    """
    image = source.image
    check_mode(image, label="PNG", modes=("RGB", "RGBA"))
    check_sides(image.width, image.height, label="PNG", longest=LONGEST_SIDE)
    level = _level(image.width * image.height, effort)
    return _write(image, source.metadata, level, optimize_alpha=True)


def optimize_png(data: bytes, *, effort: int | None = None) -> bytes:
    """Rewrite a PNG losslessly: the same pixels, the same chunks, fewer bytes.

    Parameters
    ----------
    data : bytes
        A PNG that has been decoded before, already rid of what must not stay.
    effort : int, optional
        oxipng level 1 to 6, or 0 to leave it alone; the default goes by the number of pixels.

    Returns
    -------
    bytes
        The rewritten file; `data` itself where nothing got smaller or oxipng is not there.

    Raises
    ------
    EncodeError
        If the data are no PNG.
    """
    if data[:8] != b"\x89PNG\r\n\x1a\n" or len(data) < 33:
        raise EncodeError(f"These {len(data)} bytes are no PNG and cannot be rewritten as one; decode them first.")
    pixels = int.from_bytes(data[16:20], "big") * int.from_bytes(data[20:24], "big")
    rewritten = _shrink(data, _level(pixels, effort), optimize_alpha=False)
    return rewritten if len(rewritten) < len(data) else data


def png_encoder_name(pixel_count: int, effort: int | None = None) -> str:
    """Name what writes a PNG of that size, for the report.

    Parameters
    ----------
    pixel_count : int
        Width times height.
    effort : int, optional
        As for `encode_png`.

    Returns
    -------
    str
        Such as ``oxipng 4``, or ``Pillow``.
    """
    level = _level(pixel_count, effort)
    return f"oxipng {level}" if level and _oxipng() else "Pillow"


def _level(pixels: int, effort: int | None) -> int:
    if effort is not None:
        if not 0 <= effort <= 6:
            raise EncodeError(f"PNG effort runs from 0 to 6, and {effort} was given; choose one in that range.")
        return effort
    return next((level for limit, level in EFFORT_BY_PIXELS if pixels <= limit), 0)


@cache
def _oxipng() -> ModuleType | None:
    try:
        import oxipng
    except ImportError:
        return None
    return oxipng


def _palette_image(indexed: IndexedImage) -> tuple[Image.Image, dict[str, Any]]:
    palette, indices = indexed.palette, indexed.indices
    if _grey_pays(palette):
        levels: NDArray[np.uint8] = palette[:, 0][indices]
        return Image.fromarray(levels), {}
    height, width = indices.shape
    image = Image.frombuffer("P", (width, height), np.ascontiguousarray(indices), "raw", "P", 0, 1)
    image.putpalette(palette[:, :3].tobytes())
    alphas = palette[:, 3]
    params: dict[str, Any] = {"bits": _bit_depth(len(palette))}
    if alphas.min() < 255:
        params["transparency"] = alphas[: int(np.flatnonzero(alphas < 255)[-1]) + 1].tobytes()
    return image, params


def _grey_pays(palette: NDArray[np.uint8]) -> bool:
    grey = bool((palette[:, :3] == palette[:, :1]).all()) and bool((palette[:, 3] == 255).all())
    return grey and len(palette) > 16


def _bit_depth(colors: int) -> int:
    return next(bits for bits in (1, 2, 4, 8) if colors <= 1 << bits)


def _write(image: Image.Image, metadata: Metadata, level: int, *, optimize_alpha: bool = False, **params: Any) -> bytes:
    chunks = PngImagePlugin.PngInfo()
    if metadata.xmp:
        chunks.add_itxt("XML:com.adobe.xmp", metadata.xmp.decode("utf-8", "replace"))
    use_oxipng = level > 0 and _oxipng() is not None
    params.setdefault("transparency", None)
    data = save_image(
        image,
        label="PNG",
        compress_level=1 if use_oxipng else 9 if level else 6,
        icc_profile=metadata.icc_profile,
        exif=b"Exif\0\0" + metadata.exif if metadata.exif else None,
        pnginfo=chunks,
        **params,
    )
    return _shrink(data, level, optimize_alpha=optimize_alpha) if use_oxipng else data


def _shrink(data: bytes, level: int, *, optimize_alpha: bool) -> bytes:
    oxipng = _oxipng()
    if oxipng is None or level == 0:
        return data
    try:
        shrunk: bytes = oxipng.optimize_from_memory(
            data, level=level, interlace="off", strip="none", optimize_alpha=optimize_alpha
        )
    except oxipng.PngError as fault:
        raise EncodeError(f"oxipng refused a PNG of {len(data)} bytes: {fault}; choose another format.") from fault
    return shrunk
