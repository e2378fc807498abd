"""The sentence of the report, from numbers that are given."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from autok.contest import Verdict
from autok.explaining import explain
from autok.models import Analysis, Candidate, ColorHistogram, Plan, Trial

HISTOGRAM = ColorHistogram(np.zeros((1, 4), np.float32), np.ones(1, np.int64), np.zeros(1, np.float32))
ANALYSIS = Analysis(6.9, 812.4, 9.0, 0.3, 0.1, 0.6, None, HISTOGRAM)
PLAN = Plan("score", 70.0, None, 52, 2, 256, 74, ("png", "jpeg"), True, 0.5, 1.0, 68.0)
PALETTE = Candidate("png", "palette + oxipng 4", b"x", 84_000, 70.3, colors=48)
JPEG = Candidate("jpeg", "jpegli + mozjpeg", b"x", 121_000, 70.1, quality=81.0)
UPLOAD = Candidate("png", "original, stripped", b"x", 500_000, 100.0, lossless=True)
TRIALS = (Trial("palette", 37, 67.9, None), Trial("palette", 48, 70.3, None), Trial("jpeg", 81, 70.1, 130_000))


def test_a_palette_that_wins_says_what_fewer_colors_scored_and_what_jpeg_weighs() -> None:
    """K, its score, the next smaller trial, the measurements, and the rival's size are all in the sentence."""
    said = explain(PLAN, ANALYSIS, TRIALS, (PALETTE, JPEG, UPLOAD), Verdict(0, "smallest"))
    for part in ("48 colours", "70.3", "37 scored 67.9", "6.9 bits", "812", "84 kB", "121 kB as JPEG"):
        assert part in said


def test_a_spared_palette_is_named_as_a_prediction() -> None:
    """Where no palette was tried, K is said to be predicted and its size to be about so much."""
    spared = replace(PALETTE, data=None, size=300_000)
    said = explain(PLAN, ANALYSIS, TRIALS[2:], (spared, JPEG, UPLOAD), Verdict(1, "smallest"))
    assert "predicted" in said
    assert "JPEG at quality 81 wins with 121 kB" in said
    assert "about 300 kB as a palette PNG" in said


def test_an_exact_palette_loses_nothing() -> None:
    """A picture of few colours is said to lose nothing."""
    exact = replace(PALETTE, lossless=True, score=100.0, colors=9)
    said = explain(PLAN, ANALYSIS, (Trial("palette", 9, 100.0, None),), (exact, UPLOAD), Verdict(0, "smallest"))
    assert "nothing is lost" in said


@pytest.mark.parametrize(
    ("rule", "changes", "parts"),
    [
        ("near miss", {}, ("misses the asked 70", "lossless")),
        (
            "smallest found",
            {"goal": "bytes", "target_bytes": 300, "target_score": 0.0},
            ("300 bytes", "could not be reached"),
        ),
        ("smallest found", {"goal": "bytes", "target_bytes": 300, "target_score": 60.0}, ("60 comes first",)),
        ("best under size", {"goal": "bytes", "target_bytes": 90_000, "target_score": 0.0}, ("under the asked 90 kB",)),
        ("asked colors", {"goal": "colors"}, ("48 colours, as asked",)),
    ],
)
def test_every_rule_has_its_words(rule: Any, changes: dict[str, Any], parts: tuple[str, ...]) -> None:
    """Each way of winning is told with the numbers that made it."""
    said = explain(replace(PLAN, **changes), ANALYSIS, TRIALS, (PALETTE, JPEG, UPLOAD), Verdict(0, rule))
    for part in parts:
        assert part in said


def test_an_upload_that_is_kept_is_called_so() -> None:
    """The stripped upload is named as itself when it wins."""
    said = explain(PLAN, ANALYSIS, TRIALS, (PALETTE, JPEG, UPLOAD), Verdict(2, "smallest"))
    assert "The upload itself" in said
