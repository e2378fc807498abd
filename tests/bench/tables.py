"""Tables in the form that documents take."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence


def print_rows(title: str, header: Sequence[str], rows: Sequence[Sequence[str]], note: str = "") -> None:
    """Print one table, with the machine it was measured on."""
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    print(f"\n### {title}\n\nMeasured on {machine}. {note}\n")
    print("| " + " | ".join(header) + " |")
    print("|" + " --- |" * len(header))
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)
