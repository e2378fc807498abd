"""Figures as they are printed."""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from load.census import Census


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the value that so large a share of sorted values does not exceed; NaN of none."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def describe_machine() -> str:
    """Return cores, processor, system and Python, and how busy the machine is with other things."""
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = next((line.partition(":")[2].strip() for line in info.splitlines() if line.startswith("model name")), "?")
    return (
        f"{os.cpu_count()} cores ({model}), {platform.system()} {platform.machine()}, Python "
        f"{platform.python_version()}, load average before {os.getloadavg()[0]:.1f}"
    )


def print_census(title: str, jobs: int, census: Census, troubles: Sequence[str]) -> None:
    """Print what a phase came to."""
    p50, p95, p99 = (percentile(census.waits, share) for share in (0.5, 0.95, 0.99))
    rate = jobs / census.span if census.span else float("nan")
    print(f"{title}: {jobs} images in {census.span:.1f} s, {rate:.2f} a second")
    print(f"  queue to done: p50 {p50:.2f} s, p95 {p95:.2f} s, p99 {p99:.2f} s")
    print(
        f"  lost {census.lost}, duplicate {census.duplicate}, failed {census.failed}, in more than one attempt "
        f"{census.again}, answers other than 200 to clients {dict(Counter(troubles)) or 0}",
        flush=True,
    )
