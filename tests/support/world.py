"""A store in memory, an engine and a clock, and what happens to uploads between them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from service.events import Upload
from service.settings import InputLimits, Settings
from service.worker import Outcome, process
from support.fake_engine import FakeEngine
from support.memory_storage import MemoryStorage

SETTINGS = Settings("uploads", "results", input_limits=InputLimits(max_bytes=10_000))
REPORT = "shop/cat.png.autok.json"


@dataclass
class Clock:
    """A clock that is set by hand."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class World:
    """A store, an engine and a clock, with the few things that happen to them."""

    storage: MemoryStorage = field(default_factory=MemoryStorage)
    engine: FakeEngine = field(default_factory=FakeEngine)
    clock: Clock = field(default_factory=Clock)

    def upload(self, data: bytes = b"cat", name: str = "shop/cat.png", **metadata: str) -> Upload:
        """Put an upload, and return what its event says."""
        spelled = {key.replace("_", "-"): value for key, value in metadata.items()}
        return Upload("uploads", name, self.storage.put("uploads", name, data, spelled), len(data), "", spelled)

    def deliver(self, upload: Upload, engine: FakeEngine | None = None) -> Outcome:
        """Deliver an event."""
        return process(upload, storage=self.storage, engine=engine or self.engine, settings=SETTINGS, clock=self.clock)

    def report(self, name: str = REPORT) -> dict[str, Any]:
        """Return a report."""
        content = json.loads(self.storage.objects["results", name].data)
        assert isinstance(content, dict)
        return content

    def results(self) -> list[str]:
        """Return the names in the results bucket that are no reports."""
        return [name for name in self.storage.names("results") if not name.endswith(".autok.json")]

    def bytes_of(self, name: str) -> bytes:
        """Return the bytes of a result."""
        return self.storage.objects["results", name].data
