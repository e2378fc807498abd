"""The tables that the pages show are those that the benchmarks wrote."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from bench.tables import MARK, Table, render_section
from local.measurements import README, main, read_sections

_SAVING = Table("Saving", ("set", "median"), (("photos", "64%"), ("graphics", "78%")), "Balanced, format auto.")
_BARE = Table("No note", ("", "CPU s"), (("a row", ""),))


def test_sections_come_back_as_they_were_written() -> None:
    """Titles, notes, columns and cells, empty ones too, are those of the tables that were written."""
    section = render_section("make bench BENCH=saving", [_SAVING, _BARE])
    found = read_sections(f"text\n\n<!-- bench:saving -->\n{section}<!-- /bench -->\n\n| not | measured |\n")
    assert list(found) == ["saving"]
    assert found["saving"]["tables"] == [
        {
            "title": table.title,
            "note": table.note,
            "header": list(table.header),
            "rows": [list(row) for row in table.rows],
        }
        for table in (_SAVING, _BARE)
    ]
    assert found["saving"]["measured"].endswith("with `make bench BENCH=saving`.")


def test_readme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every table of the README reaches the pages, each with its columns filled and the command that made it."""
    target = tmp_path / "made" / "measurements.json"
    monkeypatch.setattr(sys, "argv", ["measurements", "--target", str(target)])
    main()
    found = json.loads(target.read_text())
    assert list(found) == [match[2] for match in MARK.finditer(README.read_text())]
    for section in found.values():
        assert "make bench" in section["measured"]
        for table in section["tables"]:
            assert table["rows"]
            assert {len(row) for row in table["rows"]} == {len(table["header"])}
