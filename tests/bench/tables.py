"""Tables in the form that documents take, kept by name, and shown in the README between their marks."""

from __future__ import annotations

import datetime
import os
import platform
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MARK: Final = re.compile(r"(<!-- bench:([a-z0-9]+) -->\n).*?(<!-- /bench -->)", re.DOTALL)
"""What stands between these marks in a document is the table of that name."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of measurements."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    """What is measured, against what, and what was left out."""

    def render(self) -> str:
        """Return the table as markdown, its title in bold."""
        lines = [
            f"**{self.title}.** {self.note}".rstrip(),
            "",
            "| " + " | ".join(self.header) + " |",
            "|" + " --- |" * len(self.header),
            *("| " + " | ".join(row) + " |" for row in self.rows),
        ]
        return "\n".join(lines) + "\n"


def render_section(command: str, tables: Iterable[Table]) -> str:
    """Return the tables of one measurement, with the day, the machine and the command that repeats it."""
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    footer = f"Measured on {datetime.datetime.now(tz=datetime.UTC):%Y-%m-%d} on {machine}, with `{command}`.\n"
    return "\n".join([*(table.render() for table in tables), footer])


def keep_section(folder: Path, name: str, section: str) -> None:
    """Keep a section in a folder under its name."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.md").write_text(section, "utf-8")


def join_sections(folder: Path, names: Sequence[str], target: Path) -> None:
    """Write every kept section, in the order of the names, into one document."""
    kept = [(name, folder / f"{name}.md") for name in names]
    parts = [f"## {name}\n\n{path.read_text('utf-8')}" for name, path in kept if path.exists()]
    target.write_text("# Measurements\n\n" + "\n".join(parts), "utf-8")


def refresh_document(document: Path, folder: Path) -> None:
    """Put the kept sections between their marks; marks whose section was never kept stay as they are."""

    def fill(match: re.Match[str]) -> str:
        path = folder / f"{match[2]}.md"
        return f"{match[1]}{path.read_text('utf-8')}{match[3]}" if path.exists() else match[0]

    text = document.read_text("utf-8")
    refreshed = MARK.sub(fill, text)
    if refreshed != text:
        document.write_text(refreshed, "utf-8")
