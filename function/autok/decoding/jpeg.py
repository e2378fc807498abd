"""The segments of a JPEG file (ITU-T T.81, annex B): what they say, and the file without the private ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autok.decoding.container import Blocks, Container
from autok.decoding.limits import Limits
from autok.errors import CorruptImageError, TooManyScansError, TruncatedImageError, UnsupportedFormatError

MAX_SEGMENTS = 20_000
"""No encoder writes a tenth of it; without a bound, millions of empty segments would cost seconds."""

_SOI, _EOI, _SOS, _COM, _DAC = 0xD8, 0xD9, 0xDA, 0xFE, 0xCC
_APP0, _APP1, _APP2, _APP13, _APP14 = 0xE0, 0xE1, 0xE2, 0xED, 0xEE
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_DECODABLE = frozenset({0xC0, 0xC1, 0xC2, 0xC9, 0xCA})
_EXIF = b"Exif\0\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_XMP_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
_ICC = b"ICC_PROFILE\0"
_PAYLOAD = 65_533
# Inside entropy-coded data 0xFF is followed by 0 (a stuffed byte), by a restart marker, or by a fill byte.
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")


@dataclass(frozen=True, slots=True)
class Segment:
    """One marker segment; a scan includes its entropy-coded data."""

    marker: int
    start: int
    """Position of the marker's 0xFF."""
    body: int
    """Position of the payload, behind marker and length."""
    end: int


def walk(data: bytes) -> Iterator[Segment]:
    """Yield the segments of the first picture in a JPEG file, its end marker included.

    Raises
    ------
    TruncatedImageError
        The file ends before the end marker.
    CorruptImageError
        A segment does not start with a marker, or there are more than `MAX_SEGMENTS`.
    """
    at, scanned = 2, False
    for _ in range(MAX_SEGMENTS):
        start = _next_marker(data, at)
        # Before the first scan stray bytes are forgiven, as libjpeg does; after it they mean a damaged scan.
        if scanned and data[at:start].strip(b"\xff"):
            raise _damaged(start)
        marker = data[start + 1]
        if marker == _EOI:
            yield Segment(marker, start, start + 2, start + 2)
            return
        body = start + 4
        if body > len(data):
            raise _cut(len(data))
        length = int.from_bytes(data[start + 2 : body], "big")
        if length < 2 or marker < 0xC0 or marker == _SOI:
            raise _damaged(start)
        at = start + 2 + length
        if at > len(data):
            raise _cut(len(data))
        if marker == _SOS:
            scanned = True
            at = _next_marker(data, at)
        yield Segment(marker, start, body, at)
    raise CorruptImageError(f"The JPEG has more than {MAX_SEGMENTS:,} segments; no encoder writes so many.")


def _next_marker(data: bytes, at: int) -> int:
    found = _MARKER.search(data, at)
    if found is None:
        raise _cut(len(data))
    return found.start()


def _damaged(at: int) -> CorruptImageError:
    return CorruptImageError(f"The JPEG is damaged at byte {at:,}: no segment starts there. Export the image again.")


def _cut(size: int) -> TruncatedImageError:
    return TruncatedImageError(
        f"The JPEG ends after {size:,} bytes without its end marker: part of the picture is missing. "
        "Copy or export it again."
    )


def read_jpeg(data: bytes, limits: Limits) -> Container:
    """Read the facts of a JPEG file and check its limits; no pixel is decoded.

    Raises
    ------
    InputError
        The file is cut off, contradicts itself, or is over one of the `limits`.
    """
    found = _Findings()
    end = len(data)
    scans = 0
    frame: Segment | None = None
    for segment in walk(data):
        end = segment.end
        if segment.marker in _FRAMES and frame is None:
            frame = segment
            limits.check_size(*_frame_size(data, segment))
        elif segment.marker == _SOS:
            scans += 1
            if scans > limits.max_scans:
                raise TooManyScansError(
                    f"The JPEG has more than {limits.max_scans} scans, each a pass over the whole picture. "
                    "Save it as a plain JPEG."
                )
        elif segment.marker == _COM or 0xE0 <= segment.marker <= 0xEF:
            found.take(segment.marker, data[segment.body : segment.end])
    if frame is None or not scans:
        raise CorruptImageError("The JPEG holds no picture: its frame or its scan is missing. Export the image again.")
    width, height = _frame_size(data, frame)
    return found.container(width, height, len(data) - end, arithmetic=frame.marker in (0xC9, 0xCA))


