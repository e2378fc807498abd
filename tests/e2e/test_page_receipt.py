"""What proves a result and what is kept of it: hashes, the report as a file, deletion, links, measurements."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

import autok
from support.visit import Visit, as_file, draw_graphic

DEMOS = Path(__file__).parents[2] / "frontend" / "demos"
_COPY_IMAGE = """(data) => {
  const image = new Blob([Uint8Array.from(data)], { type: "image/png" });
  return navigator.clipboard.write([new ClipboardItem({ "image/png": image })]);
}"""


def open_details(visit: Visit) -> Locator:
    """Open the details of the only row and return them."""
    visit.press("details")
    details = visit.page.locator(".details")
    details.locator(".receipt").wait_for()
    return details


def test_receipt(visit: Visit) -> None:
    """The hashes are checked against the files here, and the saved report makes the same bytes again."""
    page = visit.open("compress.html?format=png")
    graphic = draw_graphic()
    visit.give(as_file("circles.png", graphic))
    visit.wait_for("done")
    details = open_details(visit)
    expect(details.locator(".verdict")).to_have_text(
        "Checked here, byte for byte: both files in this browser have these hashes."
    )
    expect(details).to_contain_text("Saved by 1,000 views")
    details.get_by_text("The report as JSON").click()
    with page.expect_download() as download:
        details.get_by_role("button", name="Save").click()
    assert download.value.suggested_filename == "circles.png.autok.json"
    report = json.loads(Path(download.value.path()).read_text())
    assert autok.verify(report, graphic).matches


def test_changed_file(visit: Visit) -> None:
    """A result that is not what the report speaks of is said to be another."""
    page = visit.open()
    page.route(
        "**/v1/results/*", lambda route: route.fulfill(response=(real := route.fetch()), body=_forge(real.text()))
    )
    visit.give(as_file("circles.png", draw_graphic()))
    visit.wait_for("done")
    expect(open_details(visit).locator(".verdict.bad")).to_contain_text("The result in this browser has another hash")


def _forge(answer: str) -> str:
    """Return an answer of the API with another hash of the result."""
    content = json.loads(answer)
    if "output" in content.get("report", {}):
        content["report"]["output"]["sha256"] = "0" * 64
    return json.dumps(content)


def test_delete_from_the_service_alone(visit: Visit) -> None:
    """A result can be deleted on the service, whose clock counts, and kept here; another run uploads it again."""
    visit.page.add_init_script("const { now } = Date; Date.now = () => now() - 9 * 3600e3;")
    page = visit.open("compress.html?format=png")
    visit.give(as_file("circles.png", draw_graphic()))
    visit.wait_for("done")
    details = open_details(visit)
    expect(details.locator(".stay")).to_contain_text("deletes upload, result and report in about 24 h")
    with page.expect_request(lambda request: request.method == "DELETE"):
        details.get_by_role("button", name="Delete from the service now").click()
    expect(details).to_contain_text("Nothing of it is on the service any more")
    expect(page.locator(".row [data-act=download]")).to_be_focused()
    page.reload()
    visit.wait_for("done")
    with page.expect_download() as download:
        visit.press("download")
    assert Path(download.value.path()).stat().st_size > 0
    visit.press("details")
    page.get_by_label("K, typed").fill("3")
    page.get_by_label("K, typed").press("Enter")
    expect(visit.rows("done").locator(".row-line")).to_contain_text("K 3", timeout=30_000)
    assert len(visit.sent("PUT")) == 2


def test_link(visit: Visit) -> None:
    """The link to the settings opens the page with them, and Back to Auto is there only where it changes something."""
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visit.open()
    expect(page.locator("#automatic")).to_be_hidden()
    page.get_by_role("radio", name="Colours").check()
    page.fill("#colors-number", "12")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    address = page.evaluate("navigator.clipboard.readText()")
    assert address == f"{visit.origin}/compress.html?colors=12"
    page.locator("#automatic").click()
    expect(page.get_by_role("radio", name="Auto", exact=True)).to_be_focused()
    page.goto(address)
    expect(page.locator("#colors-number")).to_have_value("12")


def test_samples(visit: Visit) -> None:
    """Who has no picture at hand takes one of the page's own, which goes the way of every other."""
    page = visit.open()
    page.get_by_role("button", name="A graphic").click()
    visit.wait_for("done")
    expect(visit.rows().locator(".row-name")).to_have_text("poster.png")
    expect(page.locator("#samples")).to_be_hidden()
    expect(page.locator("#total")).to_contain_text("at list price")


def test_paste_button(visit: Visit) -> None:
    """An image is pasted by a button too, and a clipboard without one is named as such."""
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visit.open()
    page.evaluate("navigator.clipboard.writeText('no image')")
    page.get_by_role("button", name="paste an image").click()
    expect(page.locator("#notice")).to_contain_text("There is no image on the clipboard")
    page.evaluate(_COPY_IMAGE, list(draw_graphic(5, (40, 40))))
    page.get_by_role("button", name="paste an image").click()
    visit.wait_for("done")
    expect(visit.rows().locator(".row-name")).to_have_text("pasted.png")


def test_typed_zoom(visit: Visit) -> None:
    """The zoom can be typed, letters in its field are no shortcuts, and the divider can be held anywhere."""
    page = visit.open()
    visit.give(as_file("circles.png", draw_graphic(24, (640, 400))))
    visit.wait_for("done")
    zoom = page.locator(".zoom-value")
    zoom.fill("250 %")
    zoom.press("Enter")
    expect(zoom).to_have_value("250 %")
    zoom.fill("")
    zoom.press_sequentially("dw")
    expect(page.locator(".stage")).not_to_have_class(re.compile("difference"))
    zoom.press("Tab")
    expect(zoom).to_have_value("250 %")
    box = page.locator(".stage").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + 12
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - box["width"] / 4, y)
    page.mouse.up()
    assert int(page.locator(".split").input_value()) == pytest.approx(25, abs=2)


def test_measurements(visit: Visit) -> None:
    """How it works shows the tables that the benchmarks wrote into the README, and the first page their medians."""
    page = visit.open("about.html")
    found = json.loads((DEMOS / "measurements.json").read_text())
    tables = [table for section in found.values() for table in section["tables"]]
    shown = page.locator("#measurements table")
    assert shown.locator("caption").all_text_contents() == [table["title"] for table in tables]
    for number, table in enumerate(tables):
        assert shown.nth(number).locator("tbody tr").count() == len(table["rows"])
        assert shown.nth(number).locator("tbody tr").first.locator("th, td").all_text_contents() == table["rows"][0]
    expect(page.locator("#measurements")).to_contain_text("make bench BENCH=")
    expect(page.locator(".cloud canvas")).to_have_count(3)
    assert [page.locator(".cloud").nth(n).locator("circle").count() for n in range(3)] == [4, 16, 64]
    for number, demo in enumerate(json.loads((DEMOS / "runs.json").read_text())["demos"]):
        table = page.locator("#contests table").nth(number)
        weights = sorted(one["bytes"] for one in demo["facts"]["contest"])
        widths = table.locator(".bar").evaluate_all("all => all.map((one) => one.offsetWidth)")
        assert widths == pytest.approx([widths[-1] * weight / weights[-1] for weight in weights], abs=2)
        assert table.locator(".bar.chosen").count() == 1
    page.goto(f"{visit.origin}/index.html", wait_until="networkidle")
    saving = found["saving"]["tables"][0]
    column = saving["header"].index("median saved")
    medians = page.locator("#numbers dd").all_text_contents()
    assert medians == [row[column].replace("%", " %") for row in saving["rows"]]
