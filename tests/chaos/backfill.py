"""A whole bucket whose backfill is killed half-way and run again: ``python -m chaos.backfill --images 2000``."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from load.figures import describe_machine
from support.bulk import kill_and_resume, open_bulk


def main() -> int:
    """Run it and print what came of it; return 1 when something was lost or done twice."""
    parser = argparse.ArgumentParser(prog="chaos.backfill", description=__doc__)
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    print(describe_machine(), flush=True)
    with tempfile.TemporaryDirectory(prefix="autok-bulk-") as folder, open_bulk(Path(folder)) as bulk:
        names = bulk.fill(given.images)
        start = time.monotonic()
        found = kill_and_resume(bulk, names, "--workers", str(given.workers))
    second, third = found.second, found.third
    print(
        f"{given.images:,} images with {given.workers} workers in {time.monotonic() - start:.0f} s, the killed run "
        f"included: {found.before:,} finished when it was killed; the second run did {second['images']:,} in "
        f"{second['elapsed']:.0f} s ({second['images'] / second['elapsed']:.2f} a second), the third "
        f"{third['images']:,} in {third['elapsed']:.0f} s; in a second attempt {found.again}; lost {found.lost}, done "
        f"twice {found.twice}"
    )
    return int(bool(found.lost or found.twice or third["images"]))


if __name__ == "__main__":
    raise SystemExit(main())
