"""Previews for browsers."""

from __future__ import annotations

import io

from PIL import Image

from autok.decoding import decode, preview
from autok.decoding.building import P3_POINTS, build_profile
from support.uploads import corner_picture, saved


def test_jpeg() -> None:
    """An opaque picture becomes a JPEG whose longest side is the one asked for."""
    shown = Image.open(io.BytesIO(preview(decode(saved(corner_picture(120, 60), "TIFF")), side=50)))
    assert (shown.format, shown.size) == ("JPEG", (50, 25))


def test_png() -> None:
    """A picture with alpha becomes a PNG, and one smaller than the side keeps its size."""
    picture = corner_picture().convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    shown = Image.open(io.BytesIO(preview(decode(saved(picture, "TIFF")))))
    assert (shown.format, shown.mode, shown.size) == ("PNG", "RGBA", picture.size)


def test_profile() -> None:
    """The preview carries the profile that the picture is kept in."""
    profile = build_profile(P3_POINTS, None, "Display P3")
    source = decode(saved(corner_picture(), "TIFF", icc_profile=profile))
    assert Image.open(io.BytesIO(preview(source))).info["icc_profile"] == profile


def test_thin_picture() -> None:
    """A picture a thousand times wider than tall keeps a row."""
    assert Image.open(io.BytesIO(preview(decode(saved(corner_picture(4000, 1), "PNG")), side=100))).size == (100, 1)
