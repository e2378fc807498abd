"""Prints what is shipped: licences, wheels, known vulnerabilities; ``python -m supply PIP_AUDIT``."""

from __future__ import annotations

import json
import subprocess
import sys

from supply.licences import find_licence
from supply.pins import LOCK, read_pins
from supply.wheels import PYTHONS, missing_wheels


def list_licences() -> bool:
    """Print a table of the packages; return whether each has a licence that is accepted."""
    print("| package | version | licence |\n| --- | --- | --- |")
    good = True
    for pin in read_pins():
        licence = find_licence(pin)
        if licence is None:
            print(f"| {pin.name} | {pin.version} | not installed here: {pin.condition or 'no condition'} |")
            continue
        good &= licence.is_accepted
        note = "" if licence.is_accepted else " (not accepted)"
        print(f"| {pin.name} | {licence.version} | {', '.join(licence.terms) or 'none told'}{note} |")
    return good


def check_wheels() -> bool:
    """Print for each Python whether all wheels are there; return whether they are."""
    complaints = {python: missing_wheels(python) for python in PYTHONS}
    for python, complaint in complaints.items():
        print(f"Python {python}: {complaint or 'a wheel for every package'}", flush=True)
    return not any(complaints.values())


def find_vulnerabilities(program: str) -> bool:
    """Print what pip-audit finds; return whether it could ask about every package and found nothing.

    Notes
    -----
    pip-audit itself calls a run good in which it could ask about no package at all.
    """
    command = [program, "--requirement", str(LOCK), "--require-hashes", "--disable-pip", "--format", "json"]
    done = subprocess.run([*command, "--progress-spinner", "off"], capture_output=True, text=True, check=False)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(f"NOT CHECKED for known vulnerabilities: {(done.stderr.strip().splitlines() or ['no answer'])[-1]}")
        return False
    asked = [each for each in packages if "skip_reason" not in each]
    known = [(each["name"], found["id"]) for each in asked for found in each["vulns"]]
    print(
        "\n".join(f"{name}: {number}" for name, number in known)
        or f"{len(asked)} packages without known vulnerabilities"
    )
    if len(asked) < len(packages):
        print(
            f"NOT CHECKED for known vulnerabilities: {len(packages) - len(asked)} packages that the list does not know "
            "from here; run this where the package index can be reached."
        )
    return bool(asked) and len(asked) == len(packages) and not known


def main() -> int:
    """Run all three; return 1 when one fails."""
    results = [list_licences(), check_wheels(), find_vulnerabilities(sys.argv[1])]
    return int(not all(results))


if __name__ == "__main__":
    raise SystemExit(main())
