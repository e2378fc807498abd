"""The RIFF chunks of a WebP file (RFC 9649): what they say, and the file without the private ones."""

from __future__ import annotations

from collections.abc import Iterator

from autok.decoding.container import Blocks, Container
from autok.decoding.limits import Limits
from autok.errors import AnimationError, CorruptImageError, TruncatedImageError

MAX_CHUNKS = 10_000
"""A still picture has at most seven chunks; a long animation has thousands."""

_HEADER = 12
_ICC_FLAG, _ALPHA_FLAG, _EXIF_FLAG, _XMP_FLAG = 0x20, 0x10, 0x08, 0x04
_PICTURE = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH"})


def walk(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, start and end of the content of each chunk inside the RIFF container.

    Raises
    ------
    TruncatedImageError
        The file ends before a chunk or the container does.
    CorruptImageError
        There are more than `MAX_CHUNKS`.
    """
    end_of_file = _end(data)
    at = _HEADER
    for _ in range(MAX_CHUNKS):
        if at + 8 > end_of_file:
            return
        start = at + 8
        end = start + int.from_bytes(data[at + 4 : start], "little")
        if end > end_of_file:
            raise _cut(len(data))
        yield data[at : at + 4], start, end
        at = end + end % 2
    raise CorruptImageError(f"The WebP has more than {MAX_CHUNKS:,} chunks; Auto-K compresses single pictures.")


def _end(data: bytes) -> int:
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise _cut(len(data))
    return end


def _cut(size: int) -> TruncatedImageError:
    return TruncatedImageError(
        f"The WebP ends after {size:,} bytes, before its data do: part of the picture is missing. "
        "Copy or export it again."
    )


def read_webp(data: bytes, limits: Limits) -> Container:
    """Read the facts of a WebP file and check its limits; no pixel is decoded.

    Raises
    ------
    InputError
        The file is cut off, contradicts itself, is animated, or is over one of the `limits`.
    """
    chunks: dict[bytes, bytes] = {}
    extras: set[str] = set()
    frames = 0
    for name, start, end in walk(data):
        frames += name == b"ANMF"
        if name in (b"EXIF", b"XMP ", b"ICCP", b"VP8X") or name in _PICTURE:
            content = data[start:end] if name in (b"EXIF", b"XMP ", b"ICCP") else data[start : start + 10]
            chunks.setdefault(name, content)
        elif name not in (b"ANIM", b"ANMF"):
            extras.add("application data")
    if frames > 1:
        raise AnimationError(
            f"The WebP is an animation of {frames:,} frames; Auto-K compresses single pictures. Save one frame."
        )
    width, height = _size(chunks, frames)
    limits.check_size(width, height)
    trailing = len(data) - _end(data)
    if trailing:
        extras.add(f"trailing bytes ({trailing})")
    exif = chunks.get(b"EXIF")
    return Container(
        width,
        height,
        exif=exif.removeprefix(b"Exif\0\0") if exif else None,
        xmp=chunks.get(b"XMP "),
        icc=chunks.get(b"ICCP"),
        extras=tuple(sorted(extras)),
        shown=not frames,
    )


def _size(chunks: dict[bytes, bytes], frames: int) -> tuple[int, int]:
    canvas, lossy, lossless = (chunks.get(name, b"") for name in (b"VP8X", b"VP8 ", b"VP8L"))
    sizes = []
    if len(canvas) >= 10:
        sizes.append((int.from_bytes(canvas[4:7], "little") + 1, int.from_bytes(canvas[7:10], "little") + 1))
    if len(lossy) >= 10 and lossy[3:6] == b"\x9d\x01\x2a":
        sizes.append((int.from_bytes(lossy[6:8], "little") & 0x3FFF, int.from_bytes(lossy[8:10], "little") & 0x3FFF))
    if len(lossless) >= 5 and lossless[0] == 0x2F:
        bits = int.from_bytes(lossless[1:5], "little")
        sizes.append(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
    if not sizes or not (lossy or lossless or frames):
        raise CorruptImageError("The WebP holds no picture data. Export the image again.")
    if len(set(sizes)) > 1:
        raise CorruptImageError(
            f"The WebP's canvas is {sizes[0][0]} x {sizes[0][1]} pixels and its picture {sizes[1][0]} x {sizes[1][1]}; "
            "they must be the same. Export the image again."
        )
    return sizes[0]


def write_webp(data: bytes, blocks: Blocks) -> bytes:
    """Return a WebP file with its coded pixels unchanged and no other blocks than `blocks`.

    Raises
    ------
    InputError
        As `walk` does.
    """
    picture = {name: data[start:end] for name, start, end in reversed([*walk(data)]) if name in _PICTURE}
    width, height = _size(picture, 0)
    flags = _ALPHA_FLAG if b"ALPH" in picture else picture.get(b"VP8X", b"\0")[0] & _ALPHA_FLAG
    extra = ((b"ICCP", blocks.icc, _ICC_FLAG), (b"EXIF", blocks.exif, _EXIF_FLAG), (b"XMP ", blocks.xmp, _XMP_FLAG))
    present = {name: content for name, content, _ in extra if content is not None}
    flags |= sum(flag for name, _, flag in extra if name in present)
    body = b""
    if flags & ~_ALPHA_FLAG or b"ALPH" in picture:
        canvas = bytes((flags, 0, 0, 0)) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        body += _chunk(b"VP8X", canvas)
    for name in (b"ICCP", b"ALPH", b"VP8 ", b"VP8L", b"EXIF", b"XMP "):
        content = present.get(name, picture.get(name))
        body += _chunk(name, content) if content is not None else b""
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2)
