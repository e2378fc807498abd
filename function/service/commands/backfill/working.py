"""One upload outside of any event: the worker's own function on it, and what came of it in numbers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from autok.errors import AutokError
from service.commands.backfill.accelerated import open_engine
from service.commands.backfill.draft import Draft
from service.cost import estimate_cost
from service.events import Upload
from service.heartbeat import LAST_PAUSE
from service.notices import Topic, describe_notice, open_topic
from service.rules import folders_of
from service.settings import Settings
from service.storage import CloudStorage, Storage, open_storage
from service.worker import Engine, Outcome, process

FIRST_WAIT: Final = 1.0
LAST_WAIT: Final = 15.0
"""Seconds between two tries at what somebody else works on, at first and at most; they double."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What came of one upload."""

    code: str
    """``done``, ``kept`` (done, with the upload's own bytes as the result), ``skipped:REASON``, ``refused:CODE``,
    ``already``, ``superseded``, ``gone``, or ``failed:CODE`` for what another run may bring to an end."""
    bytes_before: int
    bytes_after: int
    """Of the result; as many as before where there is none."""
    seconds: float
    """By the clock, of the whole of the work."""
    nano_usd: int
    """Compute and operations at list prices."""


class Parts:
    """What one process needs for all of its uploads: storage, sandbox with a warm helper, topic.

    Parameters
    ----------
    settings : Settings

    Raises
    ------
    DeviceError
        If a GPU is asked for and this machine has none; no image is touched then.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.engine = open_engine(settings.child_limits)
        self.storage: CloudStorage = open_storage(settings)
        self.engine.start()
        self.topic: Topic | None = open_topic(settings)

    def close(self) -> None:
        """End the helper and close the connections."""
        self.engine.close()
        self.storage.close()
        if self.topic is not None:
            self.topic.close()


_LOCK: Final = threading.Lock()
_USED: Final[dict[Settings, tuple[Parts, int]]] = {}


def acquire(settings: Settings) -> Parts:
    """Return the parts of this process, made once however many threads ask; each must `release` them."""
    with _LOCK:
        # Made inside the lock: two threads at once would start two helpers, each with an engine in memory.
        parts, users = _USED.get(settings) or (Parts(settings), 0)
        _USED[settings] = parts, users + 1
        return parts


def release(settings: Settings) -> None:
    """Give the parts back; the last one closes them."""
    with _LOCK:
        parts, users = _USED.pop(settings)
        if users > 1:
            _USED[settings] = parts, users - 1
            return
    # Outside the lock, as a helper takes its time to end.
    parts.close()


def compress(upload: Upload, storage: Storage, engine: Engine, settings: Settings, topic: Topic | None) -> Ending:
    """Do what the worker does with the event of an upload, and announce the report where there is a topic.

    Raises
    ------
    AutokError
        As `service.worker.process`: a fault of the storage or the topic, or another copy that is worked on.
    """
    start = time.monotonic()
    outcome = process(upload, storage=storage, engine=engine, settings=settings)
    if topic is not None and outcome.report is not None:
        topic.publish(describe_notice(upload, outcome.report, settings.results_bucket))
    return _describe(upload, outcome, time.monotonic() - start, settings)


def rehearse(upload: Upload, storage: Storage, engine: Engine, settings: Settings) -> Ending:
    """Do the same without writing or announcing anything; what cannot be done is an ending."""
    try:
        return compress(upload, Draft(storage), engine, settings, None)
    except AutokError as error:
        return give_up(upload, error)


def insist(
    upload: Upload, attempt: Callable[[Upload], Ending], settings: Settings, sleep: Callable[[float], None] = time.sleep
) -> Ending:
    """Try again what somebody else works on, until the lease of one that died is over; a fault then is an ending."""
    patience, pause = settings.lease + LAST_PAUSE, FIRST_WAIT
    while True:
        sleep(pause)
        patience -= pause
        try:
            return attempt(upload)
        except AutokError as error:
            if not error.retryable or patience <= 0:
                return give_up(upload, error)
        pause = min(2 * pause, LAST_WAIT)


def give_up(upload: Upload, error: AutokError) -> Ending:
    """Return the ending of what was not brought to an end."""
    return Ending(f"failed:{error.code}", upload.size, upload.size, 0.0, 0)


def _describe(upload: Upload, outcome: Outcome, seconds: float, settings: Settings) -> Ending:
    after = upload.size
    code = outcome.code
    if code == "done" and outcome.report is not None:
        output: Mapping[str, Any] = outcome.report["output"]
        after = int(output["bytes"])
        code = "kept" if output["sha256"] == outcome.report["input"]["sha256"] else "done"
    elif code in ("failed", "skipped"):
        code = f"{'refused' if code == 'failed' else code}:{outcome.error}"
    return Ending(code, upload.size, after, seconds, _price(upload, outcome, seconds, settings))


def _price(upload: Upload, outcome: Outcome, seconds: float, settings: Settings) -> int:
    """Return what the work cost, in billionths of a dollar: the list price of an instance of the settings' size."""
    cost = estimate_cost(
        seconds,
        vcpu=settings.vcpu,
        gib=settings.memory_gib,
        bytes_in=upload.size,
        bytes_out=0,
        requests=0,
        writes=3 if outcome.code == "done" else 2,
        reads=4 + len([*folders_of(upload.name)]),
        days=0,
    )
    return round(1e9 * (float(cost["compute_usd"]) + float(cost["operations_usd"])))
