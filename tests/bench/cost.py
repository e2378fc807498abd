"""What a thousand images cost at list prices, from the recorded seconds (``python -m bench.cost``)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from service.cost import CLASS_A, GIB_SECOND, PRICES_DATED, REQUEST, STORAGE_GB_MONTH, VCPU_SECOND, estimate_cost
from service.heartbeat import FIRST_PAUSE, LAST_PAUSE
from service.settings import InputLimits, Settings

RECORDED: Final = Path(__file__).with_name("recorded.json")

VCPU, GIB = 1.0, 2.0
"""Size of the worker's instance, as infra/functions.tf gives it."""

API_GIB: Final = 0.5
API_SECONDS: Final = 0.1
"""Billed for each call of the API: the least there is, as a call waits for the storage and computes nothing."""

CALLS: Final = 3
"""Of the API for one image: the upload's address, one poll, the result."""

GOAL: Final = 0.09
"""Dollars of compute and operations that 1,000 photos of 12 megapixels may cost."""

OTHERS: Final = (
    ("TinyPNG, the next 9,500 of a month", 9.00),
    ("TinyPNG, above 10,000 a month", 2.00),
    ("ShortPixel, 7,000 a month for $4.99", 0.71),
    ("Cloudinary, 225 credits for $99, one credit per 1,000", 0.44),
)
"""Dollars per 1,000 images in lists seen on the date of `PRICES_DATED`, from second hand; free allowances left out."""

FREE: Final = {"vcpu_seconds": 180_000, "gib_seconds": 360_000, "requests": 2_000_000}
"""What Cloud Run gives away a month."""


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars for 1,000 photos of one size."""

    megapixels: float
    seconds: float
    compute: float
    operations: float
    storage: float
    """Of upload and result, kept for a day."""
    egress: float

    @property
    def bounded(self) -> float:
        """Compute and operations, which the service decides; egress depends on who downloads."""
        return self.compute + self.operations


def read_record(path: Path = RECORDED) -> dict[str, Any]:
    """Return what `make bench BENCH=seconds` wrote."""
    record: dict[str, Any] = json.loads(path.read_text())
    return record


def count_signs(seconds: float) -> int:
    """Return how often the worker writes a sign of life into the report of a job that takes so long."""
    count, pause, elapsed = 0, FIRST_PAUSE, FIRST_PAUSE
    while elapsed <= seconds:
        count, pause = count + 1, min(2 * pause, LAST_PAUSE)
        elapsed += pause
    return count


def price(photo: Mapping[str, Any]) -> Price:
    """Return what 1,000 photos like this one cost, everything from the page's first call to the download counted."""
    one = estimate_cost(
        photo["seconds"],
        vcpu=VCPU,
        gib=GIB,
        bytes_in=photo["bytes_in"],
        bytes_out=photo["bytes_out"],
        requests=CALLS + 1,
        writes=4 + count_signs(photo["seconds"]),
        reads=4,
    )
    storage = (photo["bytes_in"] + photo["bytes_out"]) / 1e9 * STORAGE_GB_MONTH / 30
    return Price(
        photo["megapixels"],
        photo["seconds"],
        1000 * float(one["compute_usd"]),
        1000 * (float(one["operations_usd"]) - storage),
        1000 * storage,
        1000 * float(one["egress_usd"]),
    )


def price_api() -> float:
    """Return the dollars that the API's own computing adds to 1,000 images where calls come one by one."""
    return 1000 * CALLS * API_SECONDS * (VCPU_SECOND + API_GIB * GIB_SECOND)


def count_free(seconds: float) -> int:
    """Return how many images a month the free tier of Cloud Run carries; storage and egress are not free."""
    billed = math.ceil(round(seconds * 10, 6)) / 10
    api = CALLS * API_SECONDS
    by_vcpu = FREE["vcpu_seconds"] / (billed * VCPU + api)
    by_gib = FREE["gib_seconds"] / (billed * GIB + api * API_GIB)
    return int(min(by_vcpu, by_gib, FREE["requests"] / (CALLS + 1)))


