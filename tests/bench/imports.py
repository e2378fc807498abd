"""What a cold start pays: the time and memory of what each process loads before it can work."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from bench.gauge import measure_here, measure_module, report
from bench.tables import Table

REPEATS: Final = 5


def load_api() -> dict[str, Any]:
    """Load what the API process loads."""
    import main  # noqa: F401
    import service.api
    import service.signing  # noqa: F401

    return {}


def load_worker() -> dict[str, Any]:
    """Load what the worker process loads; the engine is loaded by its helper."""
    import main  # noqa: F401
    import service.sandbox
    import service.worker  # noqa: F401

    return {}


def load_helper() -> dict[str, Any]:
    """Load and warm the engine, as the sandbox's helper does once."""
    from service.engine import warm

    warm()
    return {}


LOADS: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "API": load_api,
    "worker": load_worker,
    "worker's helper": load_helper,
}


def measure(_folder: Path | None, _each: int | None) -> list[Table]:
    """Return the median time and memory of each process's imports."""
    rows = []
    for name in LOADS:
        runs = [measure_module("bench.imports", name) for _ in range(REPEATS)]
        seconds = statistics.median(run.cpu for run in runs)
        peak = statistics.median(run.peak for run in runs)
        rows.append([name, f"{seconds * 1000:.0f}", f"{peak / 2**20:.0f}"])
    note = f"Median of {REPEATS} with compiled files."
    return [Table("Imports of each process", ("process", "CPU ms", "MiB"), rows, note)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="bench.imports")
    parser.add_argument("process", choices=LOADS)
    report(measure_here(LOADS[parser.parse_args().process]))
