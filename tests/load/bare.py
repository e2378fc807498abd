"""The engine alone on the same photos: as many processes as deliveries run at once, and nothing of the service."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def _warm() -> None:
    from service.engine import warm

    warm()


def _compress(photo: bytes) -> int:
    from autok.options import Options
    from autok.pipeline import compress

    result, _ = compress(photo, Options(), clock=time.perf_counter)
    return len(result)


def measure_engine(photos: Sequence[bytes], processes: int) -> float:
    """Return the photos a second that so many processes compress when they do nothing else."""
    os.environ.update(_ONE_THREAD)
    with ProcessPoolExecutor(processes, get_context("spawn"), _warm) as pool:
        list(pool.map(_compress, [photos[0]] * processes))
        start = time.perf_counter()
        list(pool.map(_compress, photos))
        return len(photos) / (time.perf_counter() - start)
