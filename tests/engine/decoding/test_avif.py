"""Rewriting AVIF files."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from autok.decoding import decode
from autok.decoding.avif import write_avif
from autok.decoding.container import Blocks
from support.uploads import corner_picture, private_exif, saved

SECRET_BOX = b"\0\0\0\x0euuidSECRET"


def _sample(**options: object) -> bytes:
    picture = corner_picture().convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    return saved(picture, "AVIF", exif=b"Exif\0\0" + private_exif(6), xmp=b"SECRET", **options)


def test_rewritten() -> None:
    """Colour, alpha and turn survive to the byte; EXIF, XMP, further boxes and trailing bytes do not."""
    data = _sample() + SECRET_BOX + b"SECRET"
    source = decode(data)
    assert source.original is not None
    assert b"SECRET" not in source.original
    again = decode(source.original)
    assert source.has_alpha
    assert np.array_equal(np.asarray(again.image), np.asarray(source.image))
    assert again.original == source.original
    assert again.metadata.removed == ()


def test_unreferenced_bytes() -> None:
    """Bytes of the media box that no picture points to are left out."""
    data = _sample()
    at = data.index(b"mdat") - 4
    stuffed = data[:at] + data[at:].replace(b"mdat", b"mdat", 1) + b"SECRET gap"
    stuffed = stuffed[:at] + (len(stuffed) - at).to_bytes(4, "big") + stuffed[at + 4 :]
    original = decode(stuffed).original
    assert original == decode(data).original


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"av01Color", b"xv01Color"),
        (b"infe\x02", b"infe\x01"),
        (b"pixi", b"udes"),
        (b"iinf", b"xinf"),
        (b"ftypavif", b"ftypavis"),
    ],
)
def test_anything_unusual(old: bytes, new: bytes) -> None:
    """An item, property or layout that is not known makes the rewriting give up."""
    data = _sample()
    assert old in data
    assert write_avif(data, Blocks()) is not None
    assert write_avif(data.replace(old, new, 1), Blocks()) is None


@pytest.mark.parametrize("cut", [4, 40, 200, 400])
def test_cut_file(cut: int) -> None:
    """A file whose boxes end too early makes the rewriting give up."""
    assert write_avif(_sample()[:cut], Blocks()) is None


def test_metadata_asked_for() -> None:
    """Where EXIF is to be carried, there is no kept original."""
    assert decode(_sample(), metadata="copyright").original is None
