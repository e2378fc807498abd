"""The routes: each reads its request, asks storage and signer, and answers JSON."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Request, Response

from autok.errors import AutokError, NotFoundError
from autok.options import PRESETS, Options, json_schema
from service.api.access import (
    SECURITY_HEADERS,
    RateLimit,
    TooSoonError,
    allow_origin,
    check_key,
    preflight,
)
from service.api.openapi import describe_api
from service.api.problems import problem, refuse
from service.api.requests import close_body, read_json, read_options, read_upload
from service.logs import Log, hash_name, locate
from service.names import (
    ACCEPTED_TYPES,
    FILENAME_METADATA,
    PAGE_PREFIX,
    download_name,
    encode_filename,
    is_id,
    make_id,
    name_report,
)
from service.reports import parse_report
from service.results import every_name
from service.settings import Settings
from service.signing import SignedUrl, Signer
from service.storage import Attributes, Storage

_SHOWN_WHILE_WORKING: Final = ("stage", "attempt")


@dataclass(frozen=True, slots=True)
class Route:
    """One path and what its methods do."""

    path: str
    """A template; ``{id}`` stands for an id."""
    methods: Mapping[str, Callable[..., Response]]

    def match(self, path: str) -> dict[str, str] | None:
        """Return the path's parts, None where it is another path."""
        found = re.fullmatch(self.path.replace(".", r"\.").replace("{id}", r"(?P<upload_id>[^/]{1,200})"), path)
        return None if found is None else found.groupdict()

    @property
    def allow(self) -> str:
        """The methods as the ``Allow`` header lists them."""
        head = ["HEAD"] if "GET" in self.methods else []
        return ", ".join([*self.methods, *head, "OPTIONS"])


