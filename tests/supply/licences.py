"""Under which licence each shipped package is, by what it says itself."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from importlib.metadata import distributions
from typing import Final

from supply.pins import LOCK, Pin

ACCEPTED: Final = {
    "0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0",
    "PSF-2.0", "Unlicense", "Zlib",
}  # fmt: skip
"""Licences that ask for no more than their own text beside the package; MPL-2.0 for changes of its own files."""

_SPELLINGS: Final = {
    "Apache 2": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "https://www.apache.org/licenses/LICENSE-2.0": "Apache-2.0",
    "3-Clause BSD License": "BSD-3-Clause",
    "BSD License": "BSD",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}


_VAGUE: Final = {"Dual License"}
"""Says less than the classifiers do."""

BACKFILL: Final = tuple(map(str, (LOCK.parents[1] / "build/backfill/lib").glob("python3*/site-packages")))
"""Where `make backfill` installs."""


@dataclass(frozen=True, slots=True)
class Licence:
    """What a package says of its licence."""

    name: str
    version: str
    terms: tuple[str, ...]
    """SPDX names, or ``BSD`` where the number of clauses is not said; empty where it says nothing."""

    @property
    def is_accepted(self) -> bool:
        """Whether every licence that it names is one of `ACCEPTED`."""
        return bool(self.terms) and set(self.terms) <= ACCEPTED


def find_licence(pin: Pin) -> Licence | None:
    """Return what a package says in this environment or Beam's; None where neither holds it, as for another system."""
    found = next(iter(distributions(name=pin.name, path=[*sys.path, *BACKFILL])), None)
    if found is None:
        return None
    told = found.metadata
    text = told.get("License-Expression") or ""
    if not text:
        free = (told.get("License") or "").strip()
        # Some put the whole text there; what it is called then stands among the classifiers.
        text = free if free not in _VAGUE and len(free) <= 60 and "\n" not in free else ""
    if not text:
        classes = [each.split(" :: ")[-1] for each in told.get_all("Classifier", []) if each.startswith("License :: ")]
        text = " AND ".join(_SPELLINGS.get(each, each) for each in classes)
    text = _SPELLINGS.get(text, text)
    terms = [part.strip("() ") for part in re.split(r"\s+(?:AND|OR)\s+", text)] if text else []
    return Licence(pin.name, told["Version"], tuple(_SPELLINGS.get(each, each) for each in terms))
