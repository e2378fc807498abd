"""Which coefficients are worth their bits, against every choice tried by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autok.encoding.jpeg_codes import AC_LENGTHS
from autok.encoding.jpeg_quantization import ENERGY_UNIT, LAMBDA, MASKING, quantize_component


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 60))
def test_weighing_only_lowers_magnitudes(seed, spread):
    """A weighed level is the rounded one or nearer to zero, keeps its sign, and leaves the mean alone."""
    random = np.random.default_rng(seed)
    coefficients = (random.laplace(0, spread, (64, 9)) * 8).clip(-1024, 1024).astype(np.float32)
    table = random.integers(1, 60, 64).astype(np.uint8)
    plain = np.rint(coefficients / table[:, None].astype(np.float32)).clip(-1024, 1024)
    weighed = quantize_component(coefficients, table)
    assert (weighed[0] == plain[0]).all()
    assert (np.abs(weighed) <= np.abs(plain)).all()
    assert (weighed * plain >= 0).all()


def test_a_lone_high_frequency_is_dropped_and_a_strong_one_kept():
    """One faint coefficient behind a long run of zeros is not worth its bits; ten steps are."""
    coefficients = np.zeros((64, 2), dtype=np.float32)
    coefficients[50] = [0.6, 10.0]
    weighed = quantize_component(coefficients, np.ones(64, dtype=np.uint8))
    assert weighed[50].tolist() == [0, 10]


def bits_of(levels):
    """Return the bits of a block's coefficients behind the first, by the standard's example codes."""
    total, run = 0, 0
    for level in levels[1:]:
        if level == 0:
            run += 1
            continue
        total += (run // 16) * AC_LENGTHS[0xF0] + AC_LENGTHS[run % 16 << 4 | int(level).bit_length()]
        total += int(level).bit_length()
        run = 0
    return total


@pytest.mark.parametrize("seed", range(40))
def test_one_choice_is_the_best_of_all(seed):
    """A lone coefficient is kept, lowered or dropped as squared error plus lambda times bits is least."""
    random = np.random.default_rng(seed)
    place, magnitude = int(random.integers(1, 64)), float(np.float32(random.uniform(0.5, 4)))
    block = np.zeros((64, 1), dtype=np.float32)
    block[place] = magnitude
    level = round(magnitude)
    energy = magnitude**2
    rung = np.floor(2 * np.log2(energy / ENERGY_UNIT + 1))
    weight = LAMBDA * 2 ** (rung / 2 * MASKING)

    def cost(choice):
        levels = np.zeros(64, dtype=int)
        levels[place] = choice
        return (magnitude - choice) ** 2 + weight * bits_of(levels)

    assert quantize_component(block, np.ones(64, dtype=np.uint8))[place, 0] == min({0, level - 1, level}, key=cost)


def test_weighing_never_costs_more_than_rounding():
    """Over random blocks the weighed levels have no more error and bits together than the rounded ones."""
    random = np.random.default_rng(3)
    coefficients = (random.laplace(0, 1.2, (64, 200)) * (random.random((64, 200)) < 0.4)).astype(np.float32)
    weighed = quantize_component(coefficients, np.ones(64, dtype=np.uint8))
    rounded = np.rint(coefficients)
    costs = [
        sum(((coefficients - levels)[1:] ** 2).sum(axis=0)) + LAMBDA * sum(bits_of(abs(each)) for each in levels.T)
        for levels in (rounded, weighed)
    ]
    assert costs[1] < costs[0]


def test_steps_divide_and_extremes_stay_within_the_codes():
    """A coefficient counts in steps of its own place, and no level behind the first goes over 1023."""
    coefficients = np.full((64, 1), 1024, dtype=np.float32)
    table = np.ones(64, dtype=np.uint8)
    table[5] = 100
    levels = quantize_component(np.concatenate([coefficients, -coefficients], axis=1), table)
    assert levels[0].tolist() == [1024, -1024]
    assert levels[5].tolist() == [10, -10]
    assert levels[6].tolist() == [1023, -1023]


def test_texture_hides_more():
    """A quiet block keeps a fainter coefficient than one that is full of strong ones."""
    magnitudes = np.arange(0.52, 1.5, 0.02, dtype=np.float32)

    def faintest(strength):
        blocks = np.zeros((64, len(magnitudes)), dtype=np.float32)
        blocks[1:8], blocks[8] = strength, magnitudes
        return magnitudes[quantize_component(blocks, np.ones(64, dtype=np.uint8))[8] > 0].min()

    assert faintest(8) < faintest(60)
