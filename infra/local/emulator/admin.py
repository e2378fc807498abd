"""The local-only endpoints under ``/_local``: health, events, faults, age rules.

All but health ask for the run's bearer token, so that no page in a browser can call them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.emulator.config import EmulatorConfig
from local.emulator.events.delivery import EventSender
from local.emulator.events.journal import Event, EventJournal
from local.emulator.faces.bodies import read_json_body
from local.emulator.faces.gateway import has_token
from local.emulator.faults import FaultBook, parse_fault
from local.emulator.objects.lifecycle import apply_lifecycle
from local.emulator.objects.store import ObjectStore
from local.emulator.refusals import Refusal, invalid

_Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclasses.dataclass(frozen=True, slots=True)
class Admin:
    """The parts that the endpoints show and turn."""

    config: EmulatorConfig
    store: ObjectStore
    journal: EventJournal
    sender: EventSender
    book: FaultBook

    def routes(self) -> list[Route]:
        """Return the routes of all endpoints."""
        table: tuple[tuple[str, str, _Endpoint], ...] = (
            ("GET", "events", self._list_events),
            ("POST", "events/target", self._set_target),
            ("POST", "events/redeliver", self._redeliver_dead),
            ("POST", "events/{id}/redeliver", self._redeliver_one),
            ("GET", "faults", self._list_faults),
            ("POST", "faults", self._add_fault),
            ("DELETE", "faults", self._clear_faults),
            ("POST", "lifecycle", self._apply_lifecycle),
        )
        guarded = [Route(f"/_local/{path}", self._guard(call), methods=[method]) for method, path, call in table]
        return [Route("/_local/health", _report_health), *guarded]

    def _guard(self, endpoint: _Endpoint) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            try:
                if not has_token(request, self.config.token):
                    raise Refusal(401, "AuthenticationRequired", "This endpoint asks for the run's bearer token.")
                return await endpoint(request)
            except Refusal as refusal:
                return refusal.as_json()

        return guarded

    async def _list_events(self, request: Request) -> Response:
        state = request.query_params.get("state")
        events = [event.as_dict() for event in self.journal.events() if state in (None, event.state)]
        return JSONResponse({"events": events})

    async def _set_target(self, request: Request) -> Response:
        url = (await read_json_body(request)).get("url")
        if url is not None and not str(url).startswith("http://"):
            raise invalid("url takes an http address, or null to hold events back.")
        self.sender.target = url
        return Response(status_code=204)

    async def _redeliver_dead(self, _: Request) -> Response:
        dead = [event for event in self.journal.events() if event.state == "dead"]
        for event in dead:
            self._revive(event)
        return JSONResponse({"redelivered": len(dead)})

    async def _redeliver_one(self, request: Request) -> Response:
        event = self.journal.event(request.path_params["id"])
        if event.state not in ("delivered", "dead"):
            raise Refusal(409, "EventUnderWay", f"The event is {event.state}.")
        self._revive(event)
        return JSONResponse({"redelivered": 1})

    def _revive(self, event: Event) -> None:
        self.journal.save(dataclasses.replace(event, state="pending", refusals=0, not_before=0.0))

    async def _list_faults(self, _: Request) -> Response:
        return JSONResponse({"faults": [fault.as_dict() for fault in self.book.faults()]})

    async def _add_fault(self, request: Request) -> Response:
        fault = parse_fault(await read_json_body(request))
        self.book.add(fault)
        return JSONResponse(fault.as_dict(), status_code=201)

    async def _clear_faults(self, _: Request) -> Response:
        self.book.clear()
        return Response(status_code=204)

    async def _apply_lifecycle(self, request: Request) -> Response:
        now = (await read_json_body(request)).get("now", self.config.clock())
        if isinstance(now, bool) or not isinstance(now, (int, float)):
            raise invalid("now takes seconds since the epoch.")
        deleted = apply_lifecycle(self.store, now)
        return JSONResponse({"deleted": [{"bucket": bucket, "name": name} for bucket, name in deleted]})


async def _report_health(_: Request) -> Response:
    return JSONResponse({"status": "ok"})
