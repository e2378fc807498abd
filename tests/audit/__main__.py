"""Audits the pages of a running stack: ``python -m audit`` prints a table and fails on the first figure that misses.

Lighthouse runs three times a page (its own simulated slow phone) and the median counts.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from audit.lighthouse import CATEGORIES, score_page
from audit.weight import first_load_bytes, longest_task
from support.ports import find_free_ports
from support.supervised import start_stack

PAGES = ("index.html", "compress.html", "about.html")
LEAST_SCORE = 95
MOST_SCRIPT_BYTES = 60_000
MOST_TASK_MS = 50.0
RUNS = 3


def main() -> int:
    """Print every figure and return 1 where one misses its mark."""
    misses = []
    with tempfile.TemporaryDirectory() as folder:
        stack = start_stack(find_free_ports(), Path(folder))
        try:
            print(f"{'page':16}" + "".join(f"{category:>17}" for category in CATEGORIES) + "   script at first load")
            for page in PAGES:
                address = f"{stack.page_url}/{page}"
                scores = score_page(address, RUNS, Path(folder))
                script = first_load_bytes(address)
                print(
                    f"{page:16}" + "".join(f"{scores[category]:17}" for category in CATEGORIES) + f"   {script:,} bytes"
                )
                misses += [f"{page}: {key} {value}" for key, value in scores.items() if value < LEAST_SCORE]
                misses += [f"{page}: {script} bytes of script"] if script >= MOST_SCRIPT_BYTES else []
            task = sorted(longest_task(f"{stack.page_url}/compress.html", Path(folder)) for _ in range(RUNS))[RUNS // 2]
            print(f"20 photos of 12 MP dropped at once: longest task {task:.0f} ms")
            misses += [f"a task of {task:.0f} ms"] if task > MOST_TASK_MS else []
        finally:
            stack.stop()
    for miss in misses:
        print(f"missed: {miss}", file=sys.stderr)
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main())
