"""The emulator put together: `create_app` for any ASGI server, `create_server` for uvicorn with its faults."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from local.emulator.admin import Admin
from local.emulator.config import EmulatorConfig
from local.emulator.events.delivery import EventSender
from local.emulator.events.journal import EventJournal
from local.emulator.faces.gateway import Gateway
from local.emulator.faces.json_uploads import JsonUploads
from local.emulator.faults import FaultBook
from local.emulator.injection import TRANSPORT, FaultInjector
from local.emulator.objects.lifecycle import apply_lifecycle
from local.emulator.objects.records import ObjectRecord
from local.emulator.objects.store import ObjectStore
from local.emulator.recorder import Recorder


def create_app(config: EmulatorConfig) -> Starlette:
    """Return the emulator as an ASGI application.

    Parameters
    ----------
    config : EmulatorConfig

    Returns
    -------
    Starlette
        Its lifespan runs the event sender and the age rules.
    """
    book = FaultBook(config.clock)
    journal = EventJournal(config.data, config.events.bucket, book.apply_to_new)
    store = ObjectStore(config.data, journal, config.clock, config.max_object_bytes)
    journal.recover(lambda bucket, name: _find(store, bucket, name))
    _prepare_buckets(store, config)
    sender = EventSender(journal, config.events, config.clock, book.loses_ack)
    uploads = JsonUploads(store, config.max_object_bytes)
    gateway = Gateway(config, store, uploads)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(sender.run()), asyncio.create_task(_age(store, config))]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            uploads.close()

    admin = Admin(config, store, journal, sender, book)
    routes = [*admin.routes(), *Recorder(config).routes(), Route("/{path:path}", gateway)]
    middleware = [Middleware(FaultInjector, book=book, hosts=config.hosts)]
    return Starlette(routes=routes, middleware=middleware, lifespan=lifespan)


def create_server(config: EmulatorConfig, port: int = 0) -> uvicorn.Server:
    """Return a server for the emulator on the loopback interface.

    Parameters
    ----------
    config : EmulatorConfig
    port : int
        Where to listen; 0 for sockets that are handed to the server.

    Returns
    -------
    uvicorn.Server
        Without access log, because signed addresses are secrets.
    """
    settings = uvicorn.Config(
        create_app(config),
        host="127.0.0.1",
        port=port,
        http=_Protocol,
        ws="none",
        loop="asyncio",
        access_log=False,
        # The gateway dates its answers, by the clock of the settings.
        date_header=False,
        log_config=None,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=75,
        h11_max_incomplete_event_size=65_536,
    )
    return uvicorn.Server(settings)


class _Protocol(H11Protocol):
    """Shows the application its transport, which faults cut."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}


def _find(store: ObjectStore, bucket: str, name: str) -> ObjectRecord | None:
    known = any(record.name == bucket for record in store.buckets())
    return store.find(bucket, name) if known else None


def _prepare_buckets(store: ObjectStore, config: EmulatorConfig) -> None:
    """Make the buckets that the settings name, and give known ones the settings' configuration."""
    known = {bucket.name for bucket in store.buckets()}
    for name, resource in config.buckets.items():
        if name in known:
            store.configure_bucket(name, resource)
        else:
            store.create_bucket(name, resource)


async def _age(store: ObjectStore, config: EmulatorConfig) -> None:
    while True:
        apply_lifecycle(store, config.clock())
        await asyncio.sleep(config.lifecycle_interval)
