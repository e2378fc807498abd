"""What the page weighs and how long it holds the main thread."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, Response, sync_playwright

PHOTOS = 20
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
_WATCH = """
window.tasks = [0];
new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ duration }) => duration)))
  .observe({ type: "longtask", buffered: true });
"""
_THUMBNAIL = '.thumb canvas:not([width="128"][height="128"])'


@contextmanager
def _open() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_FLAGS)
        yield browser.new_page()
        browser.close()


def first_load_bytes(address: str) -> int:
    """Return the bytes of script, compressed with gzip, that a page loads before anybody touches it."""
    scripts: list[Response] = []
    with _open() as page:
        page.on("response", lambda answer: scripts.append(answer) if answer.request.resource_type == "script" else None)
        page.goto(address, wait_until="networkidle")
        return sum(len(gzip.compress(script.body(), 9)) for script in scripts)


def longest_task(address: str, folder: Path) -> float:
    """Return the longest task of the main thread, in milliseconds, after 20 photos of 12 MP were dropped at once.

    The watch ends when every row has its thumbnail and three files are uploaded.
    """
    photos = _write_photos(folder)
    with _open() as page:
        page.goto(address, wait_until="networkidle")
        page.evaluate(_WATCH)
        page.set_input_files("#files", photos)
        page.locator(_THUMBNAIL).nth(PHOTOS - 1).wait_for(timeout=120_000)
        page.locator(".row:not([data-state=queued], [data-state=signing], [data-state=uploading])").nth(2).wait_for()
        longest: float = page.evaluate("Math.max(...window.tasks)")
        return longest


def _write_photos(folder: Path) -> list[Path]:
    source = files("sklearn.datasets") / "images" / "china.jpg"
    with source.open("rb") as stream:
        photo = Image.open(stream).resize((4000, 3000))
    paths = [folder / f"photo-{number}.jpg" for number in range(PHOTOS)]
    if not paths[0].exists():
        for number, path in enumerate(paths):
            photo.save(path, quality=85 + number % 8)
    return paths
