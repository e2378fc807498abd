"""Prints what is shipped: licences, wheels, known vulnerabilities; ``python -m supply PIP_AUDIT``."""

from __future__ import annotations

import sys
from operator import attrgetter

from supply.licences import find_licence
from supply.pins import LOCKS, read_pins
from supply.vulnerabilities import audit
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


def find_vulnerabilities(program: str) -> bool:
    """Print what is known against the packages of each lock file; return whether all were asked about and are good."""
    audits = [audit(program, lock) for lock in LOCKS]
    for each in audits:
        print(each, flush=True)
    return all(each.is_good for each in audits)


def main() -> int:
    """Run all three; return 1 when one fails."""
    results = [list_licences(), check_wheels(), find_vulnerabilities(sys.argv[1])]
    return int(not all(results))


if __name__ == "__main__":
    raise SystemExit(main())
