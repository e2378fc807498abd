"""The page for everybody: by keyboard alone, to assistive technology, on a narrow screen, when motion disturbs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from support.supervised import RunningStack
from support.visit import Scheme, Visit, as_file, draw_graphic, start_visit

_FOCUSED = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText ?? ''"
_SMALL = """(all) => all.filter((one) => {
  const { width, height } = one.getBoundingClientRect();
  return width < 24 || height < 24;
}).map((one) => one.outerHTML)"""

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = ("index.html", "compress.html", "about.html")


def violations(page: Page) -> list[dict[str, Any]]:
    """Return what axe finds against the rules of WCAG 2.2 AA and good practice."""
    page.wait_for_function("document.getAnimations().every(({ playState }) => playState !== 'running')")
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [{"rule": one["id"], "where": [node["html"][:200] for node in one["nodes"]]} for one in found]


@pytest.fixture(params=get_args(Scheme))
def bare_visit(browser: Browser, stack: RunningStack, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Yield a profile in light and one in dark, in which a test may run its own script beside the page's."""
    visiting = start_visit(browser, stack.page_url, scheme=request.param, bypass_csp=True)
    yield visiting
    visiting.context.close()


def test_axe_pages(bare_visit: Visit) -> None:
    """No page breaks a rule of accessibility, in light or in dark."""
    assert {name: violations(bare_visit.open(name)) for name in PAGES} == {name: [] for name in PAGES}


def test_axe_work(bare_visit: Visit) -> None:
    """Finished and failed rows, an open comparison, open details and dialogs break no rule of accessibility."""
    page = bare_visit.open()
    bare_visit.give([as_file("circles.png", draw_graphic()), as_file("notes.txt", b"hello")])
    bare_visit.wait_for("done")
    bare_visit.compare()
    bare_visit.press("details")
    page.locator(".details .why").wait_for()
    for fold in page.locator("details").all():
        fold.evaluate("(element) => { element.open = true; }")
    assert violations(page) == []
    page.keyboard.press("?")
    assert violations(page) == []


def tab_to(page: Page, name: str, limit: int = 60) -> None:
    """Press Tab until the focus is on what has this name."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        if re.search(name, page.evaluate(_FOCUSED)):
            return
    raise AssertionError(f"Tab never reaches {name!r}")


def test_keyboard(visit: Visit) -> None:
    """From the empty page to the downloaded file, with settings, comparison and details, no pointer is needed."""
    page = visit.open()
    # Told only with the press to hand its dialog over, a busy browser may open it before it has heard.
    page.on("filechooser", lambda _: None)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.id") != "files":
        page.keyboard.press("Tab")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files([as_file("circles.png", draw_graphic())])
    visit.wait_for("done")
    expect(page.locator("#status")).to_contain_text("circles.png is done")
    expect(page.locator(".stage")).to_be_visible()
    tab_to(page, "^Compare circles")
    page.keyboard.press("Enter")
    expect(page.locator(".stage")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator(".stage")).to_be_visible()
    tab_to(page, "^Divider between")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    split = page.locator(".split")
    expect(split).to_have_attribute("aria-valuetext", "showing 1 % original")
    stage = page.locator(".stage")
    page.keyboard.down(" ")
    expect(stage).to_have_class(re.compile("peek"))
    page.keyboard.up(" ")
    expect(stage).not_to_have_class(re.compile("peek"))
    page.keyboard.press("d")
    expect(stage).to_have_class(re.compile("difference"))
    page.keyboard.press("d")
    page.keyboard.press("w")
    expect(page.locator(".worst")).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator(".zoom-value")).to_have_value("100 %")
    page.locator("[data-act=details]").focus()
    page.keyboard.press("Enter")
    tab_to(page, "^K, the number")
    before = int(page.get_by_label("K, typed").input_value())
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_label("K, typed")).to_have_value(str(before - 1))
    expect(page.locator(".row-line")).to_contain_text(f"K {before - 1}", timeout=60_000)
    visit.wait_for("done")
    page.locator("#main").evaluate("(main) => main.querySelector('[data-act=download]').focus()")
    with page.expect_download():
        page.keyboard.press("Enter")
    tab_to(page, "^Delete now")
    page.keyboard.press("Enter")
    expect(visit.rows()).to_have_count(0)
    expect(page.locator("#files")).to_be_focused()


def test_keyboard_settings(visit: Visit) -> None:
    """Settings, a sample, a second run with other settings, sorting, the ZIP and deletion of all need no pointer."""
    page = visit.open()
    tab_to(page, "^A graphic")
    page.keyboard.press("Enter")
    visit.wait_for("done")
    page.locator("#files").focus()
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.value") == "auto"
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Colours")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#colors-number")).to_have_value("3")
    tab_to(page, "^More settings")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("P")
    expect(page.locator("[name=format]")).to_have_value("png")
    tab_to(page, "^Apply to 1")
    page.keyboard.press("Enter")
    expect(visit.rows("done").locator(".row-line")).to_contain_text("K 3", timeout=60_000)
    page.locator("body").evaluate("() => document.activeElement.blur()")
    with page.expect_download() as download:
        page.keyboard.press("z")
    assert download.value.suggested_filename.endswith(".zip")
    page.locator("#sort").focus()
    page.keyboard.press("n")
    expect(page.locator("#sort")).to_have_value("name")
    tab_to(page, "^Delete all")
    page.keyboard.press("Enter")
    tab_to(page, "^Delete all")
    page.keyboard.press("Enter")
    expect(visit.rows()).to_have_count(0)


def test_shortcuts_leave_typing_alone(visit: Visit) -> None:
    """Single keys do nothing while something is typed, and are listed under the question mark."""
    page = visit.open()
    page.locator(".more summary").click()
    page.locator("[name=pin]").press_sequentially("?az")
    expect(page.locator("#shortcuts")).to_be_hidden()
    page.locator("body").click(position={"x": 5, "y": 5})
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#shortcuts")).to_be_hidden()


def overflow(page: Page) -> int:
    """Return by how many pixels a page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def test_narrow(browser: Browser, stack: RunningStack) -> None:
    """At 320 pixels, or 400 % zoom, nothing runs off the side, targets are large, and the two-up stands upright."""
    visit = start_visit(browser, stack.page_url, width=320, has_touch=True)
    for name in PAGES:
        assert overflow(visit.open(name)) <= 0, name
    page = visit.open()
    name = "a-rather-long-name-of-a-file-that-must-be-cut.png"
    visit.give([as_file(name, draw_graphic()), as_file("notes.txt", b"hello")])
    visit.wait_for("done")
    visit.compare()
    visit.press("details")
    page.locator(".details .why").wait_for()
    expect(page.locator(".stage")).to_have_class(re.compile("upright"))
    assert overflow(page) <= 0
    targets = page.locator("button:visible, a.button:visible, select:visible, summary:visible")
    assert targets.evaluate_all(_SMALL) == []
    visit.context.close()


