"""The blocks of a GIF file (CompuServe GIF89a): what they say, and the file without the private ones."""

from __future__ import annotations

from collections.abc import Iterator

from autok.decoding.container import Blocks, Container
from autok.decoding.limits import Limits
from autok.errors import AnimationError, CorruptImageError, TruncatedImageError

MAX_BLOCKS = 100_000
"""Blocks outside of picture data; each frame of an animation has two or three."""

_IMAGE, _EXTENSION, _TRAILER = 0x2C, 0x21, 0x3B
_CONTROL, _COMMENT = 0xF9, 0xFE


def walk(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Yield introducer, label, start and end of each block behind the screen's header; the trailer is the last.

    A missing trailer is forgiven, as browsers do, where all blocks before it are whole.

    Raises
    ------
    TruncatedImageError
        The file ends inside a block.
    CorruptImageError
        A block starts with an unknown byte, or there are more than `MAX_BLOCKS`.
    """
    at = _screen_end(data)
    for _ in range(MAX_BLOCKS):
        if at >= len(data) or data[at] == _TRAILER:
            yield _TRAILER, 0, at, min(at + 1, len(data))
            return
        start, introducer = at, data[at]
        label = data[at + 1] if introducer == _EXTENSION and at + 1 < len(data) else 0
        if introducer == _EXTENSION:
            at += 2
        elif introducer == _IMAGE:
            flags = data[at + 9] if at + 9 < len(data) else 0
            at += 11 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
        else:
            raise CorruptImageError(f"The GIF has an unknown block at byte {start:,}. Export the image again.")
        at = _skip(data, at)
        yield introducer, label, start, at
    raise CorruptImageError(f"The GIF has more than {MAX_BLOCKS:,} blocks; Auto-K compresses single pictures.")


def _screen_end(data: bytes) -> int:
    if len(data) < 13:
        raise _cut(len(data))
    return 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)


def _skip(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += data[at] + 1
    if at >= len(data):
        raise _cut(len(data))
    return at + 1


def _cut(size: int) -> TruncatedImageError:
    return TruncatedImageError(
        f"The GIF ends after {size:,} bytes, inside a block: part of the picture is missing. Copy or export it again."
    )


def read_gif(data: bytes, limits: Limits) -> Container:
    """Read the facts of a GIF file and check its limits; no pixel is decoded.

    Raises
    ------
    InputError
        The file is cut off, contradicts itself, is animated, or is over one of the `limits`.
    """
    if len(data) < 13:
        raise _cut(len(data))
    width, height = (_short(data, at) for at in (6, 8))
    blocks = [*walk(data)]
    frames = [_frame(data, start) for introducer, _, start, _ in blocks if introducer == _IMAGE]
    box = frames[-1] if frames else (0, 0, width, height)
    # Some writers give a screen smaller than its picture, and Pillow decodes the larger of the two.
    width, height = max(width, box[2]), max(height, box[3])
    limits.check_size(width, height)
    if len(frames) > 1:
        raise AnimationError(
            f"The GIF is an animation of {len(frames):,} frames; Auto-K compresses single pictures. Save one frame."
        )
    if not frames:
        raise CorruptImageError("The GIF holds no picture. Export the image again.")
    found = [
        (label, data[start:end])
        for introducer, label, start, end in blocks
        if introducer == _EXTENSION and label != _CONTROL
    ]
    comments = [_comment(body) for label, body in found if label == _COMMENT]
    extras = {_extension_name(body) for label, body in found if label != _COMMENT}
    trailing = len(data) - blocks[-1][3]
    if trailing:
        extras.add(f"trailing bytes ({trailing})")
    return Container(
        width,
        height,
        extras=tuple(sorted(extras)),
        texts=(("Comment", comments[0]),) if comments else (),
        box=None if box == (0, 0, width, height) else box,
    )


def _short(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")


def _frame(data: bytes, start: int) -> tuple[int, int, int, int]:
    """Return where a frame lies on the screen: left, top, right and bottom."""
    left, top, width, height = (_short(data, start + offset) for offset in (1, 3, 5, 7))
    return left, top, left + width, top + height


def _extension_name(body: bytes) -> str:
    return "XMP" if body[3:11] == b"XMP Data" else "application data"


def _comment(body: bytes) -> str:
    return body[3 : 3 + body[2]].decode("utf-8", "replace")


def write_gif(data: bytes, blocks: Blocks) -> bytes:  # noqa: ARG001
    """Return a GIF file with its coded pixels unchanged and without its comments; `blocks` have no place in a GIF.

    Raises
    ------
    InputError
        As `walk` does.
    """
    pieces = [data[: _screen_end(data)]]
    for introducer, label, start, end in walk(data):
        if introducer == _IMAGE or (introducer == _EXTENSION and label == _CONTROL):
            pieces.append(data[start:end])
    return b"".join(pieces) + bytes((_TRAILER,))
