"""The palette as a file wants it: only what is used, nothing twice, transparency first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from autok.models import STRIP_PIXELS, IndexedImage

LUMA = np.array([299, 587, 114], dtype=np.int64)
"""Thousandths of ITU-R BT.601 luma, for an order only."""


def pack_palette(indexed: IndexedImage) -> IndexedImage:
    """Drop unused and repeated entries and put the rest in the order that files favour.

    Entries come by rising alpha (so that tRNS covers only those that need it), then by luma, then by colour; every
    fully transparent entry becomes the same transparent black.

    Parameters
    ----------
    indexed : IndexedImage
        Palette of shape (K, 4) and indices of shape (H, W).

    Returns
    -------
    IndexedImage
        The same picture with at most K entries, each used.
    """
    colors = np.where(indexed.palette[:, 3:] == 0, np.uint8(0), indexed.palette)
    used = np.flatnonzero(count_indices(indexed))
    kept, places = np.unique(colors[used], axis=0, return_inverse=True)
    luma = kept[:, :3].astype(np.int64) @ LUMA
    order = np.lexsort((kept[:, 2], kept[:, 1], kept[:, 0], luma, kept[:, 3]))
    rank = np.empty(len(order), dtype=np.uint8)
    rank[order] = np.arange(len(order), dtype=np.uint8)
    table = np.zeros(256, dtype=np.uint8)
    table[used] = rank[places.reshape(-1)]
    if len(kept) == len(indexed.palette) and (table[: len(kept)] == np.arange(len(kept))).all():
        return IndexedImage(colors, indexed.indices)
    return IndexedImage(np.ascontiguousarray(kept[order]), table[indexed.indices])


def count_indices(indexed: IndexedImage) -> NDArray[np.int64]:
    """Count the pixels of each palette entry.

    Parameters
    ----------
    indexed : IndexedImage
        Palette of shape (K, 4) and indices of shape (H, W).

    Returns
    -------
    ndarray of shape (K,), int64
        Pixels per entry.

    Raises
    ------
    ValueError
        If an index is not below K.
    """
    counts = np.zeros(256, dtype=np.int64)
    rows = max(1, STRIP_PIXELS // max(1, indexed.indices.shape[1]))
    for top in range(0, indexed.indices.shape[0], rows):
        counts += np.bincount(indexed.indices[top : top + rows].reshape(-1), minlength=256)
    colors = len(indexed.palette)
    if counts[colors:].any():
        raise ValueError(f"{int(counts[colors:].sum())} indices point beyond a palette of {colors} colours")
    return counts[:colors]