def test_low_window(browser: Browser, stack: RunningStack) -> None:
    """A window of 1280 by 1024 pixels under a zoom of 400 % keeps its little height for what is read."""
    visit = start_visit(browser, stack.page_url, width=320, has_touch=True)
    visit.page.set_viewport_size({"width": 320, "height": 256})
    page = visit.open()
    visit.give(as_file("circles.png", draw_graphic()))
    visit.wait_for("done")
    name = page.locator(".row-name")
    name.evaluate("(one) => one.scrollIntoView({ block: 'end' })")
    covering = "(one) => { const { left, bottom } = one.getBoundingClientRect(); return document.elementFromPoint(left + 4, bottom - 4) === one; }"  # noqa: E501
    assert name.evaluate(covering)
    assert overflow(page) <= 0
    visit.context.close()


def middle_of(element: Locator) -> tuple[float, float]:
    """Bring an element into view and return the middle of it."""
    element.evaluate("(one) => one.scrollIntoView({ block: 'center' })")
    box = element.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_touch(browser: Browser, stack: RunningStack) -> None:
    """A finger moves the divider, and two fingers zoom the picture but not the page."""
    visit = start_visit(browser, stack.page_url, width=390, has_touch=True)
    page = visit.open()
    visit.give(as_file("circles.png", draw_graphic(24, (640, 400))))
    visit.wait_for("done")
    visit.compare()
    stage = page.locator(".stage")
    session = visit.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": px, "y": py, "id": number} for number, (px, py) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    x, y = middle_of(stage)
    touch("touchStart", (x, y))
    touch("touchMove", (x, y - 40))
    touch("touchMove", (x, y - 80))
    touch("touchEnd")
    assert int(page.locator(".split").input_value()) < 45
    before = page.locator(".zoom-value").input_value()
    page.get_by_role("button", name="1:1").click()
    page.get_by_role("button", name="Fit").click()
    page.get_by_role("button", name="Zoom in").click()
    x, y = middle_of(stage)
    touch("touchStart", (x - 60, y + 60), (x + 60, y + 60))
    touch("touchMove", (x - 90, y + 60), (x + 90, y + 60))
    touch("touchMove", (x - 120, y + 60), (x + 120, y + 60))
    touch("touchEnd")
    assert int(page.locator(".zoom-value").input_value().split()[0]) > int(before.split()[0]) * 2
    assert page.evaluate("visualViewport.scale") == 1
    assert visit.troubles == []
    visit.context.close()
