"""What the entry points do, with the parts of one process: each is made once, when it is first needed."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import Request, Response
from werkzeug.exceptions import InternalServerError, ServiceUnavailable

from autok.errors import AutokError, SettingsError
from service.api.problems import refuse
from service.clock import StorageClock
from service.events import Skip, Upload, parse_event
from service.logs import Log, find_trace, hash_name, locate, make_log
from service.settings import Settings
from service.storage import Storage, open_storage

if TYPE_CHECKING:
    from service.api import Api
    from service.notices import Topic
    from service.sandbox.client import Sandbox
    from service.sandbox.single import ProcessSandbox
    from service.tinify import Tinify

_T = TypeVar("_T")


class Process:
    """The parts of one process, and the two things it can do with them.

    Parameters
    ----------
    env : mapping
        Where the settings are read from, usually ``os.environ``.
    storage : Storage, optional
        The store; the default is the one that the settings name.
    """

    def __init__(self, env: Mapping[str, str], storage: Storage | None = None) -> None:
        self._env = env
        self._parts: dict[str, Any] = {} if storage is None else {"storage": storage}
        self._lock = threading.RLock()

    @property
    def settings(self) -> Settings:
        """The settings; `SettingsError` where they are wrong."""
        return self._once("settings", lambda: Settings.from_env(self._env))

    @property
    def storage(self) -> Storage:
        """The connection to the store."""
        return cast("Storage", self._once("storage", lambda: open_storage(self.settings, self.clock.hear)))

    @property
    def clock(self) -> StorageClock:
        """The storage's time, heard with each of its answers."""

        def ask() -> object:
            return self.storage.stat(self.settings.results_bucket, "time")

        return self._once("clock", lambda: StorageClock(ask))

    @property
    def sandbox(self) -> Sandbox | ProcessSandbox:
        """The sandbox; its helper starts with the first job, or with `warm_up`."""
        from service.sandbox import open_sandbox

        return self._once("sandbox", lambda: open_sandbox(self.settings.child_limits))

    @property
    def api(self) -> Api:
        """The HTTP API."""
        from service.api import Api
        from service.signing import open_signer

        return self._once("api", lambda: Api(self.settings, self.storage, open_signer(self.settings, self.clock)))

    @property
    def tinify(self) -> Tinify:
        """The API of Tinify's clients; `SettingsError` where the settings name no keys."""
        from service.tinify import Tinify, open_keys

        return self._once("tinify", lambda: Tinify(self.settings, open_keys(self.settings), self.storage, self.sandbox))

    @property
    def topic(self) -> Topic | None:
        """The topic on which reports are announced, where the settings name one."""
        from service.notices import open_topic

        return self._once("topic", lambda: open_topic(self.settings))

    def _once(self, name: str, make: Callable[[], _T]) -> _T:
        with self._lock:
            if name not in self._parts:
                self._parts[name] = make()
            return cast("_T", self._parts[name])

    def check(self) -> None:
        """End a process that starts with wrong settings, with a sentence for each mistake."""
        try:
            _ = self.settings
            if self._env.get("FUNCTION_TARGET") == "tinify":
                from service.tinify import open_keys

                open_keys(self.settings)
        except AutokError as error:
            sys.exit(f"Auto-K does not start: {error.public_message}")

    def warm_up(self) -> None:
        """Start the helper ahead of the first event; what fails here is said when the event comes."""
        with contextlib.suppress(AutokError):
            self.sandbox.start()

    def take_event(self, event: Any) -> None:
        """Handle one CloudEvent.

        Raises
        ------
        ServiceUnavailable, InternalServerError
            When the event has to come again. What the server logs of these is one line; the trace of the error behind
            them could hold the name of an object.
        """
        from service.worker import process

        log = make_log(find_trace({"traceparent": str(event.get("traceparent") or "")}, self.settings.project))
        upload = parse_event(str(event["type"]), event.data, self.settings.uploads_bucket)
        if isinstance(upload, Skip):
            log("INFO", "skipped", reason=upload.reason)
            return
        start = time.monotonic()
        told: dict[str, Any] = {"id": hash_name(upload.name), "bytes_in": upload.size}
        try:
            parts: dict[str, Any] = {"storage": self.storage, "engine": self.sandbox, "settings": self.settings}
            outcome = process(upload, **parts, clock=self.clock)
            if self.settings.notify_topic is not None and outcome.report is not None:
                self._announce(upload, outcome.report, log)
        except AutokError as error:
            setting = error.public_message if isinstance(error, SettingsError) else None
            log("WARNING", "to come again", code=error.code, detail=setting, ms=_since(start), **told)
            raise ServiceUnavailable from None
        except Exception as fault:
            log("ERROR", "to come again", **locate(fault), ms=_since(start), **told)
            raise InternalServerError from None
        output = (outcome.report or {}).get("output") or {}
        told |= {"bytes_out": output.get("bytes"), "format": output.get("format"), "saved": output.get("saved")}
        told |= {"peak_bytes": outcome.peak_bytes, "bounded": outcome.bounded}
        log("INFO", outcome.code, code=outcome.error, ms=_since(start), **told)

    def _announce(self, upload: Upload, report: Mapping[str, Any], log: Log) -> None:
        """Publish a final report; a topic that refuses for good is an error in the log, and holds up no image."""
        from service.notices import describe_notice

        topic = self.topic
        if topic is None:
            return
        status = topic.publish(describe_notice(upload, report, self.settings.results_bucket))
        if status >= 400:
            log("ERROR", "the topic refused a report", status=status, id=hash_name(upload.name))

    def answer(self, request: Request) -> Response:
        """Answer one call of the HTTP API."""
        try:
            log = make_log(find_trace(dict(request.headers), self.settings.project))
            return self.api.respond(request, log)
        except AutokError as error:
            make_log()("CRITICAL", error.public_message, code=error.code)
            return refuse(type(error)("The service is not set up; its log says why."), status=500)

    def answer_tinify(self, request: Request) -> Response:
        """Answer one call of a program that was written for Tinify."""
        from service.tinify.answers import fail

        try:
            log = make_log(find_trace(dict(request.headers), self.settings.project))
            return self.tinify.respond(request, log)
        except AutokError as error:
            make_log()("CRITICAL", error.public_message, code=error.code)
            return fail()


def _since(start: float) -> int:
    return round((time.monotonic() - start) * 1000)
