"""Somebody who uses the page: opens it, gives it files, waits, and notes whatever went wrong."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, FilePayload, Locator, Page, Request

Scheme = Literal["light", "dark"]

_WATCH = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    if (!entry.hadRecentInput)
      window.shifts.push([entry.value, ...entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 90))]);
}).observe({ type: "layout-shift", buffered: true });
"""


def draw_graphic(colors: int = 24, size: tuple[int, int] = (160, 96)) -> bytes:
    """Return a PNG of overlapping flat circles."""
    image = Image.new("RGB", size, (250, 248, 240))
    draw = ImageDraw.Draw(image)
    for number in range(colors):
        x, y = (number * 53) % size[0], (number * 37) % size[1]
        fill = ((number * 71) % 256, (number * 131) % 256, (number * 29) % 256)
        draw.ellipse((x - 22, y - 22, x + 22, y + 22), fill=fill)
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def as_file(name: str, data: bytes) -> FilePayload:
    """Return what a file picker hands over."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


@dataclass
class Visit:
    """One browser profile on the page."""

    page: Page
    origin: str
    requests: list[Request] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    """Errors of scripts and breaches of the policy."""

    @property
    def context(self) -> BrowserContext:
        """The profile: its storage, its tabs."""
        return self.page.context

    @property
    def hosts(self) -> set[str]:
        """Every host that was asked for anything."""
        return {host for request in self.requests if (host := urlsplit(request.url).hostname)}

    @property
    def shifts(self) -> list[Any]:
        """Layout shifts of the open page that nobody caused by an input."""
        shifts: list[Any] = self.page.evaluate("window.shifts")
        return shifts

    def sent(self, method: str) -> list[str]:
        """Return the paths of all requests of a method."""
        return [urlsplit(request.url).path for request in self.requests if request.method == method]

    def open(self, name: str = "compress.html") -> Page:
        """Open a page of the site and wait until its script has run."""
        self.page.goto(f"{self.origin}/{name}", wait_until="networkidle")
        return self.page

    def give(self, files: Sequence[FilePayload] | FilePayload | Path, into: str = "#files") -> None:
        """Choose files in the page's own input."""
        self.page.set_input_files(into, files)

    def rows(self, state: str = "") -> Locator:
        """Return the rows, or those in a state."""
        return self.page.locator(f".row[data-state={state}]" if state else ".row")

    def row(self, name: str) -> Locator:
        """Return the row of a file."""
        return self.page.locator(".row", has=self.page.locator(".row-name", has_text=name))

    def wait_for(self, state: str, count: int = 1) -> None:
        """Wait until so many rows are in a state."""
        self.rows(state).nth(count - 1).wait_for(timeout=60_000)

    def compare(self, row: Locator | None = None) -> None:
        """Open a row's comparison; that of a lone image opens by itself."""
        if self.rows().count() > 1:
            self.press("compare", row)
        (row or self.page).locator(".stage").wait_for()

    def press(self, act: str, row: Locator | None = None) -> None:
        """Click one of a row's buttons."""
        (row or self.page).locator(f"[data-act={act}]").first.click()


def start_visit(browser: Browser, origin: str, *, width: int = 1280, scheme: Scheme = "light", **more: Any) -> Visit:
    """Open a fresh profile on an empty page."""
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, **more)
    context.add_init_script(_WATCH)
    context.set_default_timeout(20_000)
    visit = Visit(context.new_page(), origin)
    watch(visit, visit.page)
    return visit


def watch(visit: Visit, page: Page) -> None:
    """Note what a tab asks for and what goes wrong in it."""

    def note(message: ConsoleMessage) -> None:
        # A request that fails on purpose is told of by the browser itself; what scripts and policies say counts.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            visit.troubles.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: visit.troubles.append(str(error)))
    page.on("request", lambda request: visit.requests.append(request))