def _frame_size(data: bytes, frame: Segment) -> tuple[int, int]:
    if frame.marker not in _DECODABLE:
        raise UnsupportedFormatError(
            f"This JPEG uses coding process {frame.marker - 0xC0} (lossless or hierarchical), which browsers and "
            "Auto-K do not read. Save it as a baseline or progressive JPEG."
        )
    body = data[frame.body : frame.end]
    if len(body) < 6:
        raise CorruptImageError("The JPEG's frame header is too short. Export the image again.")
    if body[0] != 8:
        raise UnsupportedFormatError(
            f"This JPEG has {body[0]} bits a sample; 8 are supported. Save it as a plain JPEG or as PNG."
        )
    return int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big")


class _Findings:
    """Gathers what the application segments hold while a file is walked."""

    def __init__(self) -> None:
        self.exif: bytes | None = None
        self.xmp: bytes | None = None
        self.profile: dict[int, bytes] = {}
        self.extras: set[str] = set()
        self.notes: list[str] = []
        self.comment = ""

    def take(self, marker: int, payload: bytes) -> None:
        """File one application segment or comment."""
        if marker == _APP1 and payload.startswith(_EXIF):
            self.exif = self.exif or payload[len(_EXIF) :]
        elif marker == _APP1 and payload.startswith(_XMP):
            self.xmp = self.xmp or payload[len(_XMP) :]
        elif marker == _APP2 and payload.startswith(_ICC) and len(payload) > len(_ICC) + 2:
            self.profile.setdefault(payload[len(_ICC)], payload[len(_ICC) + 2 :])
        elif marker == _COM:
            self.comment = self.comment or payload.decode("utf-8", "replace").strip("\0 ")
        elif not (marker == _APP14 and payload.startswith(b"Adobe")) and not _is_plain_jfif(marker, payload):
            self.extras.add(_name(marker, payload))
            if payload.startswith(b"MPF\0"):
                self.notes.append("Only the first picture was taken; the file holds more than one.")

    def container(self, width: int, height: int, trailing: int, *, arithmetic: bool) -> Container:
        """Return what was found as one value."""
        if trailing:
            self.extras.add(f"trailing bytes ({trailing})")
        return Container(
            width,
            height,
            exif=self.exif,
            xmp=self.xmp,
            icc=b"".join(self.profile[number] for number in sorted(self.profile)) or None,
            extras=tuple(sorted(self.extras)),
            notes=tuple(self.notes),
            texts=(("Comment", self.comment),) if self.comment else (),
            shown=not arithmetic,
        )


def _is_plain_jfif(marker: int, payload: bytes) -> bool:
    return marker == _APP0 and payload.startswith(b"JFIF\0") and len(payload) <= 14


def _name(marker: int, payload: bytes) -> str:
    if marker == _APP0 and payload.startswith((b"JFIF\0", b"JFXX\0")):
        return "thumbnail"
    if marker == _APP1 and payload.startswith(_XMP_EXTENSION):
        return "XMP"
    if marker == _APP2 and payload.startswith(b"MPF\0"):
        return "further pictures"
    return "Photoshop and IPTC data" if marker == _APP13 else "application data"


def write_jpeg(data: bytes, blocks: Blocks) -> bytes:
    """Return the first picture of a JPEG file with its coded data unchanged and no other blocks than `blocks`.

    A JFIF header loses its thumbnail; an Adobe header stays, because it says how the colours are to be read.

    Raises
    ------
    InputError
        As `walk` does.
    """
    view = memoryview(data)
    header, coded = b"", list[memoryview]()
    adobe = b""
    for segment in walk(data):
        payload = view[segment.body : segment.end]
        if segment.marker == _APP0 and not header and bytes(payload[:5]) == b"JFIF\0" and len(payload) >= 14:
            header = _segment(_APP0, bytes(payload[:12]) + b"\0\0")
        elif segment.marker == _APP14 and not adobe and bytes(payload[:5]) == b"Adobe" and len(payload) >= 12:
            adobe = _segment(_APP14, bytes(payload[:12]))
        elif segment.marker != _COM and not 0xE0 <= segment.marker <= 0xEF:
            coded.append(view[segment.start : segment.end])
    return b"".join([b"\xff\xd8", header, *_block_segments(blocks), adobe, *coded])


def _segment(marker: int, payload: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(payload) + 2).to_bytes(2, "big") + payload


def _block_segments(blocks: Blocks) -> Iterator[bytes]:
    if blocks.exif is not None and len(blocks.exif) + len(_EXIF) <= _PAYLOAD:
        yield _segment(_APP1, _EXIF + blocks.exif)
    if blocks.xmp is not None and len(blocks.xmp) + len(_XMP) <= _PAYLOAD:
        yield _segment(_APP1, _XMP + blocks.xmp)
    if blocks.icc is not None:
        step = _PAYLOAD - len(_ICC) - 2
        parts = [blocks.icc[at : at + step] for at in range(0, len(blocks.icc), step)]
        for number, part in enumerate(parts[:255], 1):
            yield _segment(_APP2, _ICC + bytes((number, len(parts[:255]))) + part)
