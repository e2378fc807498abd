"""Uploads through the JSON API: media, multipart and resumable."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from urllib.parse import quote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from local.emulator.faces.addressing import Address
from local.emulator.faces.bodies import check_length, read_json_body, receive
from local.emulator.faces.multipart import MultipartReader, read_boundary
from local.emulator.faces.resumable import CHUNK_UNIT, ContentRange, Session, SessionBook, parse_content_range
from local.emulator.objects.drafts import draft_from_resource, read_hash_header
from local.emulator.objects.names import check_object_name
from local.emulator.objects.preconditions import Preconditions
from local.emulator.objects.records import ObjectRecord
from local.emulator.objects.staging import Staging
from local.emulator.objects.store import ObjectStore
from local.emulator.refusals import Refusal, invalid


class JsonUploads:
    """Handles everything under ``/upload/storage/v1``.

    Parameters
    ----------
    store : ObjectStore
    max_bytes : int
        Largest object.
    """

    def __init__(self, store: ObjectStore, max_bytes: int) -> None:
        self._store = store
        self._max_bytes = max_bytes
        self._sessions = SessionBook()

    def close(self) -> None:
        """Discard every unfinished upload."""
        self._sessions.close_all()

    async def handle(self, request: Request, address: Address, origin: str) -> Response:
        """Answer one request; `origin` begins the links of the answer."""
        match (request.method, address.segments):
            case ("POST", ("b", bucket, "o")):
                return await self._insert(request, bucket, origin)
            case ("PUT", ("b", _, "o")):
                return await self._continue(request, origin)
            case ("DELETE", ("b", _, "o")):
                self._sessions.close(request.query_params.get("upload_id", ""))
                # What the cloud answers to a cancelled session, and no error there.
                return Response(status_code=499)
            case _:
                raise Refusal(404, "NotFound", "There is nothing at this address of the upload API.")

    async def _insert(self, request: Request, bucket: str, origin: str) -> Response:
        self._store.bucket(bucket)
        match request.query_params.get("uploadType"):
            case "media":
                return await self._insert_media(request, bucket, origin)
            case "multipart":
                return await self._insert_multipart(request, bucket, origin)
            case "resumable":
                return await self._start(request, bucket, origin)
            case other:
                raise invalid(f"uploadType is '{(other or '')[:20]}'; it takes media, multipart or resumable.")

    async def _insert_media(self, request: Request, bucket: str, origin: str) -> Response:
        name = check_object_name(request.query_params.get("name", ""))
        encoding = request.query_params.get("contentEncoding")
        resource = {"contentEncoding": encoding} if encoding else {}
        draft = draft_from_resource(bucket, name, resource, request.headers.get("content-type"))
        checksums = read_hash_header(request.headers.get("x-goog-hash"))
        return await self._take(request, draft, request.stream(), checksums, origin)

    async def _insert_multipart(self, request: Request, bucket: str, origin: str) -> Response:
        reader = MultipartReader(request.stream(), read_boundary(request.headers.get("content-type", "")))
        head = await reader.read_head()
        name = check_object_name(_object_name(request, head.resource))
        draft = draft_from_resource(bucket, name, head.resource, head.media_type)
        return await self._take(request, draft, reader.media(), _promised(head.resource), origin)

    async def _take(
        self, request: Request, draft: ObjectRecord, media: AsyncIterator[bytes], checksums: dict[str, str], origin: str
    ) -> Response:
        conditions = Preconditions.from_query(request.query_params)
        # Asked early, so that no body is taken in vain; the commit asks again under its lock, and that decides.
        conditions.check(self._store.find(draft.bucket, draft.name))
        with self._store.stage() as staging:
            await receive(media, staging)
            staging.check(checksums)
            record = self._store.commit(draft, staging, conditions)
        return JSONResponse(record.as_resource(origin))

    async def _start(self, request: Request, bucket: str, origin: str) -> Response:
        resource = await read_json_body(request)
        name = check_object_name(_object_name(request, resource))
        draft = draft_from_resource(bucket, name, resource, request.headers.get("x-upload-content-type"))
        conditions = Preconditions.from_query(request.query_params)
        conditions.check(self._store.find(bucket, name))
        length = request.headers.get("x-upload-content-length", "")
        # A length of more digits than any object has is as none; the bytes are counted anyway.
        total = int(length) if re.fullmatch(r"[0-9]{1,19}", length) else None
        if total is not None and total > self._max_bytes:
            raise Refusal(400, "EntityTooLarge", f"The upload is larger than the limit of {self._max_bytes} bytes.")
        session = Session(draft, conditions, self._store.stage(), _promised(resource), total)
        upload_id = self._sessions.open(session)
        location = f"{origin}/upload/storage/v1/b/{bucket}/o?uploadType=resumable&name={quote(name, safe='')}"
        return Response(status_code=200, headers={"location": f"{location}&upload_id={upload_id}"})

    async def _continue(self, request: Request, origin: str) -> Response:
        upload_id = request.query_params.get("upload_id", "")
        session = self._sessions.find(upload_id)
        span = _span_of(request, session)
        if session.finished is not None:
            return JSONResponse(session.finished.as_resource(origin))
        try:
            return await self._advance(request, session, span, origin)
        except Refusal as refusal:
            # After a 5xx a client resumes where it was; after a refusal for good the session is of no more use.
            if refusal.status < 500:
                self._sessions.close(upload_id)
            raise

    async def _advance(self, request: Request, session: Session, span: ContentRange, origin: str) -> Response:
        session.turn += 1
        if span.total is not None:
            session.total = span.total
        if span.first is not None:
            await self._append(request, session, span)
        if session.total is None or session.staging.size < session.total:
            return _incomplete(session.staging)
        session.checksums |= read_hash_header(request.headers.get("x-goog-hash"))
        session.staging.check(session.checksums)
        session.finished = self._store.commit(session.draft, session.staging, session.conditions)
        return JSONResponse(session.finished.as_resource(origin))

    async def _append(self, request: Request, session: Session, span: ContentRange) -> None:
        """Take one chunk; what arrives before a connection breaks is kept, and the client asks how much it is."""
        assert span.first is not None
        assert span.last is not None
        if span.first > session.staging.size:
            message = f"The chunk begins at byte {span.first}; the next byte is {session.staging.size}."
            raise Refusal(503, "InternalError", message)
        length = span.last - span.first + 1
        if span.total is None and length % CHUNK_UNIT:
            raise invalid(f"A chunk that is not the last has a multiple of {CHUNK_UNIT} bytes; this one has {length}.")
        check_length(request, length)
        known, arrived, turn = session.staging.size - span.first, 0, session.turn
        async for chunk in request.stream():
            # The client gave this request up and began a newer one: two writers would interleave their bytes.
            if session.turn != turn:
                raise ClientDisconnect
            # A client that lost an answer sends bytes again that are here already.
            fresh = chunk[max(0, known - arrived) :]
            arrived += len(chunk)
            if arrived > length:
                raise invalid(f"The chunk is longer than the {length} bytes that its Content-Range says.")
            session.staging.write(fresh)
        if arrived < length:
            raise ClientDisconnect


def _span_of(request: Request, session: Session) -> ContentRange:
    """Return the range of one request; without the header it brings the whole object."""
    text = request.headers.get("content-range")
    if text is not None:
        return parse_content_range(text)
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise Refusal(411, "MissingContentLength", "An upload without Content-Range needs a Content-Length.")
    total = int(length)
    if session.total is not None and session.total != total:
        raise invalid(f"The upload was announced with {session.total} bytes; this request brings {total}.")
    return ContentRange(0, total - 1, total) if total else ContentRange(None, None, 0)


def _incomplete(staging: Staging) -> Response:
    """Return the answer that asks for more, with the range that is there."""
    headers = {"range": f"bytes=0-{staging.size - 1}"} if staging.size else {}
    return Response(status_code=308, headers=headers)


def _object_name(request: Request, resource: dict[str, object]) -> str:
    return request.query_params.get("name") or str(resource.get("name") or "")


def _promised(resource: dict[str, object]) -> dict[str, str]:
    pairs = (("md5", resource.get("md5Hash")), ("crc32c", resource.get("crc32c")))
    return {kind: str(value) for kind, value in pairs if value}
