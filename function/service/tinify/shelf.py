"""Where images of this way lie for a day: in the results bucket, which causes no events."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from autok.errors import NotFoundError, StorageError
from service.names import PAGE_PREFIX, make_id
from service.storage import Attributes, Storage

PREFIX: Final = f"{PAGE_PREFIX}tinify/"
"""Within the folder that every bucket of the service deletes after a day and opens to nobody."""

_WIDTH: Final = "autok-width"
_HEIGHT: Final = "autok-height"


@dataclass(frozen=True, slots=True)
class Picture:
    """A finished image."""

    data: bytes
    content_type: str
    width: int
    """Pixels."""
    height: int


class Shelf:
    """Keeps uploads and results.

    Parameters
    ----------
    storage : Storage
    bucket : str
        The results bucket.

    Notes
    -----
    The name of an object is made from an id and the digest of the key that made it. An id alone finds nothing, and who
    lists the bucket learns no id.
    """

    def __init__(self, storage: Storage, bucket: str) -> None:
        self._storage = storage
        self._bucket = bucket

    def put(self, owner: bytes, source: bytes, picture: Picture) -> str:
        """Keep an upload and its result; return the new id.

        Raises
        ------
        StorageError
            When the storage does not answer as it should.
        """
        made = make_id()
        name = _name(owner, made)
        size = {_WIDTH: str(picture.width), _HEIGHT: str(picture.height)}
        self._write(f"{name}.source", source, Attributes("application/octet-stream"))
        self._write(f"{name}.result", picture.data, Attributes(picture.content_type, metadata=size))
        return made

    def read_source(self, owner: bytes, given: str) -> bytes:
        """Return the upload of an id.

        Raises
        ------
        NotFoundError
            Where there is none, or another key made it.
        """
        data = self._storage.read(self._bucket, f"{_name(owner, given)}.source")
        if data is None:
            raise _missing()
        return data

    def read_result(self, owner: bytes, given: str) -> Picture:
        """Return the result of an id; raises as `read_source`."""
        name = f"{_name(owner, given)}.result"
        stored = self._storage.stat(self._bucket, name)
        data = None if stored is None else self._storage.read(self._bucket, name, stored.generation)
        if stored is None or data is None:
            raise _missing()
        width, height = (int(stored.metadata.get(key) or 0) for key in (_WIDTH, _HEIGHT))
        return Picture(data, stored.content_type, width, height)

    def _write(self, name: str, data: bytes, attributes: Attributes) -> None:
        if self._storage.write(self._bucket, name, data, attributes, 0) is None:
            raise StorageError("The storage holds something else under a new name; trying again helps.")


def _name(owner: bytes, given: str) -> str:
    return PREFIX + hmac.new(owner, given.encode(), hashlib.sha256).hexdigest()[:32]


def _missing() -> NotFoundError:
    return NotFoundError("Resource not found or expired: images are kept for a day, for the key that sent them.")
