"""What is known against the pinned packages: pip-audit's answer, and the index's own where pip-audit gets none."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import requests

from supply.pins import LOCK, read_pins

Pages = Callable[[str], Mapping[str, Any]]
"""Gives the index's page of a package, empty where there is none."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What could be asked about the packages of one lock file."""

    lock: str
    clean: tuple[str, ...]
    """Packages without a known vulnerability."""
    known: tuple[tuple[str, str], ...]
    """Packages with one, and its number."""
    unasked: tuple[str, ...]
    """Packages that nothing could be learnt of; they count as not good."""
    complaint: str = ""
    """Why nothing at all could be learnt."""

    @property
    def is_good(self) -> bool:
        """Whether every package could be asked about and none is known to be vulnerable."""
        return bool(self.clean) and not (self.known or self.unasked or self.complaint)

    def __str__(self) -> str:
        """Return what to print, a line for each vulnerability and a last one of what was not checked."""
        lines = [f"{self.lock}: {len(self.clean)} packages without known vulnerabilities"] if self.clean else []
        lines += [f"{self.lock}: {name}: {number}" for name, number in self.known]
        if self.unasked:
            lines.append(f"{self.lock}: NOT CHECKED for known vulnerabilities: {', '.join(self.unasked)}")
        if self.complaint:
            lines.append(f"{self.lock}: NOT CHECKED for known vulnerabilities: {self.complaint}")
        return "\n".join(lines)


# Most packages are in both lock files, and a page may have megabytes.
@cache
def read_page(name: str) -> Mapping[str, Any]:
    """Return the index's page of a package as JSON; empty where the index has none or cannot be reached."""
    # pip knows where its default index is; spelling the address here would be a second truth.
    address = import_module("pip._internal.models.index").PyPI.pypi_url
    try:
        answer = requests.get(f"{address}/{name}/json", timeout=30)
        return dict(answer.json()) if answer.ok else {}
    except requests.RequestException:
        return {}


def audit(program: str, lock: Path = LOCK, pages: Pages = read_page) -> Audit:
    """Ask pip-audit about a lock file, and the index about the packages that pip-audit had to skip.

    Notes
    -----
    pip-audit reads the page of each version. Some mirrors keep only the page of the package, which lists what is
    known against its newest release: that answers for every pin that is the newest.
    pip-audit itself calls a run good in which it could ask about no package at all.
    """
    command = [program, "--requirement", str(lock), "--require-hashes", "--disable-pip", "--format", "json"]
    done = subprocess.run([*command, "--progress-spinner", "off"], capture_output=True, text=True, check=False)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return Audit(lock.name, (), (), (), (done.stderr.strip().splitlines() or ["no answer"])[-1])
    versions = {pin.name: pin.version for pin in read_pins(lock)}
    clean: list[str] = []
    known: list[tuple[str, str]] = []
    unasked: list[str] = []
    for each in packages:
        found = each["vulns"] if "vulns" in each else _ask_index(pages(each["name"]), versions.get(each["name"]))
        if found is None:
            unasked.append(each["name"])
        elif found:
            known += [(each["name"], one["id"]) for one in found]
        else:
            clean.append(each["name"])
    return Audit(lock.name, tuple(clean), tuple(known), tuple(unasked))


def _ask_index(page: Mapping[str, Any], version: str | None) -> Sequence[Mapping[str, Any]] | None:
    if not page or page["info"]["version"] != version:
        return None
    return [one for one in page["vulnerabilities"] if not one.get("withdrawn")]
