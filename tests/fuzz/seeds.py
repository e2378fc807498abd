"""Small valid files of every format that is read, with and without profiles, metadata and other parts."""

from __future__ import annotations

from support.uploads import (
    chunk,
    corner_picture,
    drawn_png,
    private_exif,
    saved,
    segment,
    srgb_profile,
    with_chunks,
    with_segments,
)


def make_seeds() -> dict[str, list[bytes]]:
    """Return four files or more for each format, by its name."""
    picture, small = corner_picture(), corner_picture(9, 7)
    exif, profile = b"Exif\0\0" + private_exif(6), srgb_profile()
    plain = saved(picture, "PNG")
    return {
        "png": [
            plain,
            saved(picture, "PNG", exif=exif, icc_profile=profile),
            saved(picture.quantize(16), "PNG", transparency=3),
            saved(small.convert("RGBA"), "PNG"),
            with_chunks(
                plain, chunk(b"gAMA", b"\0\1\x11\x70"), chunk(b"tEXt", b"Author\0Ada"), chunk(b"tIME", bytes(7))
            ),
            drawn_png([bytes(range(14))] * 7, 7, 7, 16, 0),
            drawn_png([b"\x5a\xa5"] * 9, 9, 9, 1, 3, chunk(b"PLTE", bytes(range(6))), chunk(b"tRNS", b"\0")),
        ],
        "jpeg": [
            saved(picture, "JPEG"),
            saved(picture, "JPEG", exif=exif, icc_profile=profile, progressive=True),
            saved(picture.convert("L"), "JPEG", restart_marker_blocks=2),
            saved(picture.convert("CMYK"), "JPEG"),
            with_segments(saved(small, "JPEG"), segment(0xFE, b"words"), segment(0xED, b"Photoshop 3.0\0more")),
        ],
        "webp": [
            saved(picture, "WEBP"),
            saved(picture, "WEBP", exif=exif, icc_profile=profile, xmp=b"<x/>"),
            saved(picture, "WEBP", lossless=True),
            saved(small.convert("RGBA"), "WEBP", quality=50),
        ],
        "gif": [
            saved(picture, "GIF"),
            saved(small, "GIF", comment=b"words"),
            saved(picture.quantize(4), "GIF", transparency=1),
            saved(picture, "GIF", interlace=1),
        ],
        "bmp": [saved(picture.convert(mode), "BMP") for mode in ("RGB", "L", "P", "1")],
        "tiff": [
            saved(picture, "TIFF"),
            saved(picture, "TIFF", compression="tiff_lzw", tiffinfo={315: "Ada", 33432: "2026"}),
            saved(picture, "TIFF", compression="jpeg"),
            saved(small.convert("RGBA"), "TIFF", compression="tiff_deflate"),
        ],
        "avif": [
            saved(picture, "AVIF"),
            saved(picture, "AVIF", exif=exif, icc_profile=profile, xmp=b"<x/>"),
            saved(small.convert("RGBA"), "AVIF"),
            saved(picture, "AVIF", subsampling="4:4:4", quality=90),
        ],
    }
