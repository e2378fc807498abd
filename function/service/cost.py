"""What one image costs at list prices; pure.

Notes
-----
Prices of us-central1 (tier 1), in dollars, as listed on the date in `PRICES_DATED`; free tiers are left out. The
prices of Cloud Run are those of request-based billing, rounded up to 100 ms.

References
----------
cloud.google.com/run/pricing, cloud.google.com/storage/pricing
"""

from __future__ import annotations

import math
from typing import Final

PRICES_DATED: Final = "2026-10-02"
VCPU_SECOND: Final = 24e-6
GIB_SECOND: Final = 2.5e-6
REQUEST: Final = 0.4e-6
CLASS_A: Final = 5e-6
"""A write, copy or list."""
CLASS_B: Final = 0.4e-6
"""A read."""
EGRESS_GB: Final = 0.12
STORAGE_GB_MONTH: Final = 0.020


def estimate_cost(
    seconds: float,
    *,
    vcpu: float,
    gib: float,
    bytes_in: int,
    bytes_out: int,
    requests: int = 4,
    writes: int = 4,
    reads: int = 4,
    days: float = 1.0,
) -> dict[str, float | str]:
    """Return the cost of one image as the report carries it.

    Parameters
    ----------
    seconds : float
        Time the work took; billed in steps of 0.1 s.
    vcpu, gib : float
        Processors and memory of the instance.
    bytes_in, bytes_out : int
        Sizes of the upload and the result; the result is downloaded once.
    requests : int
        Calls of the functions; the default is 4 (upload, event, result, and one poll).
    writes, reads : int
        Storage operations of class A and B; the defaults are 4 each.
    days : float
        How long both files are kept; the default is 1.

    Returns
    -------
    dict
        ``usd`` and its parts ``compute_usd``, ``operations_usd`` (with the days of storage) and ``egress_usd``;
        ``vcpu_seconds``, ``gib_seconds``, ``prices_dated``.
    """
    billed = math.ceil(round(seconds * 10, 6)) / 10
    compute = billed * (VCPU_SECOND * vcpu + GIB_SECOND * gib)
    operations = REQUEST * requests + CLASS_A * writes + CLASS_B * reads
    operations += (bytes_in + bytes_out) / 1e9 * STORAGE_GB_MONTH * days / 30
    egress = bytes_out / 1e9 * EGRESS_GB
    return {
        "usd": round(compute + operations + egress, 9),
        "compute_usd": round(compute, 9),
        "operations_usd": round(operations, 9),
        "egress_usd": round(egress, 9),
        "vcpu_seconds": round(billed * vcpu, 3),
        "gib_seconds": round(billed * gib, 3),
        "prices_dated": PRICES_DATED,
    }
