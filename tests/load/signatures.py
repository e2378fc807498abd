"""How quickly addresses are signed, and how often the API fails to, when they are asked for at a steady rate."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import requests

from support.supervised import RunningStack

_CLIENTS = 16
"""As many as the API takes at once in the cloud."""


@dataclass(frozen=True, slots=True)
class Signatures:
    """What came of it."""

    rate: float
    """Answers a second, over the whole run."""
    waits: tuple[float, ...]
    """Seconds from the moment at which each request was due to its answer, sorted."""
    troubles: Counter[str]
    """Answers other than 201, and kinds of faults."""


def ask_for_addresses(stack: RunningStack, rate: float, seconds: float) -> Signatures:
    """Ask for addresses at a steady rate; a server that falls behind lets the waits grow, and slows nobody down."""
    local, waits, troubles = threading.local(), list[float](), Counter[str]()
    start = time.monotonic() + 0.5

    def ask(number: int) -> None:
        due = start + number / rate
        time.sleep(max(0.0, due - time.monotonic()))
        if not hasattr(local, "session"):
            local.session = requests.Session()
        wish = {"content_type": "image/jpeg", "size": 1000}
        try:
            status = local.session.post(f"{stack.api_url}/v1/uploads", json=wish, timeout=60).status_code
        except requests.RequestException as fault:
            troubles[type(fault).__name__] += 1
        else:
            if status != 201:
                troubles[str(status)] += 1
        waits.append(time.monotonic() - due)

    count = round(rate * seconds)
    with ThreadPoolExecutor(_CLIENTS) as pool:
        list(pool.map(ask, range(count)))
    return Signatures(count / (time.monotonic() - start), tuple(sorted(waits)), troubles)
