"""Time and peak memory of one piece of work, measured in a process of its own."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a piece of work took."""

    seconds: float
    """By the clock."""
    cpu: float
    """User CPU seconds of all threads; on a machine that others share, ratios of these are steadier."""
    peak: int
    """Bytes of resident memory above what the process held when the work began."""
    facts: dict[str, Any]
    """What the work says about its result."""


def measure_here(work: Callable[[], dict[str, Any]]) -> Measurement:
    """Run a piece of work in this process, once, and measure it."""
    # Writing 5 sets the mark of the highest residency back to the present one.
    Path("/proc/self/clear_refs").write_text("5")
    before = read_status("VmRSS")
    start, spent = time.perf_counter(), _cpu_seconds()
    facts = work()
    seconds, cpu = time.perf_counter() - start, _cpu_seconds() - spent
    return Measurement(seconds, cpu, read_status("VmHWM") - before, facts)


def _cpu_seconds() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


def read_status(field: str) -> int:
    """Return a field of this process's status in bytes; ``VmHWM``, unlike ``getrusage``, leaves out who began it."""
    match = re.search(rf"^{field}:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert match is not None
    return int(match[1]) * 1024


def report(measurement: Measurement) -> None:
    """Print a measurement for the process that asked for it."""
    print(json.dumps(asdict(measurement)))


def measure_module(module: str, *arguments: str, repeats: int = 1) -> Measurement:
    """Run ``python -m MODULE ARGUMENTS`` alone on one thread, and return the one that took the least CPU time."""
    env = {**os.environ, **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"), "1")}
    command = [sys.executable, "-m", module, *arguments]
    runs = [subprocess.run(command, env=env, capture_output=True, text=True, check=False) for _ in range(repeats)]
    failed = next((run for run in runs if run.returncode), None)
    if failed is not None:
        raise RuntimeError(f"{module} {' '.join(arguments)}: {failed.stderr.strip()[-500:]}")
    return min((Measurement(**json.loads(run.stdout)) for run in runs), key=lambda each: each.cpu)