class Api:
    """The API of one service; holds no state of any request.

    Parameters
    ----------
    settings : Settings
    storage : Storage
    signer : Signer
    clock : callable
        Seconds, rising; for the rate limit alone.
    """

    def __init__(
        self, settings: Settings, storage: Storage, signer: Signer, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._storage = storage
        self._signer = signer
        self._rate = RateLimit(settings.rate_limit, clock)
        self._limits = _describe_limits(settings)
        self._openapi = describe_api(settings)
        self.routes: tuple[Route, ...] = (
            Route("/v1/uploads", {"POST": self._create_upload}),
            Route("/v1/results/{id}", {"GET": self._show_result, "DELETE": self._delete_result}),
            Route("/v1/results/{id}/runs", {"POST": self._create_run}),
            Route("/v1/limits", {"GET": lambda _: _answer(self._limits)}),
            Route("/v1/health", {"GET": self._show_health}),
            Route("/v1/openapi.json", {"GET": lambda _: _answer(self._openapi)}),
        )

    def respond(self, request: Request, log: Log) -> Response:
        """Answer one request; whatever happens, the answer is JSON with a code and carries the security headers.

        Parameters
        ----------
        request : flask.Request
        log : callable
            Takes a severity, a message and fields, and writes one line.

        Returns
        -------
        flask.Response
        """
        origin = request.headers.get("Origin")
        try:
            response = self._dispatch(request, log)
        finally:
            close_body(request, self._settings.input_limits.max_bytes)
        for name, value in SECURITY_HEADERS.items():
            response.headers[name] = value
        if request.method != "OPTIONS":
            allow_origin(response, origin, self._settings.site_origins)
        return response

    def _dispatch(self, request: Request, log: Log) -> Response:
        try:
            return self._route(request)
        except TooSoonError as error:
            return refuse(error, retry_after=error.retry_after)
        except AutokError as error:
            response = refuse(error)
            if response.status_code >= 500:
                # What ends so is the service's own trouble: its sentence holds nothing of the caller's.
                log("ERROR", "request failed", code=error.code, detail=str(error), path=hash_name(request.path))
            return response
        except Exception as fault:
            log("ERROR", "request failed", **locate(fault), path=hash_name(request.path))
            return problem("internal", "The service failed", "An unexpected fault; try again later.", status=500)

    def _route(self, request: Request) -> Response:
        for route in self.routes:
            parts = route.match(request.path)
            if parts is None:
                continue
            if request.method == "OPTIONS":
                return preflight(route.allow, request.headers.get("Origin"), self._settings.site_origins)
            handler = route.methods.get("GET" if request.method == "HEAD" else request.method)
            if handler is None:
                response = problem(
                    "method_not_allowed", "Method not allowed", f"This path takes {route.allow}.", status=405
                )
                response.headers["Allow"] = route.allow
                return response
            check_key(dict(request.headers), request.path, self._settings.access_key)
            if "upload_id" in parts and not is_id(parts["upload_id"]):
                raise NotFoundError("There is no such result: an id has 32 hexadecimal digits.")
            return handler(request, **parts)
        raise NotFoundError("There is nothing at this path; /v1/openapi.json lists what there is.")

    def _create_upload(self, request: Request) -> Response:
        # Read before the rate is taken from: a malformed call uses nothing up.
        new = read_upload(request, self._settings.input_limits.max_bytes)
        self._rate.take()
        made = make_id()
        metadata = new.options.as_metadata()
        if new.filename is not None:
            metadata[FILENAME_METADATA] = encode_filename(new.filename)
        signed = self._signer.sign_upload(PAGE_PREFIX + made, new.content_type, metadata)
        upload = {"method": "PUT", "url": signed.url, "headers": signed.headers, "expires_at": signed.expires_at}
        return _created(made, {"upload": upload})

    def _create_run(self, request: Request, upload_id: str) -> Response:
        options = read_options(read_json(request, frozenset({"options"})))
        self._rate.take()
        source = self._storage.stat(self._settings.uploads_bucket, PAGE_PREFIX + upload_id)
        if source is None:
            raise NotFoundError("The upload is gone or has not arrived; upload the file again.")
        metadata = options.as_metadata()
        if FILENAME_METADATA in source.metadata:
            metadata[FILENAME_METADATA] = source.metadata[FILENAME_METADATA]
        made = make_id()
        attributes = Attributes(source.content_type, metadata=metadata)
        bucket = self._settings.uploads_bucket
        if self._storage.copy(bucket, PAGE_PREFIX + upload_id, PAGE_PREFIX + made, attributes) is None:
            raise NotFoundError("The upload is gone; upload the file again.")
        return _created(made, {})

    def _show_result(self, _: Request, upload_id: str) -> Response:
        name = PAGE_PREFIX + upload_id
        data = self._storage.read(self._settings.results_bucket, name_report(name))
        report = {} if data is None else parse_report(data)
        status = report.get("status")
        if status == "done":
            return _answer({"status": "done", "report": report, **self._sign(report)})
        if status == "failed":
            error = {key: report.get("error", {}).get(key) for key in ("code", "title", "detail")}
            return _answer({"status": "failed", "report": report, "error": error})
        shown: dict[str, Any] = {key: report[key] for key in _SHOWN_WHILE_WORKING if key in report}
        return _answer({"status": "pending", **shown})

    def _sign(self, report: Mapping[str, Any]) -> dict[str, Any]:
        output = report["output"]
        preview = report.get("preview")
        self._rate.take(1 if preview is None else 2)
        filename = download_name(report["input"].get("name"), output["format"])
        addresses = {"download": self._signer.sign_download(output["name"], filename, output["content_type"])}
        if preview is not None:
            addresses["preview"] = self._signer.sign_download(preview)
        return {key: _show(signed) for key, signed in addresses.items()}

    def _delete_result(self, _: Request, upload_id: str) -> Response:
        name = PAGE_PREFIX + upload_id
        # The upload first: without it, a worker that comes later finds nothing and leaves nothing.
        self._storage.delete(self._settings.uploads_bucket, name)
        for each in (name_report(name), *every_name(name)):
            self._storage.delete(self._settings.results_bucket, each)
        return Response(status=204)

    def _show_health(self, _: Request) -> Response:
        # An instance that cannot reach the storage is of no use, however well it answers itself.
        self._storage.stat(self._settings.results_bucket, "health")
        return _answer({"status": "ok"})


def _answer(body: Mapping[str, Any], status: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status=status, content_type="application/json")


def _created(made: str, more: Mapping[str, Any]) -> Response:
    address = f"/v1/results/{made}"
    response = _answer({"id": made, **more, "result": address}, 201)
    response.headers["Location"] = address
    return response


def _show(signed: SignedUrl) -> dict[str, str]:
    return {"url": signed.url, "expires_at": signed.expires_at}


def _describe_limits(settings: Settings) -> dict[str, Any]:
    return {
        **settings.input_limits.as_dict(),
        "content_types": list(ACCEPTED_TYPES),
        "upload_ttl": settings.upload_ttl,
        "download_ttl": settings.download_ttl,
        "presets": dict(PRESETS),
        "defaults": Options().as_dict(),
        "options": json_schema(),
    }
