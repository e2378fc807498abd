"""The page in the few colours that a system forces on it and on paper; a comparison that is taken by the pointer."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from support.supervised import RunningStack
from support.visit import Visit, as_file, draw_graphic, start_visit


@pytest.fixture
def forced(browser: Browser, stack: RunningStack) -> Iterator[Visit]:
    """Yield a profile whose system forces its colours on pages."""
    visiting = start_visit(browser, stack.page_url, forced_colors="active")
    yield visiting
    visiting.context.close()
    assert visiting.troubles == []


def ground(element: Locator) -> str:
    """Return what an element is painted on."""
    text: str = element.evaluate("(one) => getComputedStyle(one).background")
    return text


def test_forced_colors(forced: Visit) -> None:
    """What is chosen and pressed differs from what is not, colours of a palette stay, and lengths are seen."""
    page = forced.open()
    for name, other in (("Auto", "Colours"), ("Balanced", "High")):
        chosen, free = (page.locator("label", has_text=re.compile(f"^{one}$")).locator("span") for one in (name, other))
        assert ground(chosen) != ground(free)
    forced.give(as_file("circles.png", draw_graphic(6)))
    forced.wait_for("done")
    forced.press("details")
    details = page.locator(".details")
    details.locator(".receipt").wait_for()
    assert ground(page.locator("[data-act=details]")) != ground(page.locator(".row [data-act=delete]"))
    swatches = details.locator(".chip")
    assert len({ground(one) for one in swatches.all()}) == swatches.count() > 1
    assert ground(details.locator(".bar.chosen")) != ground(details.locator(".bar:not(.chosen, .foretold)").first)
    page.get_by_role("button", name="Difference").click()
    assert ground(page.get_by_role("button", name="Difference")) != ground(page.get_by_role("button", name="Pixels"))


def test_print(visit: Visit) -> None:
    """On paper stand both images whole and what is known of them, with the colours of palettes and no buttons."""
    page = visit.open()
    visit.give(as_file("circles.png", draw_graphic(6)))
    visit.wait_for("done")
    visit.press("details")
    page.locator(".details .receipt").wait_for()
    page.emulate_media(media="print")
    for name in (".row-name", ".row-saved", ".details .why", ".total"):
        expect(page.locator(name)).to_be_visible()
    expect(page.locator("button:visible, select:visible, input:visible")).to_have_count(0)
    before, after = (page.locator(f".{name} img").bounding_box() for name in ("before", "after"))
    assert before is not None
    assert after is not None
    assert before["x"] + before["width"] <= after["x"]
    assert before["width"] == pytest.approx(after["width"], abs=1)
    assert page.locator(".before").evaluate("(one) => getComputedStyle(one).clipPath") == "none"
    assert page.locator("#totals").evaluate("(one) => getComputedStyle(one).position") == "static"
    for colors in page.locator(".details .chip, .details .strip span, .details .bar").all():
        assert colors.evaluate("(one) => getComputedStyle(one).printColorAdjust") == "exact"


def test_keys_after_a_click(visit: Visit) -> None:
    """Whoever has clicked into a comparison uses its keys, without looking for what takes the focus there."""
    page = visit.open()
    visit.give(as_file("circles.png", draw_graphic(24, (640, 400))))
    visit.wait_for("done")
    stage = page.locator(".stage")
    stage.click(position={"x": 40, "y": 120})
    expect(page.locator(".split")).to_be_focused()
    assert not page.locator(".split").evaluate("(one) => one.matches(':focus-visible')")
    page.keyboard.press("d")
    expect(stage).to_have_class(re.compile("difference"))
    page.keyboard.press("d")
    page.keyboard.down(" ")
    expect(stage).to_have_class(re.compile("peek"))
    page.keyboard.up(" ")
    expect(stage).not_to_have_class(re.compile("peek|difference"))
