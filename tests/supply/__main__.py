"""Prints what is shipped: licences, wheels, known vulnerabilities; ``python -m supply PIP_AUDIT``."""

from __future__ import annotations

import json
import subprocess
import sys
from operator import attrgetter
from pathlib import Path

from supply.licences import find_licence
from supply.pins import LOCK, LOCKS, read_pins
from supply.wheels import PYTHONS, missing_wheels


def list_licences() -> bool:
    """Print a table of the packages of all lock files; return whether each has a licence that is accepted."""
    print("| package | version | licence |\n| --- | --- | --- |")
    good = True
    pins = {pin.name: pin for lock in LOCKS for pin in read_pins(lock)}
    for pin in sorted(pins.values(), key=attrgetter("name")):
        licence = find_licence(pin)
        if licence is None:
            print(f"| {pin.name} | {pin.version} | not installed here: {pin.condition or 'no condition'} |")
            continue
        good &= licence.is_accepted
        note = "" if licence.is_accepted else " (not accepted)"
        print(f"| {pin.name} | {licence.version} | {', '.join(licence.terms) or 'none told'}{note} |")
    return good


def check_wheels() -> bool:
    """Print for each lock file and Python whether all wheels are there; return whether they are."""
    good = True
    for lock in LOCKS:
        for python in PYTHONS:
            complaint = missing_wheels(python, lock)
            good &= not complaint
            print(f"{lock.name}, Python {python}: {complaint or 'a wheel for every package'}", flush=True)
    return good


def find_vulnerabilities(program: str, lock: Path = LOCK) -> bool:
    """Print what pip-audit finds of a lock file; return whether it could ask about every package and found nothing.

    Notes
    -----
    pip-audit itself calls a run good in which it could ask about no package at all.
    """
    command = [program, "--requirement", str(lock), "--require-hashes", "--disable-pip", "--format", "json"]
    done = subprocess.run([*command, "--progress-spinner", "off"], capture_output=True, text=True, check=False)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(f"NOT CHECKED for known vulnerabilities: {(done.stderr.strip().splitlines() or ['no answer'])[-1]}")
        return False
    asked = [each for each in packages if "skip_reason" not in each]
    known = [(each["name"], found["id"]) for each in asked for found in each["vulns"]]
    if asked:
        found = "\n".join(f"{name}: {number}" for name, number in known)
        print(found or f"{len(asked)} packages of {lock.name} without known vulnerabilities")
    if len(asked) < len(packages):
        print(
            f"NOT CHECKED for known vulnerabilities: {len(packages) - len(asked)} packages of {lock.name} that the "
            "list does not know from here; run this where the package index can be reached."
        )
    return bool(asked) and len(asked) == len(packages) and not known


def main() -> int:
    """Run all three; return 1 when one fails."""
    results = [list_licences(), check_wheels(), *(find_vulnerabilities(sys.argv[1], lock) for lock in LOCKS)]
    return int(not all(results))


if __name__ == "__main__":
    raise SystemExit(main())
