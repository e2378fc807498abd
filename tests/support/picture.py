"""Takes the picture of the page that the README shows, and lets the engine make it smaller: ``make picture``."""

from __future__ import annotations

import shutil
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from autok.options import Options
from autok.pipeline import compress
from support.ports import find_free_ports
from support.supervised import start_stack

WIDTH, HEIGHT = 1200, 868


def show_comparison(page: Page, url: str) -> bytes:
    """Compress a photo on the page, wait until its comparison opens, and return the window as a PNG."""
    page.goto(f"{url}/compress.html")
    page.set_input_files("input[type=file]", str(files("sklearn.datasets") / "images" / "china.jpg"))
    page.locator(".stage img.loaded").nth(1).wait_for(timeout=60_000)
    page.locator(".row").evaluate("(row) => row.scrollIntoView({ block: 'end' })")
    page.wait_for_timeout(500)
    return page.screenshot()


def main(target: Path) -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        stack = start_stack(find_free_ports(), Path(data))
        try:
            chromium = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            page = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            shot = show_comparison(page, stack.page_url)
            chromium.close()
        finally:
            stack.stop()
    result, report = compress(shot, Options.parse({"format": "jpeg", "quality": "high"}))
    target.write_bytes(result)
    print(f"{target}: {len(shot):,} -> {len(result):,} bytes. {report['why']}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
