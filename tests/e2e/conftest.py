"""The whole stack, and a browser to use it with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from support.ports import find_free_ports
from support.supervised import RunningStack, start_stack
from support.visit import Visit, start_visit

CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Run as root, without a display, and talk to nobody but the stack."""

# How long the page may take is measured elsewhere: here a busy machine is no failure.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """Yield a running stack with empty buckets, shared by all tests of a run."""
    running = start_stack(find_free_ports(), tmp_path_factory.mktemp("stack"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Yield a headless Chromium, as Debian packages it."""
    path = shutil.which("chromium")
    assert path is not None, "Chromium is needed: apt-get install chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_OPTIONS))
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser, stack: RunningStack) -> Iterator[Visit]:
    """Yield a fresh profile on the page; no script may fail and no policy be breached meanwhile."""
    visiting = start_visit(browser, stack.page_url)
    yield visiting
    visiting.context.close()
    assert visiting.troubles == []
