"""Whether every shipped package has a wheel for each Python that is supported, so that nothing is compiled."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from supply.pins import LOCK

PYTHONS: Final = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS: Final = ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")


def missing_wheels(python: str, lock: Path = LOCK) -> str:
    """Ask pip what it would install on Linux x86-64 for a Python, wheels and right hashes only.

    Returns
    -------
    str
        pip's complaint; empty when everything is there.
    """
    with tempfile.TemporaryDirectory() as target:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--dry-run"]
        command += ["--ignore-installed", "--no-deps", "--only-binary=:all:", "--require-hashes", "--target", target]
        command += ["--python-version", python, *(f"--platform={each}" for each in PLATFORMS), "-r", str(lock)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stderr.strip()
