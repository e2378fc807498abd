"""Sizes for people."""

from __future__ import annotations

import pytest

from autok.units import format_bytes


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (84_321, "84.3 kB"),
        (999_600, "1000 kB"),
        (1_234_567, "1.23 MB"),
    ],
)
def test_sizes_are_told_in_thousands(count: int, shown: str) -> None:
    """Sizes have three significant digits and 1 kB is 1000 bytes."""
    assert format_bytes(count) == shown
