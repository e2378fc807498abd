"""What the bench of backfills rests on."""

from __future__ import annotations

import os
import subprocess
import sys

from bench.backfill import Watch, read_share

MIB = 2**20
HOLDER = (
    "import sys; held = bytearray(64 << 20); held[::4096] = b'x' * 16384; print('there', flush=True); sys.stdin.read()"
)


def test_memory_counts_those_below_a_process() -> None:
    """A child that holds 64 MiB is seen in the sum over its parent, and is gone from it when it has ended."""
    before = Watch(os.getpid())
    before.look()
    child = subprocess.Popen([sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"there\n"
    watch = Watch(os.getpid())
    watch.look()
    assert read_share(child.pid) > 64 * MIB
    child.communicate()
    assert watch.peak > before.peak + 60 * MIB
    assert read_share(child.pid) == 0


def test_a_peak_is_the_most_that_was_seen() -> None:
    """Looking again at less leaves the peak where it was."""
    watch = Watch(os.getpid())
    watch.peak = 1 << 50
    watch.look()
    assert watch.peak == 1 << 50
