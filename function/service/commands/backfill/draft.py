"""A storage whose results bucket takes writes that nobody else sees, so that the worker can be rehearsed on it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from service.storage import Attributes, Storage, Stored, checksum

_FIRST = 1 << 62
"""Generation of the first write; above every true one."""


class Draft:
    """`service.storage.Storage` over another one, which it reads and never writes.

    Parameters
    ----------
    storage : Storage
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._written: dict[tuple[str, str], tuple[Stored, bytes] | None] = {}
        self._generations = itertools.count(_FIRST)

    def stat(self, bucket: str, name: str) -> Stored | None:
        """Describe what was written here, else what is there."""
        if (bucket, name) not in self._written:
            return self._storage.stat(bucket, name)
        written = self._written[bucket, name]
        return None if written is None else written[0]

    def read(self, bucket: str, name: str, generation: int | None = None) -> bytes | None:
        """Return what was written here, else what is there."""
        if (bucket, name) not in self._written:
            return self._storage.read(bucket, name, generation)
        written = self._written[bucket, name]
        fits = written is not None and generation in (None, written[0].generation)
        return written[1] if written is not None and fits else None

    def write(self, bucket: str, name: str, data: bytes, attributes: Attributes, expected: int) -> int | None:
        """Keep the bytes, under the storage's own precondition."""
        there = self.stat(bucket, name)
        if (0 if there is None else there.generation) != expected:
            return None
        stored = Stored(
            name,
            next(self._generations),
            len(data),
            attributes.content_type,
            checksum(data),
            dict(attributes.metadata),
        )
        self._written[bucket, name] = stored, data
        return stored.generation

    def delete(self, bucket: str, name: str, generation: int | None = None) -> bool:
        """Let an object seem deleted."""
        there = self.stat(bucket, name)
        if there is None or generation not in (None, there.generation):
            return False
        self._written[bucket, name] = None
        return True

    def copy(self, bucket: str, name: str, new_name: str, attributes: Attributes) -> int | None:
        """Copy into what is written here."""
        data = self.read(bucket, name)
        return None if data is None else self.write(bucket, new_name, data, attributes, 0)

    def list(self, bucket: str, prefix: str = "") -> Iterator[Stored]:
        """Yield what is there; what was written here is known by its name alone."""
        yield from self._storage.list(bucket, prefix)
