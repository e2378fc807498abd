"""Prints the tables of measurements: all of them, or the one that is named (``python -m bench floor``)."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bench import floor, imports

TABLES: Final[dict[str, Callable[[Path | None], None]]] = {
    "floor": floor.print_table,
    "imports": imports.print_table,
}
"""Every table by its name; each prints itself, and gets the folder of test images where there is one."""


def main(wanted: list[str]) -> int:
    """Print the wanted tables, or all."""
    unknown = [name for name in wanted if name not in TABLES]
    if unknown:
        print(f"There is no table {', '.join(unknown)}; there are {', '.join(TABLES)}.", file=sys.stderr)
        return 2
    folder = os.environ.get("IMAGES")
    for name in wanted or TABLES:
        TABLES[name](Path(folder) if folder else None)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
