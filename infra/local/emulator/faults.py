"""Faults to order: what the next matching requests or events are to suffer.

Requests: ``status`` (answered with it, unprocessed), ``stall`` (waits), ``broken_stream`` (the connection closes
after so many bytes), ``reset`` (the connection is reset unprocessed), ``lost_reply`` (processed, but answered with
the status), ``corrupt`` (one bit flips).
Events: ``duplicate`` (delivered again so many times), ``delay`` (held back), ``reorder`` (the next ``times`` go out
last first), ``drop_ack`` (the acknowledgement is lost).
"""

from __future__ import annotations

import dataclasses
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from local.emulator.events.journal import Event
from local.emulator.refusals import invalid

REQUEST_KINDS: Final = ("status", "stall", "broken_stream", "reset", "lost_reply", "corrupt")
"""Faults of requests."""

EVENT_KINDS: Final = ("duplicate", "delay", "reorder", "drop_ack")
"""Faults of events."""

_REORDER_STEP: Final = 0.1


@dataclass(frozen=True, slots=True)
class Fault:
    """One order; a condition that is None holds of everything."""

    kind: str
    id: str = ""
    times: int | None = 1
    """How many requests or events it still hits; None for all to come."""
    skip: int = 0
    """How many matching ones pass unharmed before."""
    method: str | None = None
    api: str | None = None
    """``json``, ``upload``, ``download`` or ``xml``."""
    bucket: str | None = None
    name: str | None = None
    """The object's whole name."""
    suffix: str | None = None
    """How the object's name ends."""
    status: int = 503
    """For ``status`` and ``lost_reply``."""
    retry_after: int | None = None
    """Seconds that the answer tells the client to wait."""
    seconds: float = 1.0
    """For ``stall``, ``delay`` and ``reorder``."""
    after_bytes: int = 0
    """For ``broken_stream`` and ``corrupt``: bytes that pass before."""
    where: str = "response"
    """For ``broken_stream`` and ``corrupt``: the body that is hit, ``request`` or ``response``."""
    copies: int = 1
    """For ``duplicate``: further deliveries."""
    since: float | None = None
    """When it first hit, in seconds since the epoch."""

    def matches(self, bucket: str | None, name: str | None, method: str | None = None, api: str | None = None) -> bool:
        """Tell whether every condition holds."""
        pairs = ((self.method, method), (self.api, api), (self.bucket, bucket), (self.name, name))
        held = all(wanted is None or wanted == actual for wanted, actual in pairs)
        return held and (self.suffix is None or (name or "").endswith(self.suffix))

    def as_dict(self) -> dict[str, Any]:
        """Return the form that the local endpoint shows."""
        return dataclasses.asdict(self)


def parse_fault(given: Mapping[str, Any]) -> Fault:
    """Read an order.

    Parameters
    ----------
    given : mapping
        The fields of `Fault`; ``id`` and ``since`` are set here.

    Returns
    -------
    Fault

    Raises
    ------
    Refusal
        400 for an unknown kind or field, or a value of the wrong type.
    """
    kinds = REQUEST_KINDS + EVENT_KINDS
    if given.get("kind") not in kinds:
        raise invalid(f"kind is {str(given.get('kind'))[:40]!r}; it takes {', '.join(kinds)}.")
    types: dict[str, tuple[type, ...]] = {
        **dict.fromkeys(("kind", "method", "api", "bucket", "name", "suffix", "where"), (str,)),
        **dict.fromkeys(("times", "skip", "status", "retry_after", "after_bytes", "copies"), (int,)),
        "seconds": (int, float),
    }
    for key, value in given.items():
        nothing = value is None and key in ("times", "method", "api", "bucket", "name", "suffix", "retry_after")
        if key not in types or not (nothing or (isinstance(value, types[key]) and not isinstance(value, bool))):
            raise invalid(f"{key[:40]} is {str(value)[:40]!r}; a fault takes {', '.join(types)} of the right type.")
    return dataclasses.replace(Fault(**given), id=secrets.token_hex(4))


class FaultBook:
    """All orders of one emulator; every method may be called from any thread.

    Parameters
    ----------
    clock : callable
        Seconds since the epoch.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._faults: dict[str, Fault] = {}

    def add(self, fault: Fault) -> None:
        """Take an order."""
        with self._lock:
            self._faults[fault.id] = fault

    def clear(self) -> None:
        """Forget all orders."""
        with self._lock:
            self._faults.clear()

    def faults(self) -> list[Fault]:
        """Return the orders that still stand."""
        with self._lock:
            return list(self._faults.values())

    def waits_for_requests(self) -> bool:
        """Tell whether any order is about requests."""
        return any(fault.kind in REQUEST_KINDS for fault in self.faults())

    def take_request(self, method: str, api: str, bucket: str | None, name: str | None) -> Fault | None:
        """Return the first fault that hits this request, used up by one."""
        return self._take(REQUEST_KINDS, lambda fault: fault.matches(bucket, name, method, api))

    def apply_to_new(self, event: Event) -> Event:
        """Return a new event as the orders want it delivered."""
        bucket, name = event.resource["bucket"], event.resource["name"]
        fault = self._take(("duplicate", "delay", "reorder"), lambda fault: fault.matches(bucket, name))
        if fault is None:
            return event
        if fault.kind == "duplicate":
            return dataclasses.replace(event, copies=fault.copies)
        assert fault.since is not None
        begin = fault.since if fault.kind == "reorder" else self._clock()
        steps = (fault.times or 0) * _REORDER_STEP if fault.kind == "reorder" else 0.0
        return dataclasses.replace(event, not_before=begin + fault.seconds + steps)

    def loses_ack(self, event: Event) -> bool:
        """Tell whether this acknowledgement is to be lost."""
        bucket, name = event.resource["bucket"], event.resource["name"]
        return self._take(("drop_ack",), lambda fault: fault.matches(bucket, name)) is not None

    def _take(self, kinds: tuple[str, ...], matches: Callable[[Fault], bool]) -> Fault | None:
        with self._lock:
            for fault in list(self._faults.values()):
                if fault.kind not in kinds or not matches(fault):
                    continue
                if fault.skip > 0:
                    self._faults[fault.id] = dataclasses.replace(fault, skip=fault.skip - 1)
                    continue
                left = None if fault.times is None else fault.times - 1
                used = dataclasses.replace(fault, times=left, since=fault.since or self._clock())
                if left == 0:
                    del self._faults[fault.id]
                else:
                    self._faults[fault.id] = used
                return used
            return None
