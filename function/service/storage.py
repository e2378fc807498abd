"""The object store as the service needs it: few verbs, generations everywhere, and one kind of fault."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import google_crc32c
import requests
from google.api_core.exceptions import GoogleAPIError, NotFound, PreconditionFailed
from google.auth.credentials import Credentials as AuthCredentials
from google.auth.exceptions import GoogleAuthError
from google.cloud import storage as cloud
from google.cloud.storage.exceptions import DataCorruption, InvalidResponse
from google.cloud.storage.retry import DEFAULT_RETRY
from google.oauth2.credentials import Credentials

from autok.errors import SettingsError, StorageError
from service.settings import Settings

TIMEOUT: Final = (5.0, 20.0)
"""Seconds to connect, and between two bytes."""

DEADLINE: Final = 25.0
"""Seconds in which one operation is tried again; waits grow from 0.2 to 5 s."""

_RETRY: Final = DEFAULT_RETRY.with_delay(initial=0.2, maximum=5.0, multiplier=2.0).with_timeout(DEADLINE)
_FAULTS: Final = (GoogleAPIError, GoogleAuthError, requests.RequestException, DataCorruption, InvalidResponse, OSError)

_LISTED: Final = "items(name,generation,size,contentType,crc32c,metadata),nextPageToken"

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store says about one generation of an object."""

    name: str
    generation: int
    size: int
    """Bytes."""
    content_type: str = ""
    crc32c: str = ""
    """Base64 of the big-endian checksum."""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attributes:
    """What is written beside an object's bytes."""

    content_type: str
    cache_control: str = "private, no-store"
    disposition: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


class Storage(Protocol):
    """The store; every method raises `StorageError` when it does not answer as it should."""

    def stat(self, bucket: str, name: str) -> Stored | None:
        """Describe the live object, None where there is none."""
        ...

    def read(self, bucket: str, name: str, generation: int | None = None) -> bytes | None:
        """Return the bytes, at one generation or live; None where they are gone."""
        ...

    def write(self, bucket: str, name: str, data: bytes, attributes: Attributes, expected: int) -> int | None:
        """Write where the live generation is `expected` (0: none); return the new one, None where it is not."""
        ...

    def delete(self, bucket: str, name: str, generation: int | None = None) -> bool:
        """Delete, only where the live generation is the one given; tell whether something was deleted."""
        ...

    def copy(self, bucket: str, name: str, new_name: str, attributes: Attributes) -> int | None:
        """Copy inside the store to a name that must be free; return its generation, None without a source."""
        ...

    def list(self, bucket: str, prefix: str = "") -> Iterator[Stored]:
        """Yield the live objects under a prefix."""
        ...


def checksum(data: bytes) -> str:
    """Return the CRC32C of bytes as the store shows it."""
    return base64.b64encode(google_crc32c.value(data).to_bytes(4, "big")).decode()


