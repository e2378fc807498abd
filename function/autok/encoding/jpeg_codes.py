"""Quantized coefficients to a baseline JPEG with the standard's example codes; the lossless rewrite picks better ones.

References
----------
ITU-T T.81 (1992) annexes B (segments), F.1 (sequential coding) and K.3 (example codes).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

DC_COUNTS = bytes((0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0))
DC_SYMBOLS = bytes(range(12))
AC_COUNTS = bytes((0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125))
AC_SYMBOLS = bytes.fromhex(
    "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a"
    "434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9"
    "aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa"
)
SIXTEEN_ZEROS = 0xF0
"""Symbol for a run of sixteen zeros with more to come; 0 ends a block."""


def _codes(counts: bytes, symbols: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    codes, lengths = np.zeros(256, dtype=np.int64), np.zeros(256, dtype=np.int64)
    code, place = 0, 0
    for length, count in enumerate(counts, start=1):
        for symbol in symbols[place : place + count]:
            codes[symbol], lengths[symbol] = code, length
            code += 1
        place += count
        code <<= 1
    return codes, lengths


DC_CODES, DC_LENGTHS = _codes(DC_COUNTS, DC_SYMBOLS)
AC_CODES, AC_LENGTHS = _codes(AC_COUNTS, AC_SYMBOLS)
CATEGORIES: NDArray[np.int64] = np.array([magnitude.bit_length() for magnitude in range(2048)])
"""(2048,): bits that follow the code of a magnitude."""


def write_baseline(
    size: tuple[int, int],
    components: Sequence[NDArray[np.int16]],
    samplings: Sequence[int],
    tables: Sequence[NDArray[np.uint8]],
) -> bytes:
    """Write quantized components as a JPEG with one scan each.

    Parameters
    ----------
    size : tuple of int
        Width and height in pixels.
    components : sequence of ndarray of shape (64, B), int16
        Quantized coefficients in zigzag order, B blocks row by row.
    samplings : sequence of int
        Samples of each component along a side for one of the coarsest.
    tables : sequence of ndarray of shape (64,), uint8
        Quantization in zigzag order: luma's, then chroma's where there are colours.

    Returns
    -------
    bytes
        The file.
    """
    width, height = size
    parts = [b"\xff\xd8"]
    parts += [_segment(0xDB, bytes((number,)) + table.tobytes()) for number, table in enumerate(tables)]
    frame = b"".join(
        bytes((number, sampling * 17, min(number - 1, len(tables) - 1)))
        for number, sampling in enumerate(samplings, start=1)
    )
    head = b"\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big") + bytes((len(components),))
    parts.append(_segment(0xC0, head + frame))
    parts.append(_segment(0xC4, b"\x00" + DC_COUNTS + DC_SYMBOLS + b"\x10" + AC_COUNTS + AC_SYMBOLS))
    for number, quantized in enumerate(components, start=1):
        parts += [_segment(0xDA, bytes((1, number, 0, 0, 63, 0))), _scan(quantized)]
    return b"".join(parts) + b"\xff\xd9"


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def _scan(quantized: NDArray[np.int16]) -> bytes:
    keys, codes, lengths = (np.concatenate(column) for column in zip(*_symbols(quantized), strict=True))
    order = np.argsort(keys, kind="stable")
    return _pack(codes[order], lengths[order])


def _symbols(quantized: NDArray[np.int16]) -> list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    """List every code of a scan with its bits and its place: 128 places a block, two a coefficient."""
    blocks = quantized.shape[1]
    differences = np.diff(quantized[0].astype(np.int64), prepend=0)
    firsts = _values(differences, DC_CODES, DC_LENGTHS, np.zeros(blocks, dtype=np.int64))
    block, step = (places.astype(np.int64) for places in np.nonzero(quantized[1:].T))
    starts = np.diff(block, prepend=-1) != 0
    previous = np.where(starts, -1, np.roll(step, 1))
    run = step - previous - 1
    places = block * 128 + step * 2 + 2
    values = _values(quantized[1:].T[block, step].astype(np.int64), AC_CODES, AC_LENGTHS, (run & 15) << 4)
    long_runs = np.repeat(places - 1, run >> 4)
    open_blocks = np.ones(blocks, dtype=bool)
    open_blocks[block[step == 62]] = False
    ends = np.flatnonzero(open_blocks) * 128 + 127
    return [
        (np.arange(blocks, dtype=np.int64) * 128, *firsts),
        (places, *values),
        (long_runs, *_repeat(SIXTEEN_ZEROS, len(long_runs))),
        (ends, *_repeat(0, len(ends))),
    ]


def _values(
    values: NDArray[np.int64], codes: NDArray[np.int64], lengths: NDArray[np.int64], prefix: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    category = CATEGORIES[np.abs(values)]
    symbol = prefix | category
    extra = np.where(values < 0, values + (1 << category) - 1, values)
    return (codes[symbol] << category) | extra, lengths[symbol] + category


def _repeat(symbol: int, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.full(count, AC_CODES[symbol]), np.full(count, AC_LENGTHS[symbol])


def _pack(codes: NDArray[np.int64], lengths: NDArray[np.int64]) -> bytes:
    ends = np.cumsum(lengths)
    total = int(ends[-1])
    shifts = np.repeat(ends, lengths) - np.arange(1, total + 1)
    bits = ((np.repeat(codes, lengths) >> shifts) & 1).astype(np.uint8)
    padded = np.concatenate([bits, np.ones(-total % 8, dtype=np.uint8)])
    # A byte of ones would start a marker; a zero behind it says that it is data (B.1.1.5).
    return np.packbits(padded).tobytes().replace(b"\xff", b"\xff\x00")
