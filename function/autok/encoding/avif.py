"""AVIF: written by Pillow's libavif with aom, on one thread so that the bytes never vary."""

from __future__ import annotations

from PIL import Image

from autok.encoding.checks import check_mode, check_quality, check_sides, save_image
from autok.models import Metadata

LONGEST_SIDE = 65_536
"""AV1 holds 16 bits plus one a side."""
SPEED_BY_PIXELS: tuple[tuple[int, int], ...] = ((1_000_000, 6), (4_000_000, 7), (16_000_000, 8))
"""Pixels up to which an encoder speed is used."""
FASTEST = 9


def quality_steps(_pixel_count: int) -> int:
    """Return how many settings one whole quality is divided into: 1, for Pillow takes whole numbers alone."""
    return 1


def encode_avif(image: Image.Image, quality: float, metadata: Metadata, *, speed: int | None = None) -> bytes:
    """Write a picture as AVIF.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode RGB or RGBA.
    quality : float
        1 to 100, rounded to a whole step; AVIF has 64 of them, so that some neighbours give the same file.
    metadata : Metadata
        Profile, EXIF and XMP to embed; nothing else is written.
    speed : int, optional
        0 (slow) to 10; the default goes by the number of pixels.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    EncodeError
        If the mode, a side or the quality is not AVIF's.
    """
    check_mode(image, label="AVIF", modes=("RGB", "RGBA"))
    check_sides(image.width, image.height, label="AVIF", longest=LONGEST_SIDE)
    pixels = image.width * image.height
    by_size = next((choice for limit, choice in SPEED_BY_PIXELS if pixels <= limit), FASTEST)
    return save_image(
        image,
        label="AVIF",
        quality=round(check_quality(quality, label="AVIF")),
        speed=by_size if speed is None else speed,
        codec="aom",
        subsampling="4:2:0",
        max_threads=1,
        autotiling=False,
        icc_profile=metadata.icc_profile or b"",
        exif=b"Exif\0\0" + metadata.exif if metadata.exif else b"",
        xmp=metadata.xmp or b"",
    )
