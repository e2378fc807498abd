"""Rewriting BMP files."""

from __future__ import annotations

import numpy as np
import pytest

from autok.decoding import decode
from support.uploads import corner_picture, saved


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_rewritten(mode: str) -> None:
    """A plain BMP keeps its pixels and loses what lies between or behind its parts."""
    data = saved(corner_picture(7, 5).convert(mode), "BMP")
    start = int.from_bytes(data[10:14], "little")
    stuffed = data[:10] + (start + 6).to_bytes(4, "little") + data[14:start] + b"SECRET" + data[start:] + b"SECRET"
    source = decode(stuffed)
    assert source.original == decode(data).original
    assert source.original is not None
    assert len(source.original) <= len(data)
    assert np.array_equal(np.asarray(decode(source.original).image), np.asarray(decode(data).image))


def test_other_forms() -> None:
    """A BMP with alpha or an older header has no kept original."""
    with_alpha = saved(corner_picture().convert("RGBA"), "BMP")
    assert decode(with_alpha).original is None
    core = b"BM" + (26 + 4).to_bytes(4, "little") + bytes(4) + (26).to_bytes(4, "little")
    core += (12).to_bytes(4, "little") + b"\1\0\1\0\1\0\x18\0" + b"\1\2\3\0"
    assert decode(core).image.getpixel((0, 0)) == (3, 2, 1)
    assert decode(core).original is None
