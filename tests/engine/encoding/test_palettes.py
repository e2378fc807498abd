"""Packing a palette: used entries only, transparency first, the picture unchanged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autok.encoding import pack_palette
from autok.encoding.palettes import count_indices
from autok.models import IndexedImage


@given(st.integers(1, 256), st.integers(0, 2**32 - 1))
def test_packing_never_changes_the_picture(colors, seed):
    """Whatever the palette, visible pixels are the same after packing, and every entry is used once."""
    random = np.random.default_rng(seed)
    palette = (random.integers(0, 4, (colors, 4)) * 85).astype(np.uint8)
    indexed = IndexedImage(palette, random.integers(0, colors, (7, 11)).astype(np.uint8))
    packed = pack_palette(indexed)
    before, after = palette[indexed.indices], packed.palette[packed.indices]
    assert (before[..., 3] == after[..., 3]).all()
    assert (before[before[..., 3] > 0] == after[before[..., 3] > 0]).all()
    assert len(np.unique(packed.palette, axis=0)) == len(packed.palette) == len(np.unique(packed.indices))
    assert (np.diff(packed.palette[:, 3].astype(int)) >= 0).all()


def test_every_transparent_entry_becomes_one():
    """Colours under full transparency collapse into transparent black."""
    palette = np.array([[9, 8, 7, 0], [1, 2, 3, 255], [4, 4, 4, 0]], dtype=np.uint8)
    packed = pack_palette(IndexedImage(palette, np.array([[0, 1, 2]], dtype=np.uint8)))
    assert packed.palette.tolist() == [[0, 0, 0, 0], [1, 2, 3, 255]]
    assert packed.indices.tolist() == [[0, 1, 0]]


def test_a_stray_index_is_an_error():
    """An index beyond the palette is a fault of the caller."""
    palette = np.zeros((2, 4), dtype=np.uint8)
    with pytest.raises(ValueError, match="1 indices point beyond a palette of 2"):
        count_indices(IndexedImage(palette, np.array([[0, 1, 2]], dtype=np.uint8)))
