"""Telling a file's kind by its first bytes."""

from __future__ import annotations

import pytest

from autok.decoding.sniffing import sniff
from autok.errors import EmptyFileError, UnsupportedFormatError
from support.uploads import corner_picture, saved


@pytest.mark.parametrize(
    ("plugin", "expected"),
    [("PNG", "png"), ("JPEG", "jpeg"), ("WEBP", "webp"), ("GIF", "gif"), ("BMP", "bmp"), ("TIFF", "tiff"),
     ("AVIF", "avif")],
)  # fmt: skip
def test_formats(plugin: str, expected: str) -> None:
    """Each accepted format is recognised by what Pillow writes of it."""
    assert sniff(saved(corner_picture(), plugin)) == expected


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\0\0\1\0\1\0", "Windows icon"),
        (b"8BPS\0\1", "Photoshop"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\3\4....", "ZIP"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"<svg/>", "SVG"),
        (b"<!DOCTYPE html><title>x</title>", "HTML"),
        (b"<?xml version='1.0'?><note/>", "XML"),
        ("Grüße, nur Text.\n".encode(), "plain text"),
        (("ä" * 600).encode()[:1024], "plain text"),
        (b"\xff\xd8", "first bytes of a JPEG"),
        (b"\x89PNG\r\r\x1a\r", "text mode"),
        (b"RIFF\0\0\0\0WAVEfmt ", "RIFF"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "video"),
        (b"\0\0\0\x14ftypmif1\0\0\0\0mif1", "unknown kind"),
        (b"\xff\x0a\x00", "JPEG XL"),
        (bytes(range(128, 256)), "no known image format"),
    ],
)
def test_refusals(data: bytes, words: str) -> None:
    """What is not accepted is refused by its name, with what to do."""
    with pytest.raises(UnsupportedFormatError, match=words) as caught:
        sniff(data)
    assert "Auto-K reads PNG" in str(caught.value)


def test_empty() -> None:
    """A file without bytes has an error of its own."""
    with pytest.raises(EmptyFileError, match="0 bytes"):
        sniff(b"")
