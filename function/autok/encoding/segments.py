"""Metadata segments of a JPEG: EXIF, XMP and the colour profile in its numbered parts.

References
----------
CIPA DC-008 (Exif 2.32) 4.7; Adobe XMP Specification part 3, 1.1.3; ICC.1:2010 annex B.4.
"""

from __future__ import annotations

from autok.errors import EncodeError
from autok.models import Metadata

LONGEST_BODY = 65_533
"""A segment's length field counts itself: 65,535 less 2."""
EXIF_HEADER = b"Exif\0\0"
XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
ICC_HEADER = b"ICC_PROFILE\0"


def insert_segments(data: bytes, metadata: Metadata) -> bytes:
    """Put metadata behind a JPEG's first marker.

    Parameters
    ----------
    data : bytes
        A JPEG without EXIF, XMP or profile.
    metadata : Metadata
        What to embed.

    Returns
    -------
    bytes
        The file with its segments, EXIF first as its standard asks; `data` itself where there is nothing to embed.

    Raises
    ------
    EncodeError
        If a block is larger than its segments can hold.
    """
    parts = [
        _segment(0xE1, EXIF_HEADER, metadata.exif, "EXIF"),
        _segment(0xE1, XMP_HEADER, metadata.xmp, "XMP"),
        *_profile_segments(metadata.icc_profile or b""),
    ]
    extra = b"".join(parts)
    return data[:2] + extra + data[2:] if extra else data


def _segment(marker: int, header: bytes, body: bytes | None, label: str) -> bytes:
    if not body:
        return b""
    length = len(header) + len(body)
    if length > LONGEST_BODY:
        raise EncodeError(
            f"A JPEG holds {LONGEST_BODY - len(header)} bytes of {label}, and there are {len(body)}; "
            "ask for less metadata or another format."
        )
    return bytes((0xFF, marker)) + (length + 2).to_bytes(2, "big") + header + body


def _profile_segments(profile: bytes) -> list[bytes]:
    room = LONGEST_BODY - len(ICC_HEADER) - 2
    pieces = [profile[start : start + room] for start in range(0, len(profile), room)]
    if len(pieces) > 255:
        raise EncodeError(f"A JPEG holds {255 * room} bytes of colour profile, and there are {len(profile)}.")
    return [
        _segment(0xE2, ICC_HEADER + bytes((number, len(pieces))), piece, "colour profile")
        for number, piece in enumerate(pieces, start=1)
    ]
