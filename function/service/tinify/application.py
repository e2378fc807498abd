"""The routes: an image in, its address out; the address read, or another image made of what lies there."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from flask import Request, Response

from autok.errors import AutokError, BusyError, EmptyFileError, NotFoundError
from autok.options import Options
from autok.options.edits import Edit
from service.api.access import SECURITY_HEADERS, RateLimit, TooSoonError
from service.api.requests import close_body
from service.logs import Log, hash_name, locate
from service.names import is_id
from service.settings import Settings
from service.storage import Storage
from service.tinify.answers import answer, describe, fail, refuse
from service.tinify.keys import Keys
from service.tinify.requests import open_body, read_commands, read_image
from service.tinify.shelf import Picture, Shelf

if TYPE_CHECKING:
    from service.sandbox import Answer
    from service.worker import Engine

_OUTPUT: Final = re.compile(r"/output/([^/]{1,200})")


@dataclass(slots=True)
class _Caller:
    """What an instance knows of one key."""

    owner: bytes
    rate: RateLimit
    count: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, compressions: int) -> None:
        with self.lock:
            self.count += compressions


class Tinify:
    """The API of one service.

    Parameters
    ----------
    settings : Settings
        The rate limit holds for each key.
    keys : Keys
    storage : Storage
    engine : Engine
        The sandbox.
    clock : callable
        Seconds, rising.
    """

    def __init__(
        self,
        settings: Settings,
        keys: Keys,
        storage: Storage,
        engine: Engine,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._keys = keys
        self._shelf = Shelf(storage, settings.results_bucket)
        self._engine = engine
        self._clock = clock
        self._callers = {digest: _Caller(digest, RateLimit(settings.rate_limit, clock)) for digest in keys.digests}
        # Every image takes a processor whole; more at once would only be slower, and need more memory.
        self._places = threading.BoundedSemaphore(os.cpu_count() or 1)

    def respond(self, request: Request, log: Log) -> Response:
        """Answer one request; whatever happens, an error has the shape that the clients read.

        Parameters
        ----------
        request : flask.Request
        log : callable
            Takes a severity, a message and fields, and writes one line.

        Returns
        -------
        flask.Response
        """
        open_body(request)
        try:
            response = self._dispatch(request, log)
        finally:
            close_body(request, self._settings.input_limits.max_bytes)
        for name, value in SECURITY_HEADERS.items():
            response.headers[name] = value
        return response

    def _dispatch(self, request: Request, log: Log) -> Response:
        caller: _Caller | None = None
        try:
            caller = self._callers[self._keys.find(request.headers.get("Authorization"))]
            response = self._route(request, caller, log)
        except TooSoonError as error:
            message = f"More calls than the {self._settings.rate_limit} a minute of this instance; try again later."
            response = describe(429, "TooManyRequests", message, error.retry_after)
        except AutokError as error:
            response = refuse(error)
            severity = "ERROR" if response.status_code >= 500 else "INFO"
            if caller is not None:
                log(severity, "refused", code=error.code, path=hash_name(request.path))
        except Exception as fault:
            log("ERROR", "request failed", **locate(fault), path=hash_name(request.path))
            response = fail()
        if caller is not None:
            response.headers["Compression-Count"] = str(caller.count)
        return response

    def _route(self, request: Request, caller: _Caller, log: Log) -> Response:
        output = _OUTPUT.fullmatch(request.path)
        allowed = {"POST"} if request.path == "/shrink" else {"GET", "HEAD", "POST"} if output else set()
        if not allowed:
            raise NotFoundError("There is nothing at this path; images are sent to /shrink.")
        if request.method not in allowed:
            response = describe(405, "Method not allowed", f"This path takes {', '.join(sorted(allowed))}.", None)
            response.headers["Allow"] = ", ".join(sorted(allowed))
            return response
        caller.rate.take()
        if output is None:
            return self._shrink(request, caller, log)
        if not is_id(output[1]):
            raise NotFoundError("Resource not found or expired: an id has 32 hexadecimal digits.")
        if request.method == "POST":
            return self._remake(request, caller, output[1], log)
        return _show(self._shelf.read_result(caller.owner, output[1]))

    def _shrink(self, request: Request, caller: _Caller, log: Log) -> Response:
        source = read_image(request, self._settings.input_limits)
        if not source:
            raise EmptyFileError("File is empty; send the bytes of an image.")
        picture, report = self._compress(source, Edit(), log, "shrunk")
        made = self._shelf.put(caller.owner, source, picture)
        # Counted once it lies there: what fails costs the caller nothing.
        caller.add(1)
        address = _address(request, made)
        body = {
            "input": {"size": len(source), "type": f"image/{report['input']['format']}"},
            "output": {
                "size": len(picture.data),
                "type": picture.content_type,
                "width": picture.width,
                "height": picture.height,
                "ratio": round(len(picture.data) / len(source), 4),
                "url": address,
            },
        }
        response = answer(body, 201)
        response.headers["Location"] = address
        # What werkzeug would make absolute is absolute already, or meant to be a path.
        response.autocorrect_location_header = False
        return _measure(response, picture)

    def _remake(self, request: Request, caller: _Caller, given: str, log: Log) -> Response:
        commands = read_commands(request)
        source = self._shelf.read_source(caller.owner, given)
        picture, _ = self._compress(source, commands.edit, log, "remade")
        caller.add(commands.count)
        return _show(picture)

    def _compress(self, source: bytes, edit: Edit, log: Log, done: str) -> tuple[Picture, dict[str, Any]]:
        job = {
            "options": Options(format="keep").as_dict(),
            "limits": self._settings.input_limits.as_dict(),
            "name": None,
            "preview": False,
            "edit": edit.as_dict(),
        }
        start = self._clock()
        made = self._run(job, source)
        report, data = dict(made.content["report"]), made.files[0]
        output = report["output"]
        log(
            "INFO",
            done,
            bytes_in=len(source),
            bytes_out=len(data),
            format=output["format"],
            ms=round((self._clock() - start) * 1000),
            peak_bytes=made.usage.peak_bytes,
        )
        return Picture(data, output["content_type"], output["width"], output["height"]), report

    def _run(self, job: dict[str, Any], source: bytes) -> Answer:
        # As long as the image before it may take at most.
        if not self._places.acquire(timeout=self._settings.child_limits.wall):
            raise BusyError("All processors are taken by other images; trying again later helps.")
        try:
            return self._engine.run(job, source, lambda _: None)
        finally:
            self._places.release()


def _show(picture: Picture) -> Response:
    response = Response(picture.data, content_type=picture.content_type)
    # To be saved, never to be shown as a page of this origin.
    response.headers["Content-Disposition"] = "attachment"
    return _measure(response, picture)


def _measure(response: Response, picture: Picture) -> Response:
    response.headers["Image-Width"] = str(picture.width)
    response.headers["Image-Height"] = str(picture.height)
    return response


def _address(request: Request, made: str) -> str:
    """Return where a result is read.

    Absolute over HTTPS. The clients put their own address before whatever does not begin with ``https://``, so that
    over plain HTTP, which is this machine's alone, it has to be a path.
    """
    scheme = request.headers.get("X-Forwarded-Proto", request.scheme).partition(",")[0].strip()
    path = f"/output/{made}"
    host = request.host
    secure = scheme == "https" and re.fullmatch(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?", host)
    return f"https://{host}{path}" if secure else path
