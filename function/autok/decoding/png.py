"""The chunks of a PNG file (W3C PNG, third edition): what they say, and the file without the private ones."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from autok.decoding.container import Blocks, Container
from autok.decoding.limits import Limits
from autok.decoding.png_data import holds_rows_alone
from autok.errors import AnimationError, CorruptImageError, TooManyChunksError, TruncatedImageError

MAX_CHUNKS = 100_000
"""A 32 MiB file in the 8 kB chunks of libpng has 4,100."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PIXELS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_COLOR = frozenset({b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP"})
# What may stay in a rewritten file, with its largest size: nothing private fits in.
_NUMBERS = {b"gAMA": 4, b"cHRM": 32, b"cICP": 4}
_SMALL = {b"PLTE": 768, b"tRNS": 256, b"sRGB": 1, b"sBIT": 4, b"bKGD": 6, b"pHYs": 9}
_SILENT = frozenset({b"sBIT", b"bKGD", b"pHYs", b"hIST", b"fcTL", b"fdAT"})
_TEXT = frozenset({b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_FACTS = frozenset({*_PIXELS, *_COLOR, b"eXIf", b"acTL"})
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_MAX_TEXT = 1 << 16
_MAX_XMP = 1 << 20
_MAX_PROFILE = 1 << 22
_XMP_KEYWORD = "XML:com.adobe.xmp"


def walk(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, start and end of the content of each chunk, up to and with IEND.

    Raises
    ------
    TruncatedImageError
        The file ends before IEND.
    CorruptImageError
        The checksum of a chunk that decides pixels or colours is wrong, or there are more than `MAX_CHUNKS`.
    """
    at, size = len(_SIGNATURE), len(data)
    for _ in range(MAX_CHUNKS):
        start = at + 8
        end = start + int.from_bytes(data[at : at + 4], "big")
        if start > size or end + 4 > size:
            raise TruncatedImageError(
                f"The PNG ends after {size:,} bytes, inside a chunk: part of the picture is missing. "
                "Copy or export it again."
            )
        name = data[at + 4 : start]
        if name in _PIXELS or name in _COLOR:
            checksum = zlib.crc32(memoryview(data)[at + 4 : end])
            if checksum != int.from_bytes(data[end : end + 4], "big"):
                raise CorruptImageError(
                    f"The checksum of the PNG's {name.decode()} chunk at byte {at:,} is wrong: the data were changed "
                    "or damaged. Export the image again."
                )
        yield name, start, end
        if name == b"IEND":
            return
        at = end + 4
    raise TooManyChunksError(f"The PNG has more than {MAX_CHUNKS:,} chunks; no encoder writes so many.")


def read_png(data: bytes, limits: Limits) -> Container:
    """Read the facts of a PNG file and check its limits; no pixel is decoded and no text inflated beyond 64 kB.

    Raises
    ------
    InputError
        The file is cut off, contradicts itself, is animated, or is over one of the `limits`.
    """
    chunks: dict[bytes, bytes] = {}
    texts: list[tuple[bytes, bytes]] = []
    others: set[str] = set()
    end = 0
    for name, start, end in walk(data):
        if name == b"IHDR":
            _check_header(data[start:end], limits)
        elif b"IHDR" not in chunks:
            raise CorruptImageError("The PNG does not start with its header chunk (IHDR). Export the image again.")
        if name in _TEXT:
            texts.append((name, data[start:end]))
            _check_texts(len(texts), limits)
        elif name in _FACTS:
            chunks.setdefault(name, data[start:end] if name != b"IDAT" else b"")
        elif name not in _SILENT:
            others.add("application data")
    _check_body(chunks)
    trailing = len(data) - end - 4
    if trailing:
        others.add(f"trailing bytes ({trailing})")
    return _container(chunks, texts, others)


def _check_texts(count: int, limits: Limits) -> None:
    if count > limits.max_text_chunks:
        raise TooManyChunksError(
            f"The PNG has more than {limits.max_text_chunks} text chunks. Save it without its comments."
        )


def _check_header(header: bytes, limits: Limits) -> None:
    if len(header) != 13:
        raise CorruptImageError(f"The PNG's header has {len(header)} bytes instead of 13. Export the image again.")
    width, height, depth, kind, compression, filtering, interlace = struct.unpack(">IIBBBBB", header)
    if depth not in _DEPTHS.get(kind, ()) or compression or filtering or interlace > 1:
        raise CorruptImageError(
            f"The PNG's header asks for colour type {kind} with {depth} bits, which the format does not have. "
            "Export the image again."
        )
    limits.check_size(width, height)


def _check_body(chunks: dict[bytes, bytes]) -> None:
    if b"IDAT" not in chunks:
        raise CorruptImageError("The PNG holds no picture data (IDAT). Export the image again.")
    if chunks[b"IHDR"][9] == 3 and (not chunks.get(b"PLTE") or len(chunks[b"PLTE"]) % 3):
        raise CorruptImageError("The PNG needs a palette (PLTE) and has none that fits. Export the image again.")
    frames = int.from_bytes(chunks.get(b"acTL", b"")[:4], "big")
    if frames > 1:
        raise AnimationError(
            f"The PNG is an animation of {frames:,} frames; Auto-K compresses single pictures. Save one frame."
        )


def _container(chunks: dict[bytes, bytes], texts: list[tuple[bytes, bytes]], others: set[str]) -> Container:
    header = chunks[b"IHDR"]
    # Backwards, so that of a keyword that comes twice the first text stays.
    fields = dict(filter(None, (_text(name, body) for name, body in reversed(texts))))
    xmp = fields.pop(_XMP_KEYWORD, None)
    icc = _profile(chunks.get(b"iCCP"))
    notes = ("The colour profile is damaged and was ignored.",) if b"iCCP" in chunks and icc is None else ()
    numbers = _colour_numbers(chunks) if b"iCCP" not in chunks and b"sRGB" not in chunks else (None, None)
    return Container(
        int.from_bytes(header[:4], "big"),
        int.from_bytes(header[4:8], "big"),
        exif=chunks.get(b"eXIf"),
        xmp=xmp.encode() if xmp else None,
        icc=icc,
        extras=tuple(sorted(others)),
        texts=tuple(fields.items()),
        notes=notes,
        key=_transparent(header[9], chunks.get(b"tRNS")),
        depth=header[8],
        gamma=numbers[0],
        chromaticities=numbers[1],
        code_points=(chunks[b"cICP"][0], chunks[b"cICP"][1]) if len(chunks.get(b"cICP", b"")) == 4 else None,
    )


def _transparent(kind: int, content: bytes | None) -> tuple[int, ...] | None:
    samples = {0: 1, 2: 3}.get(kind, 0)
    if not content or not samples or len(content) < 2 * samples:
        return None
    return struct.unpack_from(f">{samples}H", content)


def _colour_numbers(chunks: dict[bytes, bytes]) -> tuple[float | None, tuple[float, ...] | None]:
    gamma = int.from_bytes(chunks.get(b"gAMA", b"")[:4], "big") / 100_000
    chroma = chunks.get(b"cHRM", b"")
    points = tuple(value / 100_000 for value in struct.unpack(">8I", chroma)) if len(chroma) == 32 else None
    return (gamma if 0.01 <= gamma <= 10 else None), points


def _profile(content: bytes | None) -> bytes | None:
    if content is None:
        return None
    _, _, rest = content.partition(b"\0")
    return _inflate(rest[1:], _MAX_PROFILE) if rest[:1] == b"\0" else None


def _inflate(content: bytes, most: int) -> bytes | None:
    # A few bytes can inflate to gigabytes: what exceeds the bound counts as none.
    stream = zlib.decompressobj()
    try:
        inflated = stream.decompress(content, most)
    except zlib.error:
        return None
    return inflated if stream.eof else None


def _text(name: bytes, body: bytes) -> tuple[str, str] | None:
    if name == b"tIME":
        return _time(body)
    keyword, _, rest = body.partition(b"\0")
    key = keyword[:79].decode("latin-1")
    value: bytes | None = rest
    if name == b"zTXt":
        value = _inflate(rest[1:], _MAX_TEXT)
    elif name == b"iTXt":
        value = rest[2:].split(b"\0", 2)[-1]
        if rest[:1] == b"\1":
            value = _inflate(value, _MAX_XMP)
    encoding = "utf-8" if name == b"iTXt" else "latin-1"
    return key, (value or b"")[:_MAX_XMP].decode(encoding, "replace")


def _time(body: bytes) -> tuple[str, str] | None:
    if len(body) != 7:
        return None
    year, month, day, hour, minute, second = struct.unpack(">HBBBBB", body)
    return "Modification Time", f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"


def write_png(data: bytes, blocks: Blocks) -> bytes | None:
    """Return a PNG file with its coded pixels unchanged and no other blocks than `blocks`; None where more is in them.

    Of the chunks that describe colours only those stay that `blocks` ask for: whoever reads the result must not
    come to other colours than the decoder did.

    Raises
    ------
    InputError
        As `walk` does.
    """
    view = memoryview(data)
    pieces: list[bytes | memoryview] = [_SIGNATURE]
    coded: list[bytes | memoryview] = []
    header = b""
    allowed = _SMALL | (_NUMBERS if blocks.numbers else {})
    if blocks.icc is not None:
        allowed.pop(b"sRGB")
    for name, start, end in walk(data):
        # Popped, so that a chunk that comes twice stays once.
        if end - start <= allowed.pop(name, -1) or name in (b"IHDR", b"IDAT", b"IEND"):
            pieces.append(view[start - 8 : end + 4])
        if name == b"IHDR":
            header = data[start:end]
            pieces.extend(_block_chunks(blocks))
        elif name == b"IDAT":
            coded.append(view[start:end])
    return b"".join(pieces) if holds_rows_alone(header, coded) else None


def pixels_png(data: bytes) -> bytes:
    """Return a PNG file with nothing but what its pixels need: header, palette, transparency, data."""
    view = memoryview(data)
    kept = (view[start - 8 : end + 4] for name, start, end in walk(data) if name in _PIXELS)
    return b"".join([_SIGNATURE, *kept])


def _block_chunks(blocks: Blocks) -> Iterator[bytes]:
    if blocks.icc is not None:
        yield _chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(blocks.icc, 9))
    if blocks.exif is not None:
        yield _chunk(b"eXIf", blocks.exif)
    if blocks.xmp is not None:
        yield _chunk(b"iTXt", _XMP_KEYWORD.encode() + b"\0\0\0\0\0" + blocks.xmp)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
