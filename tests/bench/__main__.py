"""Measures the tables: all of them, or those that are named (``python -m bench floor``).

Every table is printed and kept in build/bench; a run of all of them also writes build/bench.md and refreshes what
the documents show. ``--readme`` does both after a run of some.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

TABLES: Final = (
    "palette",
    "kmeans",
    "auto",
    "photos",
    "saving",
    "forerunner",
    "regret",
    "target",
    "auto12",
    "floor",
    "imports",
    "efforts",
    "ways",
    "seconds",
    "style",
    "devices",
    "backfill",
    "scale",
)
"""Every table is a module of this package: ``measure(folder, each)`` returns what is shown."""

ROOT: Final = Path(__file__).parents[2]
DOCUMENTS: Final = ("README.md", "infra/README.md")
KEPT: Final = ROOT / "build" / "bench"
THREADS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS", "MAGICK_THREAD_LIMIT")


def main() -> int:
    """Measure and show the wanted tables."""
    given = _arguments()
    # Before any library is loaded: they read these once.
    os.environ.update(dict.fromkeys(THREADS, "1"))
    from bench.tables import Table, join_sections, keep_section, refresh_document, render_section

    folder = os.environ.get("IMAGES")
    for name in given.tables or TABLES:
        measure: Callable[[Path | None, int | None], list[Table]] = importlib.import_module(f"bench.{name}").measure
        print(f"{name} ...", file=sys.stderr, flush=True)
        tables = measure(Path(folder) if folder else None, given.each)
        wanted = f'"{name} --each {given.each}"' if given.each else name
        section = render_section(f"make bench BENCH={wanted}{' IMAGES=folder' if folder else ''}", tables)
        print(f"\n{section}", flush=True)
        keep_section(KEPT, name, section)
    if given.readme or not given.tables:
        join_sections(KEPT, TABLES, KEPT.with_suffix(".md"))
        for document in DOCUMENTS:
            refresh_document(ROOT / document, KEPT)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"of {', '.join(TABLES)}; all by default")
    parser.add_argument("--each", type=int, default=None, help="most pictures of each set; each table has its default")
    parser.add_argument("--readme", action="store_true", help="refresh the README after a run of some tables")
    given = parser.parse_args()
    unknown = [name for name in given.tables if name not in TABLES]
    if unknown:
        parser.error(f"there is no table {', '.join(unknown)}; there are {', '.join(TABLES)}")
    return given


if __name__ == "__main__":
    sys.exit(main())
