"""The whole stack while its worker is killed at random: ``python -m chaos --images 100 --every 3``."""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import threading

from load.__main__ import running_stack
from load.census import count
from load.clients import Clients
from load.figures import describe_machine, print_census
from load.gauge import find_victims
from load.pictures import make_photos
from support.supervised import RunningStack

ATTEMPTS = 20
"""Deaths that one image may see here: they are not its fault, and three in a row are likely to hit some."""

MEGAPIXELS = 0.05
"""Of each photo: many short jobs meet more kinds of ends than few long ones."""

LEASE = 3
"""Seconds after which the work of a killed worker is taken over."""


class Killer:
    """Kills the worker of a stack, until told to stop."""

    def __init__(self, stack: RunningStack, every: float, seed: int) -> None:
        self._stack, self._every = stack, every
        self._rng = random.Random(seed)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._kill)
        self.killed = 0

    def _kill(self) -> None:
        while not self._end.wait(self._rng.uniform(0.3, 1.7) * self._every):
            for pid in find_victims(self._stack):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    self.killed += 1

    def __enter__(self) -> Killer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()


def main() -> int:
    """Run it and print what came of it; return 1 when something was lost, doubled or failed, or nothing was killed."""
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--images", type=int, default=100)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--every", type=float, default=8.0, help="seconds between two kills, on average")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(describe_machine(), flush=True)
    with running_stack(RATE_LIMIT="0", MAX_ATTEMPTS=str(ATTEMPTS), LEASE=str(LEASE)) as stack:
        clients = Clients(stack, given.clients)
        with Killer(stack, given.every, given.seed) as killer:
            ids = clients.burst(list(make_photos(given.images, MEGAPIXELS)))
        census = count(stack, ids)
    print_census(f"worker killed {killer.killed} times", given.images, census, clients.troubles)
    return int(bool(census.lost or census.duplicate or census.failed or not killer.killed))


if __name__ == "__main__":
    raise SystemExit(main())
