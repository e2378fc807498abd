"""HEIC with and without the optional package."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from autok.decoding import Limits, decode
from autok.errors import CorruptImageError, TooManyPixelsError, UnsupportedFormatError
from support.uploads import corner_picture, private_exif

HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"


class _Picture:
    """What pi_heif gives for one picture; it counts how often pixels are decoded."""

    def __init__(self, image: Image.Image) -> None:
        self.size, self.image, self.decoded = image.size, image, 0
        self.info: dict[str, Any] = {"exif": b"Exif\0\0" + private_exif(6), "thumbnails": [64]}

    def to_pillow(self) -> Image.Image:
        """Decode."""
        self.decoded += 1
        return self.image


class _File(list[_Picture]):
    primary_index = 1


@pytest.fixture
def picture(monkeypatch: pytest.MonkeyPatch) -> _Picture:
    """Return the primary picture of a file of two, behind a stand-in for pi_heif."""
    primary = _Picture(corner_picture())
    file = _File([_Picture(Image.new("RGB", (1, 1))), primary])
    monkeypatch.setitem(sys.modules, "pi_heif", SimpleNamespace(open_heif=lambda data, convert_hdr_to_8bit: file))
    return primary


def test_primary_picture(picture: _Picture) -> None:
    """The primary picture is taken as the library turned it, without an original, and without private data."""
    source = decode(HEIC, metadata="copyright")
    assert (source.format, source.image.size) == ("heic", (48, 32))
    assert source.original is None
    assert source.notes == ("Only the first picture was taken; the file holds more than one.",)
    assert {"GPS position", "thumbnail"} <= set(source.metadata.removed)
    assert source.metadata.kept == ("author", "copyright", "date")
    assert picture.decoded == 1


def test_limits(picture: _Picture) -> None:
    """Limits are checked before pixels are decoded."""
    with pytest.raises(TooManyPixelsError):
        decode(HEIC, Limits(max_pixels=100))
    assert picture.decoded == 0


def test_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the library refuses is damage."""

    def refuse(data: object, *, convert_hdr_to_8bit: bool) -> None:
        raise ValueError("bad box")

    monkeypatch.setitem(sys.modules, "pi_heif", SimpleNamespace(open_heif=refuse))
    with pytest.raises(CorruptImageError, match="HEIC"):
        decode(HEIC)


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package the refusal says what to do."""
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    with pytest.raises(UnsupportedFormatError, match="pi_heif"):
        decode(HEIC)
