"""The whole stack under load: ``python -m load --images 200 --clients 50 --minutes 10``."""

from __future__ import annotations

import argparse
import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from load.bare import measure_engine
from load.census import Census, count
from load.clients import Clients
from load.figures import describe_machine, percentile, print_census
from load.gauge import Gauge
from load.pictures import make_photos
from load.signatures import ask_for_addresses
from support.ports import find_free_ports
from support.supervised import RunningStack, start_stack

AT_ONCE = 2
"""Deliveries that the local sender of events has under way at once."""

SHARE = 0.8
"""Of the capacity, in the steady phase."""


@contextmanager
def running_stack(**settings: str) -> Iterator[RunningStack]:
    """Run a stack in a folder that is removed afterwards; settings are variables without ``AUTOK_``."""
    os.environ.update({f"AUTOK_{name}": value for name, value in settings.items()})
    with tempfile.TemporaryDirectory(prefix="autok-load-") as folder:
        stack = start_stack(find_free_ports(), Path(folder))
        try:
            yield stack
        finally:
            stack.stop()


def compare(stack: RunningStack, megapixels: float, number: int) -> None:
    """Print the stack's throughput over that of the bare engine, measured before and after it."""
    photos = list(make_photos(number, megapixels))
    before = measure_engine(photos, AT_ONCE)
    census = count(stack, Clients(stack, number).burst(photos))
    after = measure_engine(photos, AT_ONCE)
    served, bare = number / census.span if census.span else 0.0, (before + after) / 2
    print(
        f"{megapixels:g} megapixels, {number} photos: stack {served:.3f} a second, bare engine {before:.3f} before and "
        f"{after:.3f} after it, ratio {served / bare:.2f}; lost {census.lost}",
        flush=True,
    )


def hold(stack: RunningStack, capacity: float, minutes: float) -> tuple[Census, Clients, Gauge]:
    """Send photos of 0.4 megapixels at random times, at a share of the capacity."""
    rng, now, arrivals = random.Random(1), 0.0, list[float]()
    while now < minutes * 60:
        arrivals.append(now)
        now += rng.expovariate(SHARE * capacity)
    clients = Clients(stack, 64)
    with Gauge(stack) as gauge:
        ids = clients.stream(make_photos(len(arrivals), 0.4), arrivals)
    return count(stack, ids), clients, gauge


def sign(stack: RunningStack, rate: float, seconds: float) -> bool:
    """Print how signing keeps up with a steady rate; return whether every request got its address."""
    signed = ask_for_addresses(stack, rate, seconds)
    p50, p95, p99 = (1000 * percentile(signed.waits, share) for share in (0.5, 0.95, 0.99))
    print(
        f"addresses at {rate:g} a second for {seconds:g} s: {signed.rate:.0f} a second; p50 {p50:.0f} ms, "
        f"p95 {p95:.0f} ms, p99 {p99:.0f} ms, answers other than 201 {dict(signed.troubles) or 0}",
        flush=True,
    )
    return not signed.troubles


def main() -> int:
    """Run all phases and print their figures; return 1 when something was lost, doubled or failed."""
    parser = argparse.ArgumentParser(prog="load", description=__doc__)
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--large", type=int, default=6, help="photos of 12 megapixels to compare with the bare engine")
    parser.add_argument("--small", type=int, default=24, help="photos of 0.4 megapixels to compare with it")
    parser.add_argument("--signatures", type=float, default=200.0, help="addresses a second to ask for")
    given = parser.parse_args()
    print(describe_machine(), flush=True)
    with running_stack(RATE_LIMIT="0") as stack:
        solo = count(stack, Clients(stack, 1).burst(list(make_photos(1, 0.4))) + _one_by_one(stack, 8))
        print_census("one at a time, 0.4 megapixels", len(solo.waits), solo, ())
        signed = sign(stack, given.signatures, 10.0)
        for megapixels, number in ((12.0, given.large), (0.4, given.small)):
            if number:
                compare(stack, megapixels, number)
        clients = Clients(stack, given.clients)
        with Gauge(stack) as gauge:
            burst = count(stack, clients.burst(list(make_photos(given.images, 0.4))))
        print_census(f"burst from {given.clients} clients, 0.4 megapixels", given.images, burst, clients.troubles)
        print(f"  worker: {gauge.describe()}; slope {gauge.slope(given.images):+.2f} MiB per 100 images")
        if not burst.span:
            print("nothing of the burst was done, so there is no capacity to hold a share of")
            return 1
        capacity = given.images / burst.span
        steady, clients, gauge = hold(stack, capacity, given.minutes)
        jobs = len(steady.waits) + steady.lost
        print_census(f"steady at {SHARE:g} of capacity for {given.minutes:g} minutes", jobs, steady, clients.troubles)
        print(f"  worker: {gauge.describe()}; slope {gauge.slope(jobs):+.2f} MiB per 100 images")
        ratio = percentile(steady.waits, 0.95) / percentile(solo.waits, 0.5)
        print(f"  p95 over one at a time: {ratio:.1f}")
    return int(not signed or any(each.lost or each.duplicate or each.failed for each in (solo, burst, steady)))


def _one_by_one(stack: RunningStack, number: int) -> list[str]:
    clients = Clients(stack, 1)
    return [made for photo in make_photos(number, 0.4) for made in clients.burst([photo])]


if __name__ == "__main__":
    raise SystemExit(main())