class CloudStorage:
    """`Storage` on the Cloud Storage client; works alike against Google and the local stack."""

    def __init__(self, client: cloud.Client, hear: Callable[..., None] | None = None) -> None:
        self._client = client
        if hear is not None:
            client._http.hooks["response"].append(hear)  # noqa: SLF001 - the one way to see an answer's headers

    def close(self) -> None:
        """Close the connections; a call after that opens new ones."""
        self._client.close()

    def stat(self, bucket: str, name: str) -> Stored | None:
        """Describe the live object; see `Storage`."""
        blob = _guard(lambda: self._client.bucket(bucket).get_blob(name, timeout=TIMEOUT, retry=_RETRY))
        return None if blob is None else _describe(blob)

    def read(self, bucket: str, name: str, generation: int | None = None) -> bytes | None:
        """Return the bytes as they are stored, compressed ones not unpacked; see `Storage`."""
        blob = self._client.bucket(bucket).blob(name, generation=generation)

        def call() -> bytes | None:
            try:
                # Raw, because a store that unpacks gzip on the way would let a small object fill the memory.
                return bytes(blob.download_as_bytes(raw_download=True, timeout=TIMEOUT, retry=_RETRY))
            except NotFound:
                return None

        return _guard(call)

    def write(self, bucket: str, name: str, data: bytes, attributes: Attributes, expected: int) -> int | None:
        """Write under a precondition; see `Storage`.

        Notes
        -----
        A write that landed although its answer was lost is repeated by the client and then refused, because the
        precondition no longer holds. What lies there is compared with what was sent, and accepted when equal.
        """
        blob = _dress(self._client.bucket(bucket).blob(name), attributes)

        def call() -> int | None:
            try:
                blob.upload_from_string(
                    data,
                    content_type=attributes.content_type,
                    if_generation_match=expected,
                    timeout=TIMEOUT,
                    retry=_RETRY,
                    checksum="crc32c",
                )
            except PreconditionFailed:
                return None
            return int(blob.generation)

        generation = _guard(call)
        if generation is not None:
            return generation
        there = self.stat(bucket, name)
        same = there is not None and (there.crc32c, there.size, dict(there.metadata)) == (
            checksum(data),
            len(data),
            dict(attributes.metadata),
        )
        # The very generation that was to be replaced is not this write, even where the bytes are equal.
        return there.generation if there is not None and same and there.generation != expected else None

    def delete(self, bucket: str, name: str, generation: int | None = None) -> bool:
        """Delete under a precondition; see `Storage`."""
        blob = self._client.bucket(bucket).blob(name)

        def call() -> bool:
            try:
                blob.delete(if_generation_match=generation, timeout=TIMEOUT, retry=_RETRY)
            except (NotFound, PreconditionFailed):
                return False
            return True

        return _guard(call)

    def copy(self, bucket: str, name: str, new_name: str, attributes: Attributes) -> int | None:
        """Copy inside the store; see `Storage`."""
        source = self._client.bucket(bucket).blob(name)
        target = _dress(self._client.bucket(bucket).blob(new_name), attributes)
        target.content_type = attributes.content_type

        def call() -> int | None:
            token = None
            try:
                while True:
                    token, _, _ = target.rewrite(
                        source, token=token, if_generation_match=0, timeout=TIMEOUT, retry=_RETRY
                    )
                    if token is None:
                        return int(target.generation)
            except NotFound:
                return None
            except PreconditionFailed:
                # Nobody else knows the new name: the copy landed and only its answer was lost.
                there = self.stat(bucket, new_name)
                return None if there is None else there.generation

        return _guard(call)

    def pages(
        self, bucket: str, prefix: str = "", start: str = "", end: str = "", size: int = 1000
    ) -> Iterator[list[Stored]]:
        """Yield the live objects under a prefix page by page, each page one request made when it is asked for.

        Parameters
        ----------
        bucket, prefix : str
        start, end : str
            First name, and the first that is not wanted any more; empty leaves that side open.
        size : int
            Most objects of a page; the default is the most that there are, 1000.
        """
        found = self._client.list_blobs(
            bucket,
            prefix=prefix or None,
            start_offset=start or None,
            end_offset=end or None,
            page_size=size,
            fields=_LISTED,
            timeout=TIMEOUT,
            retry=_RETRY,
        ).pages
        while (page := _guard(lambda: next(found, None))) is not None:
            yield [_describe(blob) for blob in page]

    def list(self, bucket: str, prefix: str = "") -> Iterator[Stored]:
        """Yield the live objects under a prefix; see `Storage`."""
        found = _guard(lambda: [*self._client.list_blobs(bucket, prefix=prefix or None, timeout=TIMEOUT, retry=_RETRY)])
        yield from map(_describe, found)


def _guard(call: Callable[[], _T]) -> _T:
    try:
        return call()
    except _FAULTS as fault:
        kind = type(fault).__name__
        raise StorageError(f"The storage did not answer as it should ({kind}); trying again later helps.") from fault


def _dress(blob: Any, attributes: Attributes) -> Any:
    blob.cache_control = attributes.cache_control
    blob.metadata = dict(attributes.metadata)
    if attributes.disposition is not None:
        blob.content_disposition = attributes.disposition
    return blob


def _describe(blob: Any) -> Stored:
    return Stored(
        name=blob.name,
        generation=int(blob.generation),
        size=int(blob.size or 0),
        content_type=blob.content_type or "",
        crc32c=blob.crc32c or "",
        # The JSON API keeps the case that an uploader chose; the names looked for are small.
        metadata={key.lower(): value for key, value in (blob.metadata or {}).items()},
    )


def open_storage(settings: Settings, hear: Callable[..., None] | None = None) -> CloudStorage:
    """Connect to the store that the settings name.

    Parameters
    ----------
    settings : Settings
        With a token file its content is the one credential used, so that no other host is ever contacted;
        without one the platform's own identity is used.
    hear : callable, optional
        Is given each answer of the store, of whatever status, as a hook of `requests` is.

    Returns
    -------
    CloudStorage

    Raises
    ------
    SettingsError
        When the token cannot be read, or the platform gives no identity.
    """
    options = {"api_endpoint": settings.storage_url} if settings.storage_url else None
    try:
        if settings.storage_token_file is None:
            return CloudStorage(cloud.Client(project=settings.project, client_options=options), hear)
        token = Path(settings.storage_token_file).read_text(encoding="ascii").strip()
        credentials: AuthCredentials = Credentials(token=token)  # type: ignore[no-untyped-call]
        return CloudStorage(
            cloud.Client(project=settings.project or "local", credentials=credentials, client_options=options), hear
        )
    except (OSError, ValueError) as fault:
        raise SettingsError(
            f"AUTOK_STORAGE_TOKEN_FILE cannot be read ({type(fault).__name__}); it takes a file with a bearer token."
        ) from fault
    except GoogleAuthError as fault:
        raise SettingsError(
            "This process has no identity to reach the storage with; run it under a service account, or set "
            "AUTOK_STORAGE_TOKEN_FILE."
        ) from fault
