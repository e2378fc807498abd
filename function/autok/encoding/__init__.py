"""Writers of PNG, JPEG, WebP and AVIF: pixels in, the bytes of a file out, the same bytes every time.

Nothing is written but pixels and what `Metadata` says; every fault is an `EncodeError`.
"""

from __future__ import annotations

from autok.encoding.avif import encode_avif
from autok.encoding.jpeg import encode_jpeg, jpeg_encoder_name, rewrite_jpeg
from autok.encoding.palettes import pack_palette
from autok.encoding.png import encode_png, encode_png_lossless, optimize_png, png_encoder_name
from autok.encoding.registry import ENCODERS, Encoder, able_formats
from autok.encoding.rereading import decode_pixels
from autok.encoding.webp import encode_webp, encode_webp_indexed

__all__ = [
    "ENCODERS",
    "Encoder",
    "able_formats",
    "decode_pixels",
    "encode_avif",
    "encode_jpeg",
    "encode_png",
    "encode_png_lossless",
    "encode_webp",
    "encode_webp_indexed",
    "jpeg_encoder_name",
    "optimize_png",
    "pack_palette",
    "png_encoder_name",
    "rewrite_jpeg",
]
