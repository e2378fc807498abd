"""What 1, 1,000 and 1,000,000 images an hour need and cost, and how long they take from queue to done.

Seconds are those that ``make bench BENCH=seconds`` recorded, prices those of the service's list. What has not been
measured is assumed and said: the mix of sizes, the start of an instance, the storage's answers.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.cost import count_signs, price, read_record
from bench.crowd import Course, Fleet, draw_from, simulate
from bench.tables import Table
from service.cost import CLASS_A

MIX: Final = (0.60, 0.35, 0.05)
"""Shares of the recorded sizes of 2, 12 and 48 megapixels; an assumption about what people upload."""
OVERHEAD: Final = 0.4
"""Seconds that eight or nine operations of the storage and the fork take, at 45 ms each; assumed."""
COLD: Final = 6.0
"""Seconds until a new instance takes an image; assumed, about five times the imports on a shared processor."""
PATIENCE: Final = 3.5 * COLD
"""Cloud Run holds a request while instances start for 3.5 times their usual start, and for 10 s at least."""
FAULTS: Final = 0.001
"""Share of the work that a fault of the storage ends; assumed."""
SEED: Final = 20261126

PLACES: Final = ((1, 10), (1_000, 10), (10_000, 10), (10_000, 20), (100_000, 120), (1_000_000, 800), (1_000_000, 1_000))
"""Images an hour, and the setting ``worker_max_instances``."""

PAGE: Final = 1_000
LISTINGS: Final = 3
"""Requests for a page of a backfill's listing."""
LISTING_SECONDS: Final = 0.5
"""Of a page with its requests; assumed."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a rate asks of the platform; pure arithmetic."""

    seconds: float
    """Of an instance for one image, on average."""
    instances: float
    """Busy at a time, on average (Little's law)."""
    events: float
    """Pub/Sub deliveries a second."""
    writes: float
    """Of the results bucket a second: reports and results."""
    reads: float
    """Of both buckets a second."""
    usd: float
    """An hour, for compute, operations and a day of storage; without downloads."""


def reckon(rate: float) -> Need:
    """Return what so many images an hour need.

    Parameters
    ----------
    rate : float
        Images an hour.

    Returns
    -------
    Need
    """
    photos = read_record()["photos"]
    seconds = sum(share * (photo["seconds"] + OVERHEAD) for share, photo in zip(MIX, photos, strict=True))
    each = [price({**photo, "seconds": photo["seconds"] + OVERHEAD}) for photo in photos]
    usd = sum(share * (one.bounded + one.storage) / 1000 for share, one in zip(MIX, each, strict=True))
    signs = sum(share * count_signs(photo["seconds"]) for share, photo in zip(MIX, photos, strict=True))
    second = rate / 3600
    return Need(seconds, seconds * second, second, (3 + signs) * second, 4 * second, rate * usd)


def observe(rate: float, instances: int, count: int | None = None) -> Course:
    """Simulate a rate: a quarter of an hour at least, and 2,000 images at least."""
    images = count or max(2_000, round(rate / 4))
    fleet = Fleet(instances, COLD, PATIENCE, faults=FAULTS)
    return simulate(fleet, rate / 3600, images, draw_service(), SEED)


def draw_service() -> Callable[[random.Random], float]:
    """Return the draw of service times from the record."""
    return draw_from([photo["seconds"] for photo in read_record()["photos"]], MIX, OVERHEAD)


def measure(_: Path | None, each: int | None) -> list[Table]:
    """Return the arithmetic of each rate, and what the simulation makes of it; `each` bounds the images of a row."""
    return [_show_needs(), _show_courses(each)]


def _show_needs() -> Table:
    rates = sorted({rate for rate, _ in PLACES if rate in (1, 1_000, 1_000_000)})
    rows = [
        [
            f"{rate:,}",
            f"{need.instances:,.2f}" if need.instances < 10 else f"{need.instances:,.0f}",
            *(f"{value:,.1f}" if value >= 0.05 else f"{value:.4f}" for value in (need.events, need.writes, need.reads)),
            f"${need.usd:,.5f}" if need.usd < 1 else f"${need.usd:,.2f}",
            f"${rate / PAGE * LISTINGS * CLASS_A:.6f}",
            f"{math.ceil(rate / PAGE) * LISTING_SECONDS:,.1f}",
        ]
        for rate, need in ((rate, reckon(rate)) for rate in rates)
    ]
    shares = ", ".join(
        f"{share:.0%} of {photo['megapixels']} MP" for share, photo in zip(MIX, read_record()["photos"], strict=True)
    )
    note = (
        f"Mix: {shares}; {reckon(1).seconds:.2f} s of an instance for an image, {OVERHEAD} s of them for the storage. "
        "Prices without downloads. The last two columns: a backfill's listing of as many images, in one range of names."
    )
    header = (
        *("images an hour", "instances busy", "events/s", "writes/s", "reads/s", "an hour"),
        *("listing, $", "listing, s"),
    )
    return Table("What a rate needs", header, rows, note)


def _show_courses(each: int | None) -> Table:
    rows = []
    for rate, instances in PLACES:
        course = observe(rate, instances, each)
        count = len(course.waits)
        rows.append(
            [
                f"{rate:,}",
                f"{instances:,}",
                f"{course.peak:,}",
                f"{reckon(rate).instances / instances:.0%}",
                *(f"{course.percentile(share):,.1f}" for share in (0.5, 0.95, 0.99)),
                f"{course.starts / count:.1%}",
                f"{course.refused / count:.1%}",
            ]
        )
    header = (
        *("images an hour", "limit", "most at a time", "busy"),
        *("p50, s", "p95, s", "p99, s", "cold starts", "turned away"),
    )
    note = (
        f"Simulated from nothing running, for a quarter of an hour or 2,000 images; {COLD:.0f} s for a start, "
        f"{PATIENCE:.0f} s until a request is turned away, back after 10 s, 20 s, up to 600 s; "
        f"{FAULTS:.1%} of the work ends in a fault and comes again. Seed {SEED}."
    )
    return Table("Queue to done", header, rows, note)
