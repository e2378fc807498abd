"""Receipts: reports that are checked against their originals."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

import autok
from autok.errors import OptionError


@pytest.fixture(scope="module")
def receipt(flower: bytes) -> tuple[bytes, dict[str, Any]]:
    """Return a result and its report after a way through JSON."""
    data, report = autok.compress(flower, quality="small", colors=12, pin=["#ff0000"])
    return data, json.loads(json.dumps(report))


def test_an_honest_report_matches(receipt: tuple[bytes, dict[str, Any]], flower: bytes) -> None:
    """The options of the report lead from the original to the same bytes again."""
    data, report = receipt
    verdict = autok.verify(report, flower, data)
    assert verdict
    assert report["output"]["sha256"] in verdict.why


def test_a_changed_hash_is_found(receipt: tuple[bytes, dict[str, Any]], flower: bytes) -> None:
    """A report that names other bytes does not match, and the versions that differ are named."""
    report = copy.deepcopy(receipt[1])
    report["output"]["sha256"] = "0" * 64
    assert autok.verify(report, flower).why.endswith("The versions are the same.")
    report["engine"]["pillow"] = "9.0"
    verdict = autok.verify(report, flower)
    assert not verdict
    assert "pillow 9.0 (here " in verdict.why


def test_other_files_are_told_apart(receipt: tuple[bytes, dict[str, Any]], flower: bytes, china: bytes) -> None:
    """Another original and another result are each named as such, without any compression."""
    assert "another original" in autok.verify(receipt[1], china).why
    assert "another result" in autok.verify(receipt[1], flower, china).why


@pytest.mark.parametrize(
    ("report", "why"),
    [
        ({}, "status missing"),
        ({"status": "failed"}, "status failed"),
        ({"status": "done"}, "lacks"),
        ({"status": "done", "input": [], "output": 3, "options": None, "engine": {}}, "lacks"),
        (
            {
                "status": "done",
                "input": {"sha256": "", "width": 1, "height": 1, "bytes": float("inf")},
                "output": {"sha256": ""},
                "options": {},
                "engine": {},
            },
            "lacks",
        ),
    ],
)
def test_what_is_no_report_of_a_finished_job_matches_nothing(report: dict[str, Any], why: str) -> None:
    """A failed, empty or foreign report is a verdict with a sentence, never a fault."""
    verdict = autok.verify(report, b"")
    assert not verdict
    assert why in verdict.why


def test_options_that_no_version_knows_are_an_error(receipt: tuple[bytes, dict[str, Any]], flower: bytes) -> None:
    """An option that this version does not know is named."""
    report = {**receipt[1], "options": {"speed": 3}}
    with pytest.raises(OptionError, match="speed"):
        autok.verify(report, flower)
