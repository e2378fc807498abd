"""Which API, bucket and object a request speaks of, read from its raw path and Host header."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote_to_bytes

from local.emulator.refusals import Refusal

Api = Literal["json", "upload", "download", "xml"]

_PREFIXES: tuple[tuple[str, Api], ...] = (
    ("/storage/v1/", "json"),
    ("/upload/storage/v1/", "upload"),
    ("/resumable/upload/storage/v1/", "upload"),
    ("/download/storage/v1/", "download"),
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a request goes.

    In the three JSON APIs `segments` are the decoded parts after ``/storage/v1/``, such as
    ``("b", "photos", "o", "a/cat.png")``; in the XML API they are the bucket and, if any, the object's name.
    """

    api: Api
    segments: tuple[str, ...]

    @property
    def bucket(self) -> str | None:
        """The bucket, if one is named."""
        index = 0 if self.api == "xml" else 1
        return self.segments[index] if len(self.segments) > index else None

    @property
    def name(self) -> str | None:
        """The object, if one is named."""
        index = 1 if self.api == "xml" else 3
        return self.segments[index] if len(self.segments) > index else None


def parse_address(raw_path: str, host: str, hosts: Sequence[str]) -> Address:
    """Read an address.

    Parameters
    ----------
    raw_path : str
        The path as it came, percent-encoded.
    host : str
        The Host header.
    hosts : sequence of str
        Names under which the emulator answers.

    Returns
    -------
    Address

    Raises
    ------
    Refusal
        400 for a foreign host or a path that is not UTF-8.
    """
    bucket = _bucket_of_host(host, hosts)
    if bucket is not None:
        return Address("xml", (bucket, _decode(raw_path[1:])) if len(raw_path) > 1 else (bucket,))
    for prefix, api in _PREFIXES:
        if raw_path.startswith(prefix):
            return Address(api, tuple(_decode(part) for part in raw_path[len(prefix) :].split("/")))
    head, _, tail = raw_path[1:].partition("/")
    return Address("xml", tuple(_decode(part) for part in (head, tail) if part))


def _bucket_of_host(host: str, hosts: Sequence[str]) -> str | None:
    """Return the bucket that a virtual-hosted request names in its Host, or None in path style."""
    head, colon, port = host.lower().rpartition(":")
    name = head if colon and port.isdigit() else host.lower()
    if name in hosts:
        return None
    for base in hosts:
        if name.endswith(f".{base}"):
            return name.removesuffix(f".{base}")
    raise Refusal(400, "InvalidURI", f"The emulator does not answer under the host '{host[:80]}'.")


def _decode(text: str) -> str:
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal(400, "InvalidURI", "The path is not UTF-8.") from error
