"""Events on disk: none is lost by a crash between an object's birth and its acknowledgement.

DATA/events/<id>.prepared   the object is about to exist; counts only if it does
DATA/events/<id>.json       pending or dead; removed when acknowledged
"""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from local.emulator.objects.files import read_json, write_json
from local.emulator.objects.records import ObjectRecord
from local.emulator.refusals import Refusal

State = Literal["pending", "sending", "delivered", "dead"]
"""Waiting for its time; on its way; acknowledged; given up."""

_LOGGER: Final = logging.getLogger(__name__)
_DELIVERED_KEPT: Final = 5000


@dataclass(frozen=True, slots=True)
class Event:
    """One finalize event and how far it has come."""

    id: str
    """The generation of its object, which no other object has."""
    resource: dict[str, Any]
    """The object's JSON resource when it was finalized."""
    state: State = "pending"
    attempts: int = 0
    """Deliveries that were begun."""
    refusals: int = 0
    """Deliveries in a row that were not acknowledged."""
    not_before: float = 0.0
    """Seconds since the epoch of the next attempt."""
    copies: int = 0
    """Further deliveries to make after an acknowledged one."""
    statuses: list[int] = field(default_factory=list)
    """What each finished delivery was answered with; 0 stands for no answer."""

    def as_dict(self) -> dict[str, Any]:
        """Return the form that lies on disk and that the local endpoint shows."""
        return dataclasses.asdict(self)


class EventJournal:
    """All events of one emulator; every method may be called from any thread.

    Parameters
    ----------
    folder : Path
        The data folder.
    bucket : str or None
        The bucket whose objects emit events; those of others pass without.
    on_publish : callable
        Told of each new event; may return it changed, as fault injection does.
    """

    def __init__(self, folder: Path, bucket: str | None, on_publish: Callable[[Event], Event] = lambda e: e) -> None:
        self._folder = folder / "events"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._bucket = bucket
        self._on_publish = on_publish
        self._lock = threading.RLock()
        self._events: dict[str, Event] = {}
        self._pending: dict[str, Event] = {}
        self._listeners: list[Callable[[], None]] = []

    def recover(self, find: Callable[[str, str], ObjectRecord | None]) -> None:
        """Read what an earlier run left.

        Parameters
        ----------
        find : callable
            Bucket and name to the live record. An event that was only prepared counts if its object came to be.
        """
        with self._lock:
            for path in sorted(self._folder.glob("*.prepared")):
                event = Event(**read_json(path))
                record = find(event.resource["bucket"], event.resource["name"])
                if record is not None and str(record.generation) == event.id:
                    path.replace(self._path(event.id))
                else:
                    path.unlink()
            # Half-written files of a killed process: `write_json` renames from such names.
            for path in self._folder.glob(".*"):
                path.unlink()
            for path in sorted(self._folder.glob("*.json")):
                event = Event(**read_json(path))
                # What was on its way when the process died may have arrived or not; at least once means again.
                if event.state != "dead":
                    event = dataclasses.replace(event, state="pending")
                    self._pending[event.id] = event
                self._events[event.id] = event

    def prepare(self, record: ObjectRecord) -> None:
        """Note on disk that `record` is about to exist."""
        if record.bucket == self._bucket:
            event = Event(id=str(record.generation), resource=record.as_resource())
            write_json(self._prepared_path(event.id), event.as_dict())

    def publish(self, record: ObjectRecord) -> None:
        """Emit the event of `record`, which now exists."""
        if record.bucket != self._bucket:
            return
        event_id = str(record.generation)
        self._prepared_path(event_id).replace(self._path(event_id))
        self.save(self._on_publish(Event(id=event_id, resource=record.as_resource())))

    def abandon(self, record: ObjectRecord) -> None:
        """Forget `record`, which will not exist."""
        self._prepared_path(str(record.generation)).unlink(missing_ok=True)

    def events(self) -> list[Event]:
        """Return all known events, oldest first."""
        with self._lock:
            return list(self._events.values())

    def event(self, event_id: str) -> Event:
        """Return one event; 404 when unknown."""
        with self._lock:
            if event_id not in self._events:
                raise Refusal(404, "NoSuchEvent", f"No event has the id {event_id[:40]}.")
            return self._events[event_id]

    def save(self, event: Event) -> None:
        """Replace an event by its new state."""
        with self._lock:
            self._events[event.id] = event
            if event.state == "pending":
                self._pending[event.id] = event
            else:
                self._pending.pop(event.id, None)
            self._forget_oldest()
            try:
                self._write(event)
            except OSError as error:
                # What lies on disk is then older, and an older state is only ever delivered once more.
                _LOGGER.warning("Event %s could not be noted: %s", event.id, error.strerror)
        for listener in self._listeners:
            listener()

    def next_pending(self) -> Event | None:
        """Return the pending event whose time comes first."""
        with self._lock:
            # By number: ids are generations, and as text a longer one could come first.
            return min(self._pending.values(), key=lambda event: (event.not_before, int(event.id)), default=None)

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change."""
        self._listeners.append(listener)

    def _write(self, event: Event) -> None:
        if event.state == "delivered":
            self._path(event.id).unlink(missing_ok=True)
        else:
            write_json(self._path(event.id), event.as_dict())

    def _forget_oldest(self) -> None:
        if len(self._events) > 2 * _DELIVERED_KEPT:
            delivered = [event.id for event in self._events.values() if event.state == "delivered"]
            for event_id in delivered[:-_DELIVERED_KEPT]:
                del self._events[event_id]

    def _path(self, event_id: str) -> Path:
        return self._folder / f"{event_id}.json"

    def _prepared_path(self, event_id: str) -> Path:
        return self._folder / f"{event_id}.prepared"
