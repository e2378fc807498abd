"""Telling a file's kind by its first bytes, never by its name."""

from __future__ import annotations

from autok.errors import EmptyFileError, UnsupportedFormatError
from autok.formats import Format

ACCEPTED = "PNG, JPEG, WebP, GIF, BMP, TIFF and AVIF"

_MAGIC: tuple[tuple[bytes, Format], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0", "tiff"),
    (b"MM\0+", "tiff"),
)
_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"\0\0\1\0", "a Windows icon (ICO)"),
    (b"\0\0\2\0", "a Windows cursor (CUR)"),
    (b"8BPS", "a Photoshop document (PSD)"),
    (b"%PDF-", "a PDF document"),
    (b"%!PS", "a PostScript document"),
    (b"PK\3\4", "a ZIP archive or an office document"),
    (b"PK\5\6", "an empty ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a Windows program"),
    (b"\xff\x0a", "a JPEG XL image"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL image"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 image"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 image"),
    (b"\x8aMNG", "an MNG animation"),
    (b"qoif", "a QOI image"),
    (b"\x76\x2f\x31\x01", "an OpenEXR image"),
    (b"FUJIFILMCCD-RAW", "a camera's raw file"),
    (b"\x1aE\xdf\xa3", "a Matroska or WebM video"),
    (b"OggS", "an Ogg recording"),
    (b"ID3", "an MP3 recording"),
)
_BRANDS: dict[bytes, Format] = {
    b"avif": "avif", b"avis": "avif", b"heic": "heic", b"heix": "heic", b"heim": "heic", b"heis": "heic",
    b"hevc": "heic", b"hevx": "heic",
}  # fmt: skip


def sniff(data: bytes) -> Format:
    """Return the format of a file by its first bytes.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    str
        One of the names of `autok.models.Format`.

    Raises
    ------
    EmptyFileError
        There are no bytes.
    UnsupportedFormatError
        The bytes are not an image, or one of a kind that is refused; the message names the kind.
    """
    if not data:
        raise EmptyFileError("The file has 0 bytes. Choose the image again; the upload may have been interrupted.")
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    # Two letters begin many a text: the reserved bytes of the header have to be 0, too.
    if data[:2] == b"BM" and data[6:10] == b"\0\0\0\0" and len(data) > 14:
        return "bmp"
    if data[4:8] == b"ftyp":
        return _brand(data)
    raise UnsupportedFormatError(f"This file is {_describe(data)}. Auto-K reads {ACCEPTED}; save it as one of these.")


def _brand(data: bytes) -> Format:
    # A box may claim any length; brands beyond this one would be noise.
    size = min(int.from_bytes(data[:4], "big"), 256)
    brands = (data[8:12], *(data[at : at + 4] for at in range(16, size, 4)))
    for brand in brands:
        if brand in _BRANDS:
            return _BRANDS[brand]
    words = "is an image of an unknown kind" if brands[0] == b"mif1" else "is a video or audio recording"
    raise UnsupportedFormatError(f"This file {words}. Auto-K reads {ACCEPTED}, one picture each.")


def _describe(data: bytes) -> str:
    for magic, words in _REFUSED:
        if data.startswith(magic):
            return words
    if data[:4] == b"RIFF":
        return "a video or audio recording (RIFF)"
    if data[:2] == b"\xff\xd8":
        return "only the first bytes of a JPEG"
    if data[1:4] == b"PNG":
        return "a PNG whose first eight bytes were damaged, as a transfer in text mode does"
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in head:
        return "an SVG drawing"
    if head.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script")):
        return "a web page (HTML)"
    if head.startswith((b"<?xml", b"<")):
        return "an XML document"
    return "plain text" if _is_text(data[:1024]) else "of no known image format"


def _is_text(sample: bytes) -> bool:
    try:
        text = sample.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 3:
            return False
        text = sample[: error.start].decode("utf-8")
    return all(letter.isprintable() or letter in "\t\r\n\f" for letter in text)
