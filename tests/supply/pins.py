"""The packages that are shipped: names, versions and conditions out of the lock file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LOCK: Final = Path(__file__).parents[2] / "function" / "requirements.txt"
"""What is deployed, and what `make run` installs."""

LOCKS: Final = tuple(sorted(LOCK.parent.glob("requirements*.txt")))
"""That, and what is installed beside it for whatever is not deployed."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One package of a lock file."""

    name: str
    version: str
    condition: str
    """Environment marker; empty where it is always installed."""
    hashes: int
    """How many files may be installed."""


def read_pins(lock: Path = LOCK) -> Iterator[Pin]:
    """Yield the packages of a lock file, in its order."""
    logical = re.sub(r"\s*\\\n\s*", " ", lock.read_text())
    for line in logical.splitlines():
        found = re.match(r"([A-Za-z0-9._-]+)==([^\s;]+)(?:\s*;\s*([^-]*?))?\s*(--hash=.*)?$", line)
        if found:
            yield Pin(found[1], found[2], (found[3] or "").strip(), (found[4] or "").count("--hash=sha256:"))
