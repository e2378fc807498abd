"""Work on many pictures at once, one process for each core, one thread in each."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def spread(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Return what the work makes of each item, in their order; each finished one is said on stderr."""
    todo = list(items)
    results = []
    with ProcessPoolExecutor(min(os.cpu_count() or 1, max(1, len(todo)))) as pool:
        for item, result in zip(todo, pool.map(work, todo), strict=True):
            print(f"  {getattr(item, 'name', item)}", file=sys.stderr, flush=True)
            results.append(result)
    return results
