"""The JSON API's buckets and objects, as far as the google-cloud-storage client uses them."""

from __future__ import annotations

import dataclasses
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.emulator.faces.addressing import Address
from local.emulator.faces.bodies import read_json_body
from local.emulator.faces.media import media_response, object_headers
from local.emulator.objects.drafts import change_from_resource, draft_from_resource
from local.emulator.objects.listing import ListQuery, list_page
from local.emulator.objects.names import check_object_name
from local.emulator.objects.preconditions import Preconditions, read_generation
from local.emulator.objects.records import ObjectRecord
from local.emulator.objects.store import ObjectStore
from local.emulator.refusals import Refusal, invalid

_BUCKET_KEYS = (
    "cors",
    "labels",
    "lifecycle",
    "location",
    "locationType",
    "storageClass",
    "versioning",
    "softDeletePolicy",
    "iamConfiguration",
    "website",
)


class JsonApi:
    """Handles everything under ``/storage/v1`` and ``/download/storage/v1``.

    Parameters
    ----------
    store : ObjectStore
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def handle(self, request: Request, address: Address, origin: str) -> Response:
        """Answer one request; `origin` begins the links of the answer."""
        match (request.method, address.segments):
            case (_, ("b",)):
                return await self._handle_buckets(request, origin)
            case (_, ("b", bucket)):
                return await self._handle_bucket(request, bucket, origin)
            case ("GET", ("b", bucket, "o")):
                return self._list(request, bucket, origin)
            case (_, ("b", bucket, "o", name)):
                return await self._handle_object(request, bucket, name, origin)
            case ("POST", ("b", bucket, "o", name, "rewriteTo" | "copyTo" as verb, "b", new_bucket, "o", new_name)):
                target = (new_bucket, check_object_name(new_name))
                return await self._copy(request, (bucket, name), target, origin, rewrite=verb == "rewriteTo")
            case _:
                raise Refusal(404, "NotFound", "There is nothing at this address of the JSON API.")

    async def _handle_buckets(self, request: Request, origin: str) -> Response:
        match request.method:
            case "GET":
                prefix = request.query_params.get("prefix", "")
                items = [b.as_resource(origin) for b in self._store.buckets() if b.name.startswith(prefix)]
                return JSONResponse({"kind": "storage#buckets", "items": items})
            case "POST":
                resource = await read_json_body(request)
                config = _bucket_config(resource)
                return JSONResponse(
                    self._store.create_bucket(str(resource.get("name", "")), config).as_resource(origin)
                )
            case method:
                raise _not_allowed(method)

    async def _handle_bucket(self, request: Request, name: str, origin: str) -> Response:
        match request.method:
            case "GET":
                return JSONResponse(self._store.bucket(name).as_resource(origin))
            case "PATCH" | "PUT":
                config = _bucket_config(await read_json_body(request))
                return JSONResponse(self._store.configure_bucket(name, config).as_resource(origin))
            case "DELETE":
                self._store.delete_bucket(name)
                return Response(status_code=204)
            case method:
                raise _not_allowed(method)

    def _list(self, request: Request, bucket: str, origin: str) -> Response:
        page = list_page(self._store.names(bucket), ListQuery.from_query(request.query_params))
        records = (self._store.find(bucket, name) for name in page.names)
        answer: dict[str, Any] = {
            "kind": "storage#objects",
            "items": [record.as_resource(origin) for record in records if record is not None],
            "prefixes": list(page.prefixes),
        }
        return JSONResponse(answer | ({"nextPageToken": page.next_token} if page.next_token else {}))

    async def _handle_object(self, request: Request, bucket: str, name: str, origin: str) -> Response:
        query = request.query_params
        conditions, generation = Preconditions.from_query(query), read_generation(query)
        match request.method:
            case "GET" | "HEAD":
                record = self._store.get(bucket, name, generation)
                conditions.check(record, reading=True)
                if query.get("alt") != "media":
                    return JSONResponse(record.as_resource(origin))
                return self._send(request, record)
            case "PATCH" | "PUT":
                resource = await read_json_body(request)
                replace = request.method == "PUT"
                record = self._store.update(
                    bucket,
                    name,
                    conditions,
                    lambda old: change_from_resource(old, resource, replace=replace),
                    generation,
                )
                return JSONResponse(record.as_resource(origin))
            case "DELETE":
                self._store.delete(bucket, name, conditions, generation)
                return Response(status_code=204)
            case method:
                raise _not_allowed(method)

    def _send(self, request: Request, record: ObjectRecord) -> Response:
        head = request.method == "HEAD"
        headers = object_headers(record)
        return media_response(record, self._store.open(record), headers, request.headers.get("range"), head=head)

    async def _copy(
        self, request: Request, source: tuple[str, str], target: tuple[str, str], origin: str, *, rewrite: bool
    ) -> Response:
        query = request.query_params
        resource = await read_json_body(request)
        record = self._store.get(*source, read_generation(query, "sourceGeneration"))
        Preconditions.from_query(query, "ifSource").check(record)
        if resource:
            draft = draft_from_resource(*target, resource, record.content_type)
        else:
            draft = dataclasses.replace(record, bucket=target[0], name=target[1])
        copied = self._store.copy(record, draft, Preconditions.from_query(query)).as_resource(origin)
        if not rewrite:
            return JSONResponse(copied)
        size = str(record.size)
        progress = {"totalBytesRewritten": size, "objectSize": size, "done": True, "resource": copied}
        return JSONResponse({"kind": "storage#rewriteResponse", **progress})


def _bucket_config(resource: dict[str, Any]) -> dict[str, Any]:
    config = {key: resource[key] for key in _BUCKET_KEYS if key in resource}
    if not isinstance(config.get("cors") or [], list) or not isinstance(config.get("lifecycle") or {}, dict):
        raise invalid("cors takes a list of rules, and lifecycle an object with a list of rules.")
    return config


def _not_allowed(method: str) -> Refusal:
    return Refusal(405, "MethodNotAllowed", f"The method {method} is not allowed here.")
