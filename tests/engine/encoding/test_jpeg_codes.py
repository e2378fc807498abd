"""Writing coefficients: the standard's example codes, and files that any decoder reads back."""

from __future__ import annotations

import io
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from autok.encoding.jpeg_blocks import ZIGZAG
from autok.encoding.jpeg_codes import AC_CODES, AC_LENGTHS, CATEGORIES, DC_CODES, DC_LENGTHS, write_baseline


def word(codes, lengths, symbol):
    """Return a code as the standard prints it."""
    return f"{codes[symbol]:0{lengths[symbol]}b}"


def test_the_codes_of_differences_are_those_of_table_k3():
    """The twelve categories of luma's DC have the words that ITU-T T.81 prints in K.3."""
    words = ["00", "010", "011", "100", "101", "110", "1110", "11110", "111110", "1111110", "11111110", "111111110"]
    assert [word(DC_CODES, DC_LENGTHS, category) for category in range(12)] == words


@pytest.mark.parametrize(
    ("symbol", "printed"),
    [
        (0x00, "1010"),
        (0x01, "00"),
        (0x02, "01"),
        (0x03, "100"),
        (0x04, "1011"),
        (0x05, "11010"),
        (0x0A, "1111111110000011"),
        (0x11, "1100"),
        (0x12, "11011"),
        (0x21, "11100"),
        (0x31, "111010"),
        (0x53, "1111111110011110"),
        (0x81, "111111000"),
        (0xE1, "1111111111101011"),
        (0xF0, "11111111001"),
        (0xF1, "1111111111110101"),
        (0xFA, "1111111111111110"),
    ],
)
def test_the_codes_of_runs_are_those_of_table_k5(symbol, printed):
    """Run and category of luma's AC have the words that ITU-T T.81 prints in K.5."""
    assert word(AC_CODES, AC_LENGTHS, symbol) == printed


def test_no_code_begins_another():
    """All 162 words of K.5 are told apart from their first bits on, and none is all ones."""
    words = sorted(word(AC_CODES, AC_LENGTHS, symbol) for symbol in np.flatnonzero(AC_LENGTHS))
    assert len(words) == 162
    assert not any(longer.startswith(shorter) for shorter, longer in pairwise(words))
    assert all("0" in each for each in words)


def test_categories_are_those_of_table_f1():
    """A category of n holds the magnitudes from 2 to the power of n-1 up to the next power."""
    assert CATEGORIES[0] == 0
    for category in range(1, 12):
        assert (CATEGORIES[2 ** (category - 1) : 2**category] == category).all()


def test_a_block_is_coded_as_by_hand():
    """Differences, runs, a run over sixteen and the end of the block have the very bits of F.1.2."""
    levels = np.zeros((64, 2), dtype=np.int16)
    levels[0] = [5, 3]
    levels[1, 0], levels[20, 0], levels[63, 1] = -1, 2, 1
    first = "10010100011111111001" + word(AC_CODES, AC_LENGTHS, 0x22) + "101010"
    second = "01101" + "11111111001" * 3 + word(AC_CODES, AC_LENGTHS, 0xE1) + "1"
    bits = first + second
    bits += "1" * (-len(bits) % 8)
    packed = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    data = write_baseline((16, 8), [levels], [1], [np.ones(64, dtype=np.uint8)])
    assert data.endswith(b"\0\x3f\0" + packed + b"\xff\xd9")


def test_the_frame_tells_sizes_samplings_and_tables():
    """Colours have three components with samplings of their own, the differences the second table (B.2.2)."""
    planes = [np.zeros((64, count), dtype=np.int16) for count in (4, 1, 1)]
    data = write_baseline((11, 300 - 289), planes, [2, 1, 1], [np.full(64, 3, np.uint8), np.full(64, 9, np.uint8)])
    at = data.index(b"\xff\xc0")
    assert data[at + 4 : at + 19] == b"\x08\0\x0b\0\x0b\3" + b"\1\x22\0" + b"\2\x11\1" + b"\3\x11\1"
    with Image.open(io.BytesIO(data)) as image:
        assert (image.size, image.mode) == ((11, 11), "RGB")
        assert {number: set(table) for number, table in image.quantization.items()} == {0: {3}, 1: {9}}
        assert image.getpixel((10, 10)) == (128, 128, 128)


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.sampled_from([0.0, 0.02, 0.3, 1.0]))
def test_codes_carry_every_coefficient(seed, width, share):
    """Any levels, runs and signs come back through a decoder as the pixels of those levels."""
    random = np.random.default_rng(seed)
    blocks = -(-width // 8)
    levels = random.integers(-40, 41, (64, blocks)) * (random.random((64, blocks)) < share)
    levels[0] = random.integers(-200, 201, blocks)
    table = np.ones(64, dtype=np.uint8)
    data = write_baseline((width, 8), [levels.astype(np.int16)], [1], [table])
    decoded = np.asarray(Image.open(io.BytesIO(data)), dtype=int)
    square = np.zeros((64, blocks))
    square[ZIGZAG] = levels
    steps = np.arange(8)
    basis = np.cos((2 * steps + 1) * steps[:, None] * np.pi / 16) / 2
    basis[0] = np.sqrt(1 / 8)
    expected = np.concatenate([basis.T @ square[:, b].reshape(8, 8) @ basis for b in range(blocks)], axis=1)
    expected = np.clip(expected[:, :width] + 128, 0, 255)
    assert np.abs(decoded - expected).max() <= 1.5


def test_the_largest_levels_have_codes():
    """The extremes of an 8-bit JPEG, from one end to the other, are written and read."""
    levels = np.zeros((64, 4), dtype=np.int16)
    levels[0] = [1016, -1024, 1016, -1024]
    levels[1:, 0] = 1023
    levels[63, 1] = -1023
    data = write_baseline((32, 8), [levels], [1], [np.ones(64, dtype=np.uint8)])
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        assert image.size == (32, 8)
