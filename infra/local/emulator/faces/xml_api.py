"""The XML API's objects: what a signed address can do."""

from __future__ import annotations

import base64
import re

from starlette.requests import Request
from starlette.responses import Response

from local.emulator.faces.addressing import Address
from local.emulator.faces.bodies import check_length, receive
from local.emulator.faces.media import media_response, object_headers
from local.emulator.objects.drafts import check_metadata, draft_from_resource, read_hash_header
from local.emulator.objects.names import check_object_name
from local.emulator.objects.preconditions import Preconditions, read_generation
from local.emulator.objects.records import ObjectRecord
from local.emulator.objects.staging import Staging
from local.emulator.objects.store import ObjectStore
from local.emulator.refusals import Refusal, invalid

_META = "x-goog-meta-"
_ATTRIBUTE_HEADERS = {
    "cache-control": "cacheControl",
    "content-disposition": "contentDisposition",
    "content-encoding": "contentEncoding",
    "content-language": "contentLanguage",
    "x-goog-custom-time": "customTime",
    "x-goog-storage-class": "storageClass",
}
_UNSUPPORTED = ("x-goog-copy-source", "x-goog-resumable", "x-goog-encryption-algorithm", "x-goog-encryption-key")


class XmlApi:
    """Handles GET, HEAD, PUT and DELETE of objects.

    Parameters
    ----------
    store : ObjectStore
    max_bytes : int
        Largest object.
    """

    def __init__(self, store: ObjectStore, max_bytes: int) -> None:
        self._store = store
        self._max_bytes = max_bytes

    async def handle(self, request: Request, address: Address, payload: str) -> Response:
        """Answer one admitted request.

        Parameters
        ----------
        request : Request
        address : Address
        payload : str
            SHA-256 that the signature promises of the body, hexadecimal, or ``UNSIGNED-PAYLOAD``.

        Returns
        -------
        Response

        Raises
        ------
        Refusal
        """
        bucket, name = address.bucket, address.name
        if bucket is None or name is None:
            raise Refusal(501, "NotImplemented", "The emulator serves buckets through the JSON API only.")
        match request.method:
            case "GET" | "HEAD":
                return self._get(request, bucket, name)
            case "PUT":
                return await self._put(request, bucket, check_object_name(name), payload)
            case "DELETE":
                conditions = Preconditions.from_headers(request.headers)
                self._store.delete(bucket, name, conditions, _generation(request))
                return Response(status_code=204)
            case method:
                raise Refusal(405, "MethodNotAllowed", f"The method {method} is not allowed on an object.")

    def _get(self, request: Request, bucket: str, name: str) -> Response:
        record = self._store.get(bucket, name, _generation(request))
        Preconditions.from_headers(request.headers).check(record)
        headers = object_headers(record) | {"etag": _etag(record)} | _overrides(request)
        if _etag(record) in (request.headers.get("if-none-match") or ""):
            raise Refusal(304, "NotModified", "Not Modified", headers={"etag": _etag(record)})
        head = request.method == "HEAD"
        return media_response(record, self._store.open(record), headers, request.headers.get("range"), head=head)

    async def _put(self, request: Request, bucket: str, name: str, payload: str) -> Response:
        _check_headers(request)
        smallest, largest = _length_range(request, self._max_bytes)
        draft = _draft(request, bucket, name)
        conditions = Preconditions.from_headers(request.headers)
        conditions.check(self._store.find(bucket, name))
        check_length(request, largest)
        with self._store.stage() as staging:
            await receive(request.stream(), staging, smallest, largest)
            _check_payload(staging, payload)
            staging.check(_promised(request))
            record = self._store.commit(draft, staging, conditions)
        headers = {key: value for key, value in object_headers(record).items() if key.startswith("x-goog-")}
        return Response(status_code=200, headers=headers | {"etag": _etag(record)})


def _check_headers(request: Request) -> None:
    if "x-goog-acl" in request.headers:
        message = "Cannot use ACLs when uniform bucket-level access is enabled."
        raise invalid(message)
    for name in _UNSUPPORTED:
        if name in request.headers:
            raise Refusal(501, "NotImplemented", f"The emulator does not serve requests with {name}.")


def _length_range(request: Request, most: int) -> tuple[int, int]:
    """Return the bounds that ``x-goog-content-length-range`` sets on the body, both included."""
    text = request.headers.get("x-goog-content-length-range")
    if text is None:
        return 0, most
    parts = re.fullmatch(r"\s*([0-9]{1,19})\s*,\s*([0-9]{1,19})\s*", text)
    if parts is None or int(parts[1]) > int(parts[2]):
        raise invalid(f"x-goog-content-length-range is '{text[:40]}'; it takes MIN,MAX.")
    return int(parts[1]), min(int(parts[2]), most)


def _draft(request: Request, bucket: str, name: str) -> ObjectRecord:
    headers = request.headers
    resource = {key: headers[header] for header, key in _ATTRIBUTE_HEADERS.items() if header in headers}
    metadata = {key.removeprefix(_META): value for key, value in headers.items() if key.startswith(_META)}
    given = {**resource, "metadata": check_metadata(metadata)}
    return draft_from_resource(bucket, name, given, headers.get("content-type"))


def _promised(request: Request) -> dict[str, str]:
    md5 = request.headers.get("content-md5")
    return read_hash_header(request.headers.get("x-goog-hash")) | ({"md5": md5} if md5 else {})


def _check_payload(staging: Staging, payload: str) -> None:
    if payload not in ("UNSIGNED-PAYLOAD", staging.sha256):
        raise Refusal(400, "BadDigest", "The body's SHA-256 is not the one that was signed.")


def _generation(request: Request) -> int | None:
    return read_generation(request.query_params)


def _overrides(request: Request) -> dict[str, str]:
    """Return the headers that the query sets on a download."""
    found = {}
    for header in ("content-disposition", "content-type"):
        value = request.query_params.get(f"response-{header}")
        if value:
            if not (value.isascii() and value.isprintable()):
                raise invalid(f"response-{header} holds a character that no header may hold.")
            found[header] = value
    return found


def _etag(record: ObjectRecord) -> str:
    """Return the XML API's entity tag: the MD5 of the bytes."""
    return f'"{base64.b64decode(record.md5).hex()}"'
