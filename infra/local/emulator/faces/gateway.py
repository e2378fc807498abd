"""The one door: every storage request is addressed, admitted, handled and answered here."""

from __future__ import annotations

import logging
import secrets
from email.utils import formatdate
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from local.emulator.config import EmulatorConfig
from local.emulator.faces.addressing import Address, parse_address
from local.emulator.faces.bodies import WatchedReceive, drain
from local.emulator.faces.cors import annotate_answer, answer_preflight
from local.emulator.faces.json_api import JsonApi
from local.emulator.faces.json_uploads import JsonUploads
from local.emulator.faces.signatures import SignatureVerifier, SignedRequest, is_signed
from local.emulator.faces.xml_api import XmlApi
from local.emulator.objects.store import ObjectStore
from local.emulator.refusals import Refusal

_LOGGER: Final = logging.getLogger(__name__)
_UNSIGNED: Final = "UNSIGNED-PAYLOAD"


class Gateway:
    """The storage part of the emulator, as an ASGI application.

    Parameters
    ----------
    config : EmulatorConfig
    store : ObjectStore
    uploads : JsonUploads
    """

    def __init__(self, config: EmulatorConfig, store: ObjectStore, uploads: JsonUploads) -> None:
        self._config = config
        self._store = store
        self._verifier = SignatureVerifier(config.public_key, config.signer)
        self._json = JsonApi(store)
        self._uploads = uploads
        self._xml = XmlApi(store, config.max_object_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; an upload that breaks off is answered with nothing and leaves nothing."""
        watched = WatchedReceive(receive)
        try:
            response = await self._respond(Request(scope, watched), watched)
        except ClientDisconnect:
            return
        response.headers["date"] = formatdate(self._config.clock(), usegmt=True)
        await response(scope, receive, send)

    async def _respond(self, request: Request, body: WatchedReceive) -> Response:
        address = None
        try:
            raw_path = request.scope["raw_path"].decode("ascii")
            address = parse_address(raw_path, request.headers.get("host", ""), self._config.hosts)
            return await self._dispatch(request, address)
        except Refusal as refusal:
            _LOGGER.info("%s refused: %d %s", request.method, refusal.status, refusal.code)
            await drain(body, request.headers.get("expect", ""))
            in_xml = address is None or address.api == "xml"
            return refusal.as_xml() if in_xml else refusal.as_json()

    async def _dispatch(self, request: Request, address: Address) -> Response:
        if address.api == "xml":
            return await self._dispatch_xml(request, address)
        origin = f"http://{request.headers['host']}"
        if address.api == "upload":
            if not request.query_params.get("upload_id"):
                self._check_token(request)
            return await self._uploads.handle(request, address, origin)
        self._check_token(request)
        return await self._json.handle(request, address, origin)

    async def _dispatch_xml(self, request: Request, address: Address) -> Response:
        bucket = next((b for b in self._store.buckets() if b.name == address.bucket), None)
        rules = bucket.cors if bucket else []
        if request.method == "OPTIONS":
            return Response(status_code=200, headers=answer_preflight(rules, request.headers))
        response = await self._xml.handle(request, address, self._admit(request))
        response.headers.update(annotate_answer(rules, request.method, request.headers.get("origin")))
        return response

    def _admit(self, request: Request) -> str:
        """Check a signature or a token; return the hash that is promised of the body."""
        query = request.scope["query_string"].decode("latin-1")
        if is_signed(query):
            headers = tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in request.headers.raw)
            path = request.scope["raw_path"].decode("ascii")
            return self._verifier.verify(SignedRequest(request.method, path, query, headers), self._config.clock())
        if "authorization" not in request.headers:
            details = {"Details": "Anonymous caller does not have access to the object."}
            raise Refusal(403, "AccessDenied", "Access denied.", details)
        self._check_token(request)
        return _UNSIGNED

    def _check_token(self, request: Request) -> None:
        if not has_token(request, self._config.token):
            raise Refusal(401, "AuthenticationRequired", "Anonymous callers and unknown tokens have no access.")


def has_token(request: Request, token: str) -> bool:
    """Tell whether `request` carries the bearer token `token`."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and secrets.compare_digest(given.encode(), token.encode())
