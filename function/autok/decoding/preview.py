"""A picture for the page where browsers cannot show the upload."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from autok.models import SourceImage

QUALITY = 85
"""JPEG quality; beside the compressed result, artefacts of the preview must not be seen."""


def preview(source: SourceImage, side: int = 2048) -> bytes:
    """Return a picture that every browser shows: a JPEG, or a PNG where there is alpha.

    Parameters
    ----------
    source : SourceImage
        The decoded upload.
    side : int, optional
        Longest side in pixels, at least 1; smaller pictures are not enlarged. The default is 2048, a wide screen.

    Returns
    -------
    bytes
        The file, with the picture's RGB profile and without any other metadata.
    """
    factor = min(1.0, side / max(source.width, source.height))
    size = (max(1, round(source.width * factor)), max(1, round(source.height * factor)))
    image = source.image
    if size != image.size:
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    target = io.BytesIO()
    profile: dict[str, Any] = {"icc_profile": source.metadata.icc_profile}
    if source.has_alpha:
        image.save(target, "PNG", **profile)
    else:
        image.save(target, "JPEG", quality=QUALITY, progressive=True, exif=b"", **profile)
    return target.getvalue()
