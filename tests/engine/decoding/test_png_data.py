"""Nothing hides behind the rows of a PNG picture."""

from __future__ import annotations

import struct
import zlib

import pytest
from PIL import Image

from autok.decoding import decode
from autok.decoding.png_data import count_bytes
from autok.options import Options
from autok.pipeline import compress
from support.uploads import SECRET, chunk, corner_picture, drawn_png, saved

SIGNATURE = b"\x89PNG\r\n\x1a\n"
ROWS = b"".join(b"\0" + bytes((x * 5 % 256, y * 7, 90)[c] for x in range(20) for c in range(3)) for y in range(15))


def png(*data: bytes, interlace: int = 0) -> bytes:
    """Return a PNG of 20 x 15 pixels in RGB with these contents of IDAT chunks."""
    header = struct.pack(">IIBBBBB", 20, 15, 8, 2, 0, 0, interlace)
    parts = (chunk(b"IHDR", header), *(chunk(b"IDAT", each) for each in data), chunk(b"IEND", b""))
    return SIGNATURE + b"".join(parts)


@pytest.mark.parametrize(
    "data",
    [
        (zlib.compress(ROWS + SECRET, 0),),
        (zlib.compress(ROWS, 0) + SECRET,),
        (zlib.compress(ROWS, 0), SECRET),
        (zlib.compress(ROWS + bytes(1 << 26), 9),),
    ],
    ids=["behind the rows", "behind the stream", "in a further chunk", "a bomb behind the rows"],
)
def test_what_hides_behind_the_rows_does_not_travel_on(data: tuple[bytes, ...]) -> None:
    """The picture is read, the upload itself is no candidate, and the result holds no byte of what was hidden."""
    source = decode(png(*data))
    assert source.image.tobytes() == b"".join(ROWS[at + 1 : at + 61] for at in range(0, len(ROWS), 61))
    assert source.original is None
    for wish in ("auto", "keep", "webp"):
        result, _ = compress(png(*data), Options.parse({"format": wish}))
        assert SECRET not in result
        assert decode(result).image.size == (20, 15)


def test_rows_alone_are_kept() -> None:
    """Data in one chunk, in chunks of a byte and with an empty chunk between are the upload's own."""
    packed = zlib.compress(ROWS)
    for data in ((packed,), tuple(packed[at : at + 1] for at in range(len(packed))), (packed[:9], b"", packed[9:])):
        assert decode(png(*data)).original == png(*data)


@pytest.mark.parametrize("width", [1, 2, 3, 4, 5, 8, 9, 33])
@pytest.mark.parametrize("height", [1, 2, 3, 4, 5, 8, 9])
def test_interlaced_rows_are_counted(width: int, height: int) -> None:
    """Of an interlaced picture every pass counts the rows and columns that it has at that size."""
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    expected = 0
    for left, top, step, drop in passes:
        columns = len(range(left, width, step))
        expected += sum(1 + 3 * columns for _ in range(top, height, drop)) if columns else 0
    assert count_bytes(struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 1)) == expected


def test_every_kind_of_png_counts_as_it_is_written() -> None:
    """Packed bits, palettes, grey, alpha and 16 bits of Pillow's writing are kept as uploads."""
    picture = corner_picture(13, 7)
    files = [saved(picture.convert(mode), "PNG") for mode in ("1", "L", "LA", "P", "RGB", "RGBA")]
    files += [saved(picture.quantize(3), "PNG", bits=2), saved(Image.new("I;16", (13, 7), 900), "PNG")]
    files += [drawn_png([bytes(10)] * 3, 5, 3, 16, 0)]
    assert [decode(data).original is not None for data in files] == [True] * len(files)
