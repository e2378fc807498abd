"""Objects and buckets on disk.

    DATA/buckets/<bucket>/bucket.json
    DATA/buckets/<bucket>/<hash>.json          the live record; replacing it is the commit
    DATA/buckets/<bucket>/<hash>.<generation>  the bytes of that generation
    DATA/incoming/                             uploads under way, emptied at start

``<hash>`` is the SHA-256 of the object's name. Data files are never changed once named, so a reader that has
one open keeps the generation it asked for while writers replace or delete the object.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import shutil
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from local.emulator.objects.files import read_json, write_json
from local.emulator.objects.names import check_bucket_name, check_object_name
from local.emulator.objects.preconditions import Preconditions
from local.emulator.objects.records import BucketRecord, ObjectRecord
from local.emulator.objects.staging import Staging
from local.emulator.refusals import Refusal, no_such_bucket, no_such_object


class Journal(Protocol):
    """Who is told of a finalized object: before it exists, so that no crash loses the event, and after."""

    def prepare(self, record: ObjectRecord) -> None:
        """Note on disk that `record` is about to exist."""

    def publish(self, record: ObjectRecord) -> None:
        """Emit the event of `record`, which now exists."""

    def abandon(self, record: ObjectRecord) -> None:
        """Forget `record`, which will not exist."""


class ObjectStore:
    """All buckets under one folder; every method may be called from any thread.

    Parameters
    ----------
    folder : Path
        The data folder; made when absent, read when present.
    journal : Journal
        Receives finalized objects.
    clock : callable
        Seconds since the epoch.
    max_bytes : int
        Largest object.
    """

    def __init__(self, folder: Path, journal: Journal, clock: Callable[[], float], max_bytes: int) -> None:
        self._root = folder / "buckets"
        self._incoming = folder / "incoming"
        self._journal = journal
        self._clock = clock
        self._max_bytes = max_bytes
        self._lock = threading.RLock()
        self._buckets: dict[str, BucketRecord] = {}
        self._objects: dict[str, dict[str, ObjectRecord]] = {}
        shutil.rmtree(self._incoming, ignore_errors=True)
        self._root.mkdir(parents=True, exist_ok=True)
        self._incoming.mkdir()
        for bucket_folder in sorted(self._root.iterdir()):
            self._load_bucket(bucket_folder)
        stored = (record.generation for objects in self._objects.values() for record in objects.values())
        self._last_generation = max(stored, default=0)

    def buckets(self) -> list[BucketRecord]:
        """Return all buckets by name."""
        with self._lock:
            return [self._buckets[name] for name in sorted(self._buckets)]

    def bucket(self, name: str) -> BucketRecord:
        """Return the bucket `name`; 404 when absent."""
        with self._lock:
            if name not in self._buckets:
                raise no_such_bucket(name)
            return self._buckets[name]

    def create_bucket(self, name: str, config: Mapping[str, Any]) -> BucketRecord:
        """Make a bucket; 409 when there is one of that name."""
        with self._lock:
            if check_bucket_name(name) in self._buckets:
                raise Refusal(409, "BucketAlreadyOwnedByYou", f"The bucket {name} exists already.")
            (self._root / name).mkdir(exist_ok=True)
            self._objects[name] = {}
            return self._save_bucket(BucketRecord(name, self._clock(), config=dict(config)))

    def configure_bucket(self, name: str, config: Mapping[str, Any]) -> BucketRecord:
        """Merge `config` into the bucket's configuration; None removes a key."""
        with self._lock:
            old = self.bucket(name)
            merged = {key: value for key, value in {**old.config, **config}.items() if value is not None}
            return self._save_bucket(dataclasses.replace(old, config=merged, metageneration=old.metageneration + 1))

    def delete_bucket(self, name: str) -> None:
        """Remove an empty bucket; 409 when it holds objects."""
        with self._lock:
            self.bucket(name)
            if self._objects[name]:
                raise Refusal(409, "BucketNotEmpty", f"The bucket {name} is not empty.")
            del self._buckets[name], self._objects[name]
            shutil.rmtree(self._root / name)

    def stage(self) -> Staging:
        """Begin an upload."""
        return Staging(self._incoming, self._max_bytes)

    def find(self, bucket: str, name: str) -> ObjectRecord | None:
        """Return the live record, or None; 404 when the bucket is absent."""
        with self._lock:
            self.bucket(bucket)
            return self._objects[bucket].get(name)

    def get(self, bucket: str, name: str, generation: int | None = None) -> ObjectRecord:
        """Return the live record; 404 when absent or of another generation."""
        record = self.find(bucket, name)
        if record is None or generation not in (None, record.generation):
            raise no_such_object(bucket, name if generation is None else f"{name}#{generation}")
        return record

    def names(self, bucket: str) -> list[str]:
        """Return the names of all live objects, sorted."""
        with self._lock:
            self.bucket(bucket)
            return sorted(self._objects[bucket])

    def open(self, record: ObjectRecord) -> BinaryIO:
        """Open the bytes of `record`; 404 when a writer was faster."""
        try:
            return self._data_path(record).open("rb")
        except FileNotFoundError as error:
            raise no_such_object(record.bucket, f"{record.name}#{record.generation}") from error

    def commit(self, draft: ObjectRecord, staging: Staging, conditions: Preconditions) -> ObjectRecord:
        """Make the staged bytes the live generation.

        Parameters
        ----------
        draft : ObjectRecord
            Bucket, name, content type and metadata; generation, size, checksums and times are filled in here.
        staging : Staging
        conditions : Preconditions
            Checked under the lock, so that of two writers with the same condition one loses.

        Returns
        -------
        ObjectRecord

        Raises
        ------
        Refusal
            404 without the bucket, 412 when a condition fails, 503 when the disk is full.
        """
        # Outside of the lock: to flush a large upload would hold up everyone else.
        staging.seal()
        with self._lock:
            old = self.find(draft.bucket, check_object_name(draft.name))
            conditions.check(old)
            record = self._finish(draft, staging.size, staging.md5, staging.crc32c)
            return self._install(record, old, staging.path.replace)

    def copy(self, source: ObjectRecord, draft: ObjectRecord, conditions: Preconditions) -> ObjectRecord:
        """Make a new object of the bytes of `source`, with the name and metadata of `draft`."""
        with self._lock:
            old = self.find(draft.bucket, check_object_name(draft.name))
            conditions.check(old)
            origin = self._data_path(source)
            if not origin.exists():
                raise no_such_object(source.bucket, f"{source.name}#{source.generation}")
            record = self._finish(draft, source.size, source.md5, source.crc32c)
            # A link costs no bytes and is safe: data files are never changed once they are named.
            return self._install(record, old, lambda path: os.link(origin, path))

    def update(
        self,
        bucket: str,
        name: str,
        conditions: Preconditions,
        change: Callable[[ObjectRecord], ObjectRecord],
        generation: int | None = None,
    ) -> ObjectRecord:
        """Replace the metadata by what `change` makes of it; the bytes and their generation stay."""
        with self._lock:
            old = self.get(bucket, name, generation)
            conditions.check(old)
            new = dataclasses.replace(change(old), metageneration=old.metageneration + 1, updated=self._clock())
            write_json(self._record_path(new), new.as_dict())
            self._objects[bucket][name] = new
            return new

    def delete(self, bucket: str, name: str, conditions: Preconditions, generation: int | None = None) -> ObjectRecord:
        """Remove the object and return what it was; 404 when absent."""
        with self._lock:
            record = self.get(bucket, name, generation)
            conditions.check(record)
            # The record first: a crash between the two leaves bytes without one, which the next start sweeps away.
            self._record_path(record).unlink(missing_ok=True)
            self._data_path(record).unlink(missing_ok=True)
            del self._objects[bucket][name]
            return record

    def _finish(self, draft: ObjectRecord, size: int, md5: str, crc32c: str) -> ObjectRecord:
        now = self._clock()
        # Microseconds, as in the cloud, but rising even where the clock stands still or is set back.
        self._last_generation = max(self._last_generation + 1, int(now * 1_000_000))
        return dataclasses.replace(
            draft,
            generation=self._last_generation,
            metageneration=1,
            size=size,
            md5=md5,
            crc32c=crc32c,
            created=now,
            updated=now,
        )

    def _install(self, record: ObjectRecord, old: ObjectRecord | None, place: Callable[[Path], object]) -> ObjectRecord:
        path = self._data_path(record)
        self._journal.prepare(record)
        try:
            place(path)
            write_json(self._record_path(record), record.as_dict())
        except OSError as error:
            path.unlink(missing_ok=True)
            self._journal.abandon(record)
            raise Refusal(503, "InternalError", f"The disk refused the object: {error.strerror}.") from error
        # Memory follows the disk: a record that could not be written must not be readable.
        self._objects[record.bucket][record.name] = record
        if old is not None:
            self._data_path(old).unlink(missing_ok=True)
        self._journal.publish(record)
        return record

    def _load_bucket(self, folder: Path) -> None:
        """Read one bucket and sweep away what a killed process left behind."""
        # A process died while it made or removed the bucket; without its record it is none.
        if not (folder / "bucket.json").exists():
            shutil.rmtree(folder)
            return
        bucket = BucketRecord(**read_json(folder / "bucket.json"))
        stored = (path for path in folder.glob("*.json") if path.name != "bucket.json")
        records = [ObjectRecord(**read_json(path)) for path in stored if not path.name.startswith(".")]
        self._buckets[bucket.name] = bucket
        self._objects[bucket.name] = {record.name: record for record in records}
        kept = {self._data_path(record).name for record in records}
        for path in folder.iterdir():
            if (path.suffix != ".json" and path.name not in kept) or path.name.startswith("."):
                path.unlink()

    def _save_bucket(self, bucket: BucketRecord) -> BucketRecord:
        write_json(self._root / bucket.name / "bucket.json", bucket.as_dict())
        self._buckets[bucket.name] = bucket
        return bucket

    def _record_path(self, record: ObjectRecord) -> Path:
        return self._root / record.bucket / f"{_hash(record.name)}.json"

    def _data_path(self, record: ObjectRecord) -> Path:
        return self._root / record.bucket / f"{_hash(record.name)}.{record.generation}"


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
