"""What is known against pinned packages: whoever answers, no package counts as good that nothing was learnt of."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from supply.vulnerabilities import Audit, audit

LOCK = "".join(f"{name}==1.0 \\\n    --hash=sha256:00\n" for name in ("alpha", "beta", "gamma"))


def _run(tmp_path: Path, answer: str, pages: Mapping[str, Mapping[str, Any]]) -> Audit:
    lock = tmp_path / "requirements.txt"
    lock.write_text(LOCK)
    program = tmp_path / "pip-audit"
    program.write_text(f"#!{sys.executable}\nprint({answer!r})\n")
    program.chmod(0o755)
    return audit(str(program), lock, lambda name: pages.get(name, {}))


def _answer(**packages: object) -> str:
    return json.dumps({"dependencies": [{"name": name, **facts} for name, facts in packages.items()]})  # type: ignore[dict-item]


def _page(version: str, *numbers: str) -> dict[str, Any]:
    return {"info": {"version": version}, "vulnerabilities": [{"id": number} for number in numbers]}


SKIPPED: dict[str, object] = {"skip_reason": "not found"}


def test_pip_audit_answers_first(tmp_path: Path) -> None:
    """What pip-audit says of a package holds, and the index is not asked about it."""
    answer = _answer(alpha={"vulns": []}, beta={"vulns": [{"id": "PYSEC-1"}]})
    found = _run(tmp_path, answer, {"alpha": _page("1.0", "PYSEC-2")})
    assert (found.clean, found.known, found.is_good) == (("alpha",), (("beta", "PYSEC-1"),), False)
    assert "requirements.txt: beta: PYSEC-1" in str(found)


def test_the_index_answers_for_its_newest_release(tmp_path: Path) -> None:
    """A skipped package is good or bad by the index's page when its pin is the newest release."""
    answer = _answer(alpha=SKIPPED, beta=SKIPPED)
    good = _run(tmp_path, answer, {"alpha": _page("1.0"), "beta": _page("1.0")})
    assert good.is_good
    assert str(good) == "requirements.txt: 2 packages without known vulnerabilities"
    bad = _run(tmp_path, answer, {"alpha": _page("1.0"), "beta": _page("1.0", "PYSEC-3")})
    assert bad.known == (("beta", "PYSEC-3"),)
    assert not bad.is_good


def test_a_withdrawn_vulnerability_does_not_count(tmp_path: Path) -> None:
    """An entry that its publisher took back leaves the package good."""
    page = _page("1.0", "PYSEC-4")
    page["vulnerabilities"][0]["withdrawn"] = "2026-01-01T00:00:00Z"
    assert _run(tmp_path, _answer(alpha=SKIPPED), {"alpha": page}).is_good


def test_an_older_pin_is_not_checked(tmp_path: Path) -> None:
    """A pin that is not the newest release, and a package without a page, are named as not checked and fail."""
    found = _run(tmp_path, _answer(alpha=SKIPPED, beta=SKIPPED, gamma={"vulns": []}), {"alpha": _page("1.1")})
    assert (found.clean, found.unasked, found.is_good) == (("gamma",), ("alpha", "beta"), False)
    assert str(found).endswith("NOT CHECKED for known vulnerabilities: alpha, beta")


@pytest.mark.parametrize("answer", ["", "no JSON", "{}"])
def test_no_answer_is_no_good_answer(tmp_path: Path, answer: str) -> None:
    """Whatever pip-audit prints in place of its list counts as not checked."""
    found = _run(tmp_path, answer, {})
    assert not found.is_good
    assert "NOT CHECKED" in str(found)
