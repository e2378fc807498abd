"""What a bucket will take: a sample drawn by a hash of the names, a line through what it took, and the caps; pure.

Seconds and dollars of an image are forecast as a fixed part and one that grows with its bytes, by least squares over
the sample. The line needs sums alone, so that workers can add them up in any order.
"""

from __future__ import annotations

import hashlib
import heapq
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from service.commands.backfill.listing import Page
from service.commands.backfill.working import Ending
from service.cost import CLASS_A
from service.events import Upload

LISTINGS: Final = 3
"""Operations of class A for a page: one on the uploads, two on results and reports."""

USUAL: Final = 1e-4
"""Dollars that one image is taken to cost before any was measured: about those of a photo of 12 megapixels."""
SHARE: Final = 0.1
"""Of a cap on dollars, what the sample may use of it."""
FEW: Final = 3
"""Images below which a sample says nothing of how far it is off."""


def draw_sample(groups: Iterable[Sequence[Upload]], count: int) -> list[Upload]:
    """Return the uploads whose names have the smallest SHA-256: the same ones however the bucket is cut into groups."""
    return heapq.nsmallest(count, chain.from_iterable(groups), key=lambda upload: (_hash(upload.name), upload.name))


def _hash(name: str) -> bytes:
    # A name may hold half of a surrogate pair, which strict UTF-8 refuses.
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True, slots=True)
class Line:
    """A forecast by an image's bytes."""

    fixed: float
    slope: float
    """Per byte."""
    doubt: float
    """Share by which the mean of the sample may be off: two standard errors of what the line does not explain."""

    def total(self, images: int, size: int) -> float:
        """Return the forecast for so many images of so many bytes together."""
        return self.fixed * images + self.slope * size


def fit_line(sums: Mapping[str, int], name: str) -> Line:
    """Fit a line to the sums of `sum_up`.

    Parameters
    ----------
    sums : mapping
    name : str
        ``millis`` or ``nano_usd``, which is also the unit.

    Returns
    -------
    Line
        Neither part is below 0: where the best line would have it so, it is the mean, or a ratio to the bytes.
    """
    n, x, y = sums.get("n", 0), sums.get("bytes", 0), sums.get(name, 0)
    xx, xy, yy = sums.get("bytes_bytes", 0), sums.get(f"bytes_{name}", 0), sums.get(f"{name}_{name}", 0)
    if not n:
        return Line(0.0, 0.0, 1.0)
    spread = n * xx - x * x
    slope = max(0.0, (n * xy - x * y) / spread) if spread else 0.0
    fixed = (y - slope * x) / n
    if fixed < 0:
        # The least squares of a line through the origin.
        fixed, slope = 0.0, xy / xx
    squares = yy + n * fixed**2 + slope**2 * xx - 2 * fixed * y - 2 * slope * xy + 2 * fixed * slope * x
    doubt = 2 * math.sqrt(max(0.0, squares) / max(1, n - 2) / n) / (y / n) if n >= FEW and y else 1.0
    return Line(fixed, slope, doubt)


def sum_up(endings: Iterable[Ending]) -> dict[str, int]:
    """Return the sums over a sample that `fit_line` needs, and the bytes ``after``; what failed tells nothing."""
    sums: dict[str, int] = {}
    for ending in endings:
        if ending.code.startswith("failed"):
            continue
        each = {"bytes": ending.bytes_before, "millis": round(1000 * ending.seconds), "nano_usd": ending.nano_usd}
        added = {
            "n": 1,
            "after": ending.bytes_after,
            **each,
            "bytes_bytes": each["bytes"] ** 2,
            **{f"bytes_{name}": each["bytes"] * each[name] for name in ("millis", "nano_usd")},
            **{f"{name}_{name}": each[name] ** 2 for name in ("millis", "nano_usd")},
        }
        sums = {name: sums.get(name, 0) + value for name, value in added.items()}
    return sums


@dataclass(frozen=True, slots=True)
class Caps:
    """What a run may take at most; None is no limit."""

    objects: int | None = None
    usd: float | None = None

    def __bool__(self) -> bool:
        """Whether there is any."""
        return self.objects is not None or self.usd is not None

    def bound_sample(self, wanted: int) -> int:
        """Return how many images may be rehearsed without using up the dollars; at least one."""
        return wanted if self.usd is None else max(1, min(wanted, int(SHARE * self.usd / USUAL)))


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a run ends by its caps: pages before one go whole, those behind it not at all."""

    page: str | None
    """First name of the page in which it ends; None where the caps are not reached."""
    objects: int = 0
    """How many uploads of that page are within the caps."""


def find_cut(pages: Iterable[tuple[str, Sequence[int]]], caps: Caps, sums: Mapping[str, int]) -> Cut:
    """Find where the caps end a run, in the order of names.

    Parameters
    ----------
    pages : iterable of tuple
        First name and the sizes in bytes of what is to be done, of every page.
    caps : Caps
    sums : mapping
        Of the sample; its own cost, and that of the listing, count against the cap on dollars.

    Notes
    -----
    Each image counts with its forecast and the doubt of the sample on top, so that a cap is rather undershot.
    """
    ordered = sorted(pages)
    line = fit_line(sums, "nano_usd")
    objects = math.inf if caps.objects is None else caps.objects
    nano = (
        math.inf if caps.usd is None else 1e9 * (caps.usd - CLASS_A * LISTINGS * len(ordered)) - sums.get("nano_usd", 0)
    )
    for first, sizes in ordered:
        fits = 0
        for size in sizes:
            nano -= (1 + line.doubt) * line.total(1, size)
            if fits >= objects or nano < 0:
                return Cut(first, fits)
            fits += 1
        objects -= fits
    return Cut(None)


def trim(page: Page, cut: Cut) -> tuple[Upload, ...]:
    """Return what of a page is within the caps."""
    if cut.page is None or page.first < cut.page:
        return page.todo
    return page.todo[: cut.objects] if page.first == cut.page else ()
