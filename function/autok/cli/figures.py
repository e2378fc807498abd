"""Savings and progress as the command lines print them."""

from __future__ import annotations

import os
import sys


def show_saving(before: int, after: int) -> str:
    """Return how much smaller something became, such as ``71.0% smaller``."""
    return f"{1 - after / before:.1%} smaller" if before else "nothing to save"


def draw_bar(done: int, count: int) -> str:
    """Return a bar of 24 places with the numbers behind it."""
    width = 24
    filled = width * done // count
    return f"[{'#' * filled}{'.' * (width - filled)}] {done}/{count}"


def say(text: str, end: str = os.linesep) -> None:
    """Print to standard error, at once."""
    print(text, end=end, file=sys.stderr, flush=True)
