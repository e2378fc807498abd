"""The list: its order, its numbers, its small pictures."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from support.visit import Visit, as_file, draw_graphic

_CONTENT = """(one) => {
  const range = document.createRange();
  range.selectNodeContents(one);
  return range.getBoundingClientRect().toJSON();
}"""
_CUT = "(all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent)"
_BITMAP = "(canvas) => [canvas.width, canvas.height]"


@pytest.mark.parametrize("width", [360, 768, 970, 1024, 1150, 1280])
def test_name_has_room(visit: Visit, width: int) -> None:
    """On no window does a row squeeze its name, put sizes under what was saved, or cut the words of large letters."""
    page = visit.page
    page.set_viewport_size({"width": width, "height": 800})
    visit.open()
    visit.give([as_file("holidays.png", draw_graphic(6)), as_file("notes.txt", b"hello")])
    visit.wait_for("done")
    row = visit.row("holiday")
    assert row.locator(".row-name").evaluate("(one) => one.clientWidth") >= 150
    line, saved = (row.locator(name).evaluate(_CONTENT) for name in (".row-line", ".row-saved"))
    assert line["right"] <= saved["left"]
    assert saved["right"] <= page.locator(".rows").evaluate(_CONTENT)["right"]
    row.evaluate("() => document.documentElement.attributeStyleMap.set('font-size', CSS.percent(200))")
    assert width < 768 or row.locator("[data-act]:visible").evaluate_all(_CUT) == []


def test_new_rows_in_order(visit: Visit) -> None:
    """A list that is sorted by name takes new images in where they belong."""
    page = visit.open()
    visit.give([as_file("b.png", draw_graphic(5)), as_file("c.png", draw_graphic(6))])
    visit.wait_for("done", 2)
    page.select_option("#sort", "name")
    visit.give(as_file("a.png", draw_graphic(7)))
    visit.wait_for("done", 3)
    assert page.locator(".row-name").all_text_contents() == ["a.png", "b.png", "c.png"]


def test_order_keeps_the_focus(visit: Visit) -> None:
    """Rows that change places because another is done leave the focus where it was."""
    page = visit.open()
    visit.give([as_file("b.png", draw_graphic(5)), as_file("notes.txt", b"hello")])
    visit.wait_for("done")
    page.select_option("#sort", "saved")
    visit.row("notes.txt").locator("[data-act=delete]").focus()
    visit.give(as_file("d.png", draw_graphic(40)))
    visit.wait_for("done", 2)
    assert page.locator(".row-name").all_text_contents()[-1] == "notes.txt"
    expect(visit.row("notes.txt").locator("[data-act=delete]")).to_be_focused()


def test_two_clicks(visit: Visit) -> None:
    """Two quick clicks are one: one file comes, and no row goes that came under the pointer by the first of them."""
    page = visit.open()
    names: list[str] = []
    page.on("download", lambda download: names.append(download.suggested_filename))
    visit.give([as_file(f"{name}.png", draw_graphic(5)) for name in "abc"])
    visit.wait_for("done", 3)
    visit.row("a.png").locator("[data-act=download]").dblclick()
    page.locator("#zip").dblclick()
    expect(page.locator("#status")).to_have_text("ZIP with 3 files is ready.")
    visit.press("delete", visit.row("a.png"))
    expect(visit.rows()).to_have_count(2)
    page.mouse.down(click_count=2)
    page.mouse.up(click_count=2)
    page.wait_for_timeout(300)
    expect(visit.rows()).to_have_count(2)
    assert names == ["a.png", "auto-k.zip"]


def test_almost_all_saved(visit: Visit) -> None:
    """A file that shrinks to next to nothing is never said to be gone, and its number stays clear of the buttons."""
    out = io.BytesIO()
    Image.new("RGB", (900, 900), (10, 100, 200)).save(out, "BMP")
    page = visit.open()
    visit.give(as_file("flat.bmp", out.getvalue()))
    visit.wait_for("done")
    saved = visit.rows().locator(".row-saved")
    expect(saved).to_have_text("\N{MINUS SIGN}99 %")
    expect(page.locator("#total")).to_contain_text("99 % smaller")
    assert saved.evaluate("(one) => one.scrollWidth <= one.clientWidth")
    visit.press("details")
    expect(page.locator(".details")).to_contain_text("Palette, 1 colour")
    expect(page.locator(".details")).not_to_contain_text("1 colours")
    with page.expect_download():
        page.click("#zip")
    expect(page.locator("#status")).to_have_text("ZIP with 1 file is ready.")


def test_strip(visit: Visit) -> None:
    """A long strip gets a small picture of its whole, not one as long as a street."""
    out = io.BytesIO()
    Image.new("RGB", (12_000, 24), (200, 30, 30)).save(out, "PNG")
    page = visit.open()
    visit.give(as_file("strip.png", out.getvalue()))
    visit.wait_for("done")
    expect(page.locator(".thumb canvas")).to_have_class("whole")
    assert page.locator(".thumb canvas").evaluate(_BITMAP) == [128, 1]
