"""A store in memory with the store's own rules on generations; faults and crashes can be put in its way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from service.storage import Attributes, Stored, checksum


@dataclass
class Held:
    """One object: its bytes, and what is said about it."""

    data: bytes
    stored: Stored
    attributes: Attributes


def no_fault(verb: str, bucket: str, name: str, done: bool) -> None:
    """Let everything pass."""


@dataclass
class MemoryStorage:
    """`service.storage.Storage` in memory.

    ``fault`` is called before each operation with ``done=False`` and after it with ``done=True``; what it raises
    is raised to the caller, so that an operation can fail, or land and lose its answer.
    """

    fault: Callable[[str, str, str, bool], None] = no_fault
    objects: dict[tuple[str, str], Held] = field(default_factory=dict)
    log: list[tuple[str, str, str]] = field(default_factory=list)
    generation: int = 1000
    lock: threading.RLock = field(default_factory=threading.RLock)

    def put(self, bucket: str, name: str, data: bytes, metadata: dict[str, str] | None = None, kind: str = "") -> int:
        """Overwrite an object as an outsider would; return its generation."""
        with self.lock:
            self.generation += 1
            attributes = Attributes(kind or "image/png", metadata=metadata or {})
            stored = Stored(name, self.generation, len(data), attributes.content_type, checksum(data), metadata or {})
            self.objects[bucket, name] = Held(data, stored, attributes)
            return self.generation

    def names(self, bucket: str) -> list[str]:
        """Return the names of a bucket's live objects, sorted."""
        return sorted(name for held, name in self.objects if held == bucket)

    def stat(self, bucket: str, name: str) -> Stored | None:
        self._begin("stat", bucket, name)
        held = self.objects.get((bucket, name))
        self.fault("stat", bucket, name, True)
        return None if held is None else held.stored

    def read(self, bucket: str, name: str, generation: int | None = None) -> bytes | None:
        self._begin("read", bucket, name)
        held = self.objects.get((bucket, name))
        self.fault("read", bucket, name, True)
        return None if held is None or generation not in (None, held.stored.generation) else held.data

    def write(self, bucket: str, name: str, data: bytes, attributes: Attributes, expected: int) -> int | None:
        self._begin("write", bucket, name)
        with self.lock:
            held = self.objects.get((bucket, name))
            if (0 if held is None else held.stored.generation) != expected:
                return None
            made = self.put(bucket, name, data, dict(attributes.metadata), attributes.content_type)
            self.objects[bucket, name] = replace(self.objects[bucket, name], attributes=attributes)
        self.fault("write", bucket, name, True)
        return made

    def delete(self, bucket: str, name: str, generation: int | None = None) -> bool:
        self._begin("delete", bucket, name)
        with self.lock:
            held = self.objects.get((bucket, name))
            if held is None or generation not in (None, held.stored.generation):
                return False
            del self.objects[bucket, name]
        self.fault("delete", bucket, name, True)
        return True

    def copy(self, bucket: str, name: str, new_name: str, attributes: Attributes) -> int | None:
        self._begin("copy", bucket, name)
        held = self.objects.get((bucket, name))
        return None if held is None else self.write(bucket, new_name, held.data, attributes, 0)

    def list(self, bucket: str, prefix: str = "") -> Iterator[Stored]:
        self._begin("list", bucket, prefix)
        yield from [
            held.stored for (b, name), held in sorted(self.objects.items()) if b == bucket and name.startswith(prefix)
        ]

    def pages(
        self, bucket: str, prefix: str = "", start: str = "", end: str = "", size: int = 1000
    ) -> Iterator[list[Stored]]:
        self._begin("pages", bucket, prefix)
        found = [each for each in self.list(bucket, prefix) if each.name >= start and not (end and each.name >= end)]
        for place in range(0, len(found), size):
            yield found[place : place + size]

    def _begin(self, verb: str, bucket: str, name: str) -> None:
        self.log.append((verb, bucket, name))
        self.fault(verb, bucket, name, False)
