"""The emulator's settings, fixed before it starts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class EventConfig:
    """Where finalize events go, and how stubbornly."""

    target: str | None = None
    """Address that receives the events by POST; None keeps them pending."""
    bucket: str | None = None
    """The bucket whose objects emit events; None emits nothing."""
    concurrency: int = 2
    """How many events may be on their way at once."""
    ack_deadline: float = 130.0
    """Seconds until an unanswered delivery counts as refused."""
    backoff_first: float = 1.0
    """Seconds before the second attempt; doubles with every further one."""
    backoff_most: float = 30.0
    """Longest pause between two attempts, in seconds."""
    max_attempts: int = 20
    """Refused attempts after which an event is dead."""


@dataclass(frozen=True, slots=True)
class EmulatorConfig:
    """Everything that an emulator needs to know."""

    data: Path
    """Folder that holds objects and events; made when absent."""
    public_key: bytes
    """PEM of the RSA key that signed addresses are checked against."""
    token: str
    """The bearer token that the JSON API and the local endpoints ask for."""
    buckets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Buckets to have at start, each with its resource, such as ``{"cors": [...], "lifecycle": {...}}``."""
    events: EventConfig = field(default_factory=EventConfig)
    signer: str | None = None
    """Account that signed addresses must name; None admits any."""
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    """Names under which the emulator answers; ``BUCKET.`` before one is the virtual-hosted style."""
    max_object_bytes: int = 1 << 30
    """Largest object, in bytes."""
    lifecycle_interval: float = 3600.0
    """Seconds between two applications of the buckets' age rules."""
    clock: Callable[[], float] = time.time
    """Seconds since the epoch, for generations, expiry and ages."""
