"""The settings: what cannot be used is said to be so, and what an address asks for is shown and done."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from support.visit import Visit, as_file, draw_graphic


def complaint(page: Page, field: str) -> str:
    """Return what stands under a field that is told to be wrong."""
    box = page.locator(field)
    expect(box).to_have_attribute("aria-invalid", "true")
    note = page.locator(f"#{box.get_attribute('aria-describedby')}")
    expect(note).to_be_visible()
    return note.inner_text()


@pytest.mark.parametrize(
    ("typed", "unit", "words"),
    [("150", "%", "Above 0 and below 100"), ("", "kB", "A size above 0"), ("0", "MB", "A size above 0")],
)
def test_unusable_target(visit: Visit, typed: str, unit: str, words: str) -> None:
    """A target that cannot be met says what one is, and that Auto stands in for it; a good one ends that."""
    page = visit.open()
    page.get_by_role("radio", name="Target size").check()
    page.select_option("#target-unit", unit)
    page.fill("#target", typed)
    assert words in complaint(page, "#target")
    assert "as by Auto" in complaint(page, "#target")
    page.fill("#target", "40")
    expect(page.locator("#target")).to_have_attribute("aria-invalid", "false")
    expect(page.locator("#target-hint")).to_contain_text("The best quality that fits")


def test_unusable_side(visit: Visit) -> None:
    """A side that no image may have says which ones may be asked for."""
    page = visit.open()
    page.locator(".more summary").click()
    page.fill("[name=max_size]", "99999")
    assert complaint(page, "[name=max_size]") == "A whole number from 1 to 16,384, or nothing."
    page.locator("#automatic").evaluate("(button) => button.click()")
    expect(page.locator("#side-hint")).to_be_hidden()


def test_unusable_k(visit: Visit) -> None:
    """A number of colours that cannot be is replaced by the one in force, beside the list and under the curve."""
    page = visit.open()
    page.get_by_role("radio", name="Colours").check()
    page.fill("#colors-number", "999")
    page.press("#colors-number", "Tab")
    expect(page.locator("#colors-number")).to_have_value("64")
    page.get_by_role("radio", name="Auto", exact=True).check()
    visit.give(as_file("circles.png", draw_graphic()))
    visit.wait_for("done")
    visit.press("details")
    number = page.get_by_label("K, typed")
    before = number.input_value()
    number.fill("1")
    number.press("Tab")
    expect(number).to_have_value(before)


def test_quality_as_a_number(visit: Visit) -> None:
    """A link with a quality in numbers shows it, asks the service for it, and keeps it when something else changes."""
    page = visit.open("compress.html?quality=85")
    expect(page.get_by_role("radio", name="85")).to_be_checked()
    with page.expect_request("**/v1/uploads") as asked:
        visit.give(as_file("circles.png", draw_graphic()))
    assert asked.value.post_data_json["options"] == {"quality": 85}
    visit.wait_for("done")
    page.locator(".more summary").click()
    page.select_option("[name=format]", "png")
    assert page.url.endswith("?quality=85&format=png")
    page.get_by_role("radio", name="High").check()
    assert page.url.endswith("?quality=high&format=png")
