"""Tries damaged files for a time: ``python -m fuzz --seconds 300``; findings are written to build/fuzz."""

from __future__ import annotations

import argparse
import secrets
import time
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

from fuzz.judging import make_case, run_batch
from fuzz.mutators import MUTATORS
from service.engine import warm

BATCH = 250
COMPRESS_EVERY = 25
FOLDER = Path(__file__).parents[2] / "build" / "fuzz"


def main() -> int:
    """Run until the time is over; return 1 when anything was found."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--start", type=int, default=None, help="number of the first case; default random")
    parser.add_argument("--coverage", action="store_true", help="guide half of the time by coverage, with atheris")
    given = parser.parse_args()
    number = secrets.randbelow(10**9) * 1000 if given.start is None else given.start
    guided = given.coverage and find_spec("atheris") is not None
    warm()
    end = time.monotonic() + given.seconds * (0.5 if guided else 1.0)
    verdicts: dict[str, Counter[str]] = {kind: Counter() for kind in MUTATORS}
    slowest, found, first = 0.0, 0, number
    while time.monotonic() < end:
        for kind in MUTATORS:
            tally = run_batch(kind, range(number, number + BATCH), compress_every=COMPRESS_EVERY)
            verdicts[kind] += tally.verdicts
            slowest = max(slowest, tally.slowest)
            for _, case, trouble in tally.findings:
                found += 1
                FOLDER.mkdir(parents=True, exist_ok=True)
                (FOLDER / f"{kind}-{case}").write_bytes(make_case(kind, case)[0])
                print(f"FOUND {kind} {case}: {trouble}", flush=True)
        number += BATCH
    for kind, counted in verdicts.items():
        print(
            f"{kind}: {counted.total()} cases: " + ", ".join(f"{n} {verdict}" for verdict, n in counted.most_common())
        )
    total = sum(counted.total() for counted in verdicts.values())
    print(f"{total} cases from number {first} on, {found} findings, slowest {slowest:.2f} s of the processor")
    if given.coverage and not guided:
        print("atheris is not installed (it has wheels for Python 3.12 to 3.14), so nothing was guided by coverage.")
    if guided:
        from fuzz.guided import run_guided

        found += run_guided(given.seconds / 2, FOLDER)
    return int(found > 0)


if __name__ == "__main__":
    raise SystemExit(main())