def burn_daily(workers: int, apis: int, seconds: float) -> dict[str, float]:
    """Return the dollars of the worst day: every instance busy all day, and all that can be signed uploaded.

    Parameters
    ----------
    workers, apis : int
        Most instances of the worker and of the API.
    seconds : float
        Seconds an image, for the number of images the workers finish.
    """
    day = 86_400
    images = workers * day / seconds
    compute = day * (workers * (VCPU_SECOND * VCPU + GIB_SECOND * GIB) + apis * (VCPU_SECOND + API_GIB * GIB_SECOND))
    signed = apis * Settings("a", "b").rate_limit * day / 60
    kept = signed * InputLimits().max_bytes / 1e9 * STORAGE_GB_MONTH / 30
    return {
        "compute": compute,
        "operations of the images finished": images * (4 * REQUEST + (4 + count_signs(seconds)) * CLASS_A),
        "addresses signed to the limit and used": signed * (REQUEST + CLASS_A),
        "uploads of the largest size, kept a day": kept,
    }


def judge(twelve: Price) -> str:
    """Return a sentence on the goal: met, or missed by how much and by how many seconds."""
    told = f"Compute and operations at 12 megapixels: ${twelve.bounded:.3f}; the goal is ${GOAL:.2f}"
    if twelve.bounded <= GOAL:
        return f"{told}, which is met."
    fixed = twelve.operations - 1000 * CLASS_A * count_signs(twelve.seconds)
    second = 1000 * (VCPU_SECOND * VCPU + GIB_SECOND * GIB)
    tenths = range(math.floor(10 * twelve.seconds), 0, -1)
    enough = (t for t in tenths if second * t / 10 + fixed + 1000 * CLASS_A * count_signs(t / 10) <= GOAL)
    seconds = next(enough, 0) / 10
    return f"{told}, which is missed: {seconds:.1f} s a photo would meet it, {twelve.seconds:.2f} s does not."


def show_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table with columns of equal width, names to the left and numbers to the right."""
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
    for row in (header, *rows):
        first, *rest = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join([first.strip().ljust(widths[0]), *rest]))
    print()


def main() -> None:
    """Print the tables."""
    record = read_record()
    prices = [price(photo) for photo in record["photos"]]
    print(f"Seconds of {record['measured']} ({record['machine']}); list prices of {PRICES_DATED}.\n")
    print(f"Dollars per 1,000 photos; the API adds ${price_api():.3f} of computing where its calls come one by one:")
    header = ("megapixels", "seconds", "compute", "operations", "both", "storage", "egress")
    parts = [(each.compute, each.operations, each.bounded, each.storage, each.egress) for each in prices]
    show_table(
        header,
        [
            (f"{each.megapixels:g}", f"{each.seconds:.2f}", *(f"{value:.3f}" for value in values))
            for each, values in zip(prices, parts, strict=True)
        ],
    )
    print(judge(next(each for each in prices if each.megapixels == 12)) + "\n")
    print("Others ask for 1,000 images of any size, by their lists:")
    show_table(("service", "dollars"), [(name, f"{dollars:.2f}") for name, dollars in OTHERS])
    print("Images a month inside Cloud Run's free tier:")
    show_table(("megapixels", "images"), [(f"{each.megapixels:g}", f"{count_free(each.seconds):,}") for each in prices])
    print("The worst day at 10 workers and 2 instances of the API:")
    burn = burn_daily(10, 2, next(each.seconds for each in prices if each.megapixels == 12))
    show_table(("what", "dollars"), [(name, f"{value:.2f}") for name, value in burn.items()])
    print(
        "A load balancer, where there is one, costs $18.25 a month before its first request. Idle, nothing else costs"
    )
    print("but what is stored: objects $0.020, the functions' images $0.10 per GB and month above the first half.")


if __name__ == "__main__":
    main()
