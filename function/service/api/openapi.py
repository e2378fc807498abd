"""The API in OpenAPI 3.1; options, limits and codes come from the tables that the code itself uses."""

from __future__ import annotations

from typing import Any, Final

from autok import __version__
from autok.options import json_schema
from service.api.problems import STATUSES
from service.api.requests import MAX_FILENAME
from service.names import ACCEPTED_TYPES
from service.settings import Settings

_ID: Final = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "As given by POST /v1/uploads.",
    "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
}
_TITLES: Final = {
    400: "The request is malformed",
    401: "The access key is missing or wrong",
    404: "There is no such thing",
    405: "This path takes other methods",
    413: "The file is over the limit",
    415: "This kind of file is not supported",
    422: "An option or the size cannot be used",
    429: "Too many requests; Retry-After says when",
    500: "The service failed",
    503: "Storage or signer are away; Retry-After says when",
}
_ALWAYS: Final = (401, 405, 500, 503)
_TEXT: Final = {"type": "string"}
_MOMENT: Final = {"type": "string", "format": "date-time"}


def describe_api(settings: Settings) -> dict[str, Any]:
    """Return the OpenAPI document of a service with these settings."""
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "Auto-K",
            "version": __version__,
            "description": "Images made smaller with K-means palettes; the number of colours is found by itself.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": _paths(),
        "components": {"schemas": _schemas(settings)},
    }
    if settings.access_key is not None:
        document["components"]["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer"},
            "key": {"type": "apiKey", "in": "header", "name": "X-Autok-Key"},
        }
        document["security"] = [{"bearer": []}, {"key": []}]
    return document


def _paths() -> dict[str, Any]:
    return {
        "/v1/uploads": {
            "post": _operation(
                "createUpload",
                "Get an address to upload a file to",
                201,
                "Created",
                (400, 413, 415, 422, 429),
                "NewUpload",
            )
        },
        "/v1/results/{id}": {
            "parameters": [_ID],
            "get": _operation("showResult", "How far it is, and where the result is", 200, "Result", (404, 429)),
            "delete": _operation("deleteResult", "Remove upload, result and report", 204, None, (404,)),
        },
        "/v1/results/{id}/runs": {
            "parameters": [_ID],
            "post": _operation(
                "createRun", "Compress the same upload with other options", 201, "Run", (400, 404, 422, 429), "NewRun"
            ),
        },
        "/v1/limits": {"get": _operation("showLimits", "Limits, defaults and the options' schema", 200, "Limits", ())},
        "/v1/health": {"get": _operation("showHealth", "Whether the storage answers", 200, "Health", ())},
        "/v1/openapi.json": {"get": _operation("showOpenApi", "This document", 200, "Document", ())},
    }


def _operation(
    name: str, summary: str, status: int, answer: str | None, refusals: tuple[int, ...], body: str | None = None
) -> dict[str, Any]:
    success: dict[str, Any] = {"description": summary}
    if answer is not None:
        success["content"] = {"application/json": {"schema": _ref(answer)}}
    if status == 201:
        success["headers"] = {"Location": {"description": "Where the result will be.", "schema": {"type": "string"}}}
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": summary,
        "responses": {str(status): success} | {str(each): _refusal(each) for each in sorted({*_ALWAYS, *refusals})},
    }
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(body)}}}
    if name in ("showLimits", "showHealth", "showOpenApi"):
        operation["security"] = []
    return operation


def _refusal(status: int) -> dict[str, Any]:
    return {"description": _TITLES[status], "content": {"application/problem+json": {"schema": _ref("Problem")}}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: list[str], /, *, closed: bool = False, **properties: Any) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "required": required, "properties": properties}
    return {**schema, "additionalProperties": False} if closed else schema


def _schemas(settings: Settings) -> dict[str, Any]:
    address = _object(["url", "expires_at"], url={"type": "string", "format": "uri"}, expires_at=_MOMENT)
    headers = {"type": "object", "additionalProperties": _TEXT}
    upload = _object(["method", "url", "headers", "expires_at"], method={"const": "PUT"}, headers=headers)
    upload["properties"] |= address["properties"]
    made: dict[str, Any] = {"id": _ID["schema"], "result": {"type": "string", "description": "Path to poll."}}
    size = {"type": "integer", "minimum": 1, "maximum": settings.input_limits.max_bytes}
    filename = {"type": ["string", "null"], "minLength": 1, "maxLength": MAX_FILENAME}
    options = {"anyOf": [_ref("Options"), {"type": "null"}]}
    content_type = {"enum": list(ACCEPTED_TYPES)}
    return {
        "Options": json_schema(),
        "NewUpload": _object(
            ["content_type", "size"],
            closed=True,
            content_type=content_type,
            size=size,
            filename=filename,
            options=options,
        ),
        "NewRun": _object([], closed=True, options=options),
        "Created": _object(["id", "upload", "result"], upload=upload, **made),
        "Run": _object(["id", "result"], **made),
        "Result": _result(address),
        "Limits": {"type": "object"},
        "Health": _object(["status"], status={"const": "ok"}),
        "Document": {"type": "object"},
        "Problem": _problem(),
    }


def _result(address: dict[str, Any]) -> dict[str, Any]:
    return _object(
        ["status"],
        status={"enum": ["pending", "done", "failed"]},
        stage=_TEXT,
        attempt={"type": "integer"},
        report={"type": "object"},
        download=address,
        preview=address,
        error=_object(["code", "title", "detail"], code=_TEXT, title=_TEXT, detail=_TEXT),
    )


def _problem() -> dict[str, Any]:
    return _object(
        ["type", "title", "status", "detail", "code"],
        type=_TEXT,
        title=_TEXT,
        status={"type": "integer"},
        detail=_TEXT,
        code={"type": "string", "examples": sorted(STATUSES)},
    )
