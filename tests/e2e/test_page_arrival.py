"""A page that comes in bit by bit, as over a slow line or on a busy machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from support.serving import serve
from support.visit import start_visit

FRONTEND = Path(__file__).parents[2] / "frontend"
PAUSE = 0.02
"""Seconds between two lines: time enough for the browser to paint what it has."""


async def _send_slowly(request: Request) -> StreamingResponse:
    text = (FRONTEND / f"{request.path_params['name']}.html").read_text()

    async def lines() -> AsyncIterator[str]:
        for line in text.splitlines(keepends=True):
            yield line
            await asyncio.sleep(PAUSE)

    return StreamingResponse(lines(), media_type="text/html")


@pytest.fixture(scope="module")
def slow_origin() -> Iterator[str]:
    """Yield the origin of a site that sends its pages line by line."""
    pages = Route("/{name}.html", _send_slowly)
    with serve(Starlette(routes=[pages, Mount("/", StaticFiles(directory=FRONTEND))])) as port:
        yield f"http://localhost:{port}"


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", ["index.html", "compress.html", "about.html"])
def test_no_shift_at_arrival(browser: Browser, slow_origin: str, name: str, width: int) -> None:
    """What stands on a page already stays where it is while the rest arrives."""
    visit = start_visit(browser, slow_origin, width=width)
    # The scripts come last in any case, and without a service they would have only a notice to add.
    visit.page.route("**/*.js", lambda route: route.abort())
    visit.open(name)
    shifts = visit.shifts
    visit.context.close()
    assert shifts == []
