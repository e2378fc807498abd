"""The result as an object: written once per generation, under a name that belongs to its upload alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from autok.errors import StorageError
from service.events import Upload, read_number
from service.names import (
    CONTENT_HASH,
    SOURCE_GENERATION,
    SOURCE_HASH,
    decode_filename,
    download_name,
    is_name,
    name_result,
    possible_previews,
    possible_results,
)
from service.names import FILENAME_METADATA as FILENAME
from service.reports import cache_control
from service.signing import attach
from service.storage import Attributes, Storage, Stored

_TRIES: Final = 6
_NAMES: Final = 8


@dataclass(frozen=True, slots=True)
class File:
    """Something to be stored in the results bucket."""

    data: bytes
    format: str
    content_type: str
    cache_control: str | None = None
    """The header it is served with; None is the service's own."""


def describe_preview(data: bytes) -> File:
    """Return a preview as it is stored: a PNG, else a JPEG."""
    return File(data, "png", "image/png") if data.startswith(b"\x89PNG") else File(data, "jpeg", "image/jpeg")


def give_filename(upload: Upload) -> str:
    """Return the user's own name of a file: the one given with the upload, else the last part of the object's."""
    given = upload.metadata.get(FILENAME)
    return decode_filename(given) if given else upload.name.rsplit("/", 1)[-1]


def hash_source(name: str) -> str:
    """Return what marks a result as made from an upload of this name."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def put_result(storage: Storage, bucket: str, upload: Upload, file: File) -> str | None:
    """Store the result of an upload.

    Parameters
    ----------
    storage : Storage
    bucket : str
        The results bucket.
    upload : Upload
    file : File

    Returns
    -------
    str or None
        Its name; None where a result of a newer generation lies there already.

    Raises
    ------
    StorageError
        When the storage does not answer, or the name stays contested.

    Notes
    -----
    ``cat.png`` and ``cat.png.jpg`` can both want the name ``cat.png.jpg``: whoever comes second takes the extension
    once more. Nothing that this service did not write for this upload is ever overwritten.
    """
    for taken in range(_NAMES):
        name = name_result(upload.name, file.format, taken=taken)
        placed = put_object(storage, bucket, upload, name, file)
        if placed is None:
            return None
        if placed:
            return name
    raise StorageError(f"All of {_NAMES} names for the result belong to others; trying again later may help.")


def put_object(storage: Storage, bucket: str, upload: Upload, name: str, file: File) -> bool | None:
    """Store one object of an upload under one name; False where the name is another's, None where it is too late."""
    attributes = _dress(upload, file)
    for _ in range(_TRIES):
        there = storage.stat(bucket, name)
        if there is not None:
            if there.metadata.get(SOURCE_HASH) != attributes.metadata[SOURCE_HASH]:
                return False
            generation = _source_generation(there)
            if generation > upload.generation:
                return None
            # An attempt that died after this write left it; to write it anew would only cost.
            if dict(there.metadata) == dict(attributes.metadata) and there.size == len(file.data):
                return True
        if storage.write(bucket, name, file.data, attributes, 0 if there is None else there.generation) is not None:
            return True
    raise StorageError("The result changes faster than it can be written; trying again later helps.")


def find_results(storage: Storage, bucket: str, upload: Upload, names: tuple[str, ...]) -> list[Stored]:
    """Return those of the named objects that were made from an upload, at whatever generation."""
    found = (storage.stat(bucket, name) for name in names)
    return [
        there for there in found if there is not None and there.metadata.get(SOURCE_HASH) == hash_source(upload.name)
    ]


def remove_objects(storage: Storage, bucket: str, upload: Upload, names: tuple[str, ...]) -> int:
    """Delete what an older or the same generation of an upload left under these names; return how many there were."""
    removed = 0
    for name in names:
        there = storage.stat(bucket, name)
        if (
            there is not None
            and there.metadata.get(SOURCE_HASH) == hash_source(upload.name)
            # The name may hold a newer generation's result by now, which is not this one's to remove.
            and _source_generation(there) <= upload.generation
        ):
            # The generation that was looked at, or a write since then would be deleted unseen.
            removed += storage.delete(bucket, name, there.generation)
    return removed


def every_name(upload: str) -> tuple[str, ...]:
    """Return every name that something made from an upload usually has, and that an object can have."""
    return tuple(filter(is_name, (*possible_results(upload), *possible_previews(upload))))


def _source_generation(there: Stored) -> int:
    return read_number(there.metadata.get(SOURCE_GENERATION)) or 0


def _dress(upload: Upload, file: File) -> Attributes:
    metadata: dict[str, Any] = {
        SOURCE_GENERATION: str(upload.generation),
        SOURCE_HASH: hash_source(upload.name),
        CONTENT_HASH: hashlib.sha256(file.data).hexdigest(),
    }
    disposition = attach(download_name(give_filename(upload), file.format))
    return Attributes(file.content_type, file.cache_control or cache_control(upload.name), disposition, metadata)
