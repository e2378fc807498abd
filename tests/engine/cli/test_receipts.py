"""``autok verify`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autok.cli import main


@pytest.fixture
def folder(tmp_path: Path, china: bytes, capsys: pytest.CaptureFixture[str]) -> Path:
    """Return a folder with a photo, its result and the report that ``--json`` printed."""
    (tmp_path / "photo.jpg").write_bytes(china)
    assert main([str(tmp_path / "photo.jpg"), "-o", f"{tmp_path}/small.jpg", "--json", "--quality", "small"]) == 0
    (tmp_path / "report.json").write_text(capsys.readouterr().out)
    return tmp_path


def test_a_match_is_status_0(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Report, original and result that belong together are a sentence on stdout and exit status 0."""
    names = [str(folder / name) for name in ("report.json", "photo.jpg", "small.jpg")]
    assert main(["verify", *names]) == 0
    assert "match" in capsys.readouterr().out


def test_a_changed_receipt_is_status_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A result or a report that was changed afterwards is told, with exit status 1."""
    report, photo = str(folder / "report.json"), str(folder / "photo.jpg")
    assert main(["verify", report, photo, photo]) == 1
    assert "another result" in capsys.readouterr().out
    content = json.loads((folder / "report.json").read_text())
    content["output"]["sha256"] = "f" * 64
    (folder / "report.json").write_text(json.dumps(content))
    assert main(["verify", report, photo]) == 1
    assert "differ" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe{", b"[" * 5000])
def test_what_is_no_report_is_a_sentence(folder: Path, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is no JSON object is named on stderr, with exit status 1."""
    (folder / "report.json").write_bytes(content)
    assert main(["verify", str(folder / "report.json"), str(folder / "photo.jpg")]) == 1
    assert "is no report in JSON" in capsys.readouterr().err


def test_a_missing_file_is_a_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An original that is not there is named on stderr, with exit status 1."""
    assert main(["verify", str(folder / "report.json"), str(folder / "gone.jpg")]) == 1
    assert "gone.jpg" in capsys.readouterr().err


def test_wrong_usage_is_status_2() -> None:
    """A verify without its two files is a wrong usage."""
    with pytest.raises(SystemExit) as caught:
        main(["verify", "report.json"])
    assert caught.value.code == 2
