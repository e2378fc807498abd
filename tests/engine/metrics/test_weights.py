"""The constants of SSIMULACRA2, and the step from errors to a score."""

from __future__ import annotations

import numpy as np
import pytest

from autok.metrics.weights import SCALES, score_errors, weights


def test_six_scales_hold_every_weight_at_its_place() -> None:
    """The published list of 108 goes plane by plane, then scale by scale: index 21 is X at the second scale."""
    table = weights(SCALES)
    assert table.shape == (6, 3, 6)
    assert np.count_nonzero(table) == 25
    for index, value in ((9, 1.1041726426657346), (21, 1.8787594979546387), (48, 225.20515300849274)):
        plane, rest = divmod(index, 36)
        assert table[rest // 6, plane, rest % 6] == value


@pytest.mark.parametrize("scales", range(7))
def test_fewer_scales_take_the_first_weights_without_gaps(scales: int) -> None:
    """As the published metric counts on through its list, a small picture has its first 18 a scale."""
    ordered = weights(scales).transpose(1, 0, 2).ravel()
    whole = weights(SCALES).transpose(1, 0, 2).ravel()
    assert np.array_equal(ordered, whole[: 18 * scales])


def test_no_error_is_a_hundred() -> None:
    """Equal pictures score 100, and so do those without any scale."""
    assert score_errors(np.zeros((6, 3, 6))) == 100.0
    assert score_errors(np.zeros((0, 3, 6))) == 100.0


def test_a_score_is_the_formula_of_the_publication() -> None:
    """Weighted sum, cubic polynomial and power, with the fourth roots of the last three means."""
    means = np.random.default_rng(4).uniform(0, 1e-3, (6, 3, 6))
    table, total = weights(6), 0.0
    for scale, plane, kind in np.ndindex(means.shape):
        error = means[scale, plane, kind]
        total += table[scale, plane, kind] * (error if kind < 3 else error**0.25)
    total *= 0.9562382616834844
    total = 2.326765642916932 * total - 0.020884521182843837 * total**2 + 6.248496625763138e-05 * total**3
    assert score_errors(means) == pytest.approx(100 - 10 * total**0.6276336467831387)


def test_more_error_never_scores_more() -> None:
    """The score falls as any weighted mean grows, and the errors that came in stay as they were."""
    means = np.full((6, 3, 6), 1e-6)
    before = means.copy()
    scores = [score_errors(means * factor) for factor in (1, 2, 8, 64, 4096)]
    assert scores == sorted(scores, reverse=True)
    assert np.array_equal(means, before)
