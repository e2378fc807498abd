"""Takes the tables of measurements out of the README for the pages: `python -m local.measurements`.

``make bench`` writes them there between marks. The pages show what it wrote and nothing else, so that no figure
stands anywhere that nobody measured.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any, Final

from local.stack import ROOT

README: Final = ROOT / "README.md"
TARGET: Final = ROOT / "frontend" / "demos" / "measurements.json"

_SECTION: Final = re.compile(r"<!-- bench:([a-z0-9]+) -->\n(.*?)<!-- /bench -->", re.DOTALL)
_TITLE: Final = re.compile(r"\*\*(.+?)\.\*\* ?(.*)")


def read_sections(document: str) -> dict[str, dict[str, Any]]:
    """Return what stands between the marks of a document, by name, in the document's order.

    Parameters
    ----------
    document : str
        Text in Markdown.

    Returns
    -------
    dict
        For each name ``tables``, each with ``title``, ``note``, ``header`` and ``rows``, and ``measured``: the
        sentence that names day, machine and command.
    """
    return {name: _read_section(text) for name, text in _SECTION.findall(document)}


def _read_section(text: str) -> dict[str, Any]:
    tables: list[dict[str, Any]] = []
    measured = ""
    for line in text.splitlines():
        if title := _TITLE.fullmatch(line):
            tables.append({"title": title[1], "note": title[2], "header": [], "rows": []})
        elif line.startswith("|") and tables:
            _add_line(tables[-1], [cell.strip() for cell in line.strip("|").split("|")])
        elif line:
            measured = line
    return {"tables": tables, "measured": measured}


def _add_line(table: dict[str, Any], cells: list[str]) -> None:
    """Take in a line of a table: the first names the columns, the rule below it says nothing."""
    if not table["header"]:
        table["header"] = cells
    elif set("".join(cells)) != {"-"}:
        table["rows"].append(cells)


def main() -> None:
    """Write the tables where the pages find them."""
    parser = argparse.ArgumentParser(prog="local.measurements", description=__doc__)
    parser.add_argument("--target", type=Path, default=TARGET)
    target: Path = parser.parse_args().target
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(read_sections(README.read_text("utf-8"))) + "\n", "utf-8")


if __name__ == "__main__":
    main()
