"""The page in a real browser against the whole stack: what people do with it."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
import requests
from PIL import Image
from playwright.sync_api import expect

from support.supervised import RunningStack
from support.visit import Visit, as_file, draw_graphic

_STATES = """
window.states = [];
new MutationObserver((changes) => {
  for (const { target } of changes) {
    const row = target.closest?.(".row");
    if (row) window.states.push([row.dataset.state, row.querySelector("progress").value]);
  }
}).observe(document.querySelector("#rows"), { subtree: true, attributes: true, childList: true });
"""


def test_photo(visit: Visit, china: bytes) -> None:
    """A photo uploads with progress, comes out smaller with the reason why, and downloads under its own name."""
    page = visit.open()
    page.evaluate(_STATES)
    visit.give(
        [
            as_file("china.jpg", china),
            as_file("broken.png", b"\x89PNG\r\n\x1a\n" + bytes(300)),
            as_file("notes.txt", b"hello"),
        ]
    )
    visit.wait_for("done")
    visit.wait_for("failed", 2)
    seen = page.evaluate("window.states")
    states = list(dict.fromkeys(state for state, _ in seen))
    assert [state for state in states if state in {"signing", "uploading", "waiting", "compressing", "done"}] == [
        "signing", "uploading", "waiting", "compressing", "done",
    ]  # fmt: skip
    assert {value for state, value in seen if state == "uploading"} >= {0, 1}
    row = visit.row("china.jpg")
    expect(row.locator(".row-line")).to_contain_text("197 kB →")
    expect(row.locator(".row-saved")).to_have_text(re.compile("^\N{MINUS SIGN}[1-9][0-9] %$"))
    with page.expect_download() as download:
        visit.press("download", row)
    result = Path(download.value.path()).read_bytes()
    assert re.fullmatch(r"china\.(jpg|png)", download.value.suggested_filename)
    assert len(result) < len(china)
    assert Image.open(io.BytesIO(result)).size == (640, 427)
    visit.press("details", row)
    expect(row.locator(".details .why")).to_have_text(re.compile("colours"))
    visit.compare(row)
    expect(row.locator(".layer img")).to_have_count(2)
    expect(row.locator(".compare .why")).to_have_text(re.compile("colours"))
    assert row.locator(".layer img").evaluate_all("images => images.every((one) => one.naturalWidth === 640)")


def test_unreadable(visit: Visit) -> None:
    """A damaged file and one that is no image end in sentences that say what to do; the second never travels."""
    visit.open()
    visit.give([as_file("broken.png", draw_graphic()[:300]), as_file("notes.txt", b"hello")])
    visit.wait_for("failed", 2)
    expect(visit.row("broken.png").locator(".row-line")).to_have_text(re.compile(r"\. .+\."))
    expect(visit.row("notes.txt").locator(".row-line")).to_contain_text("export the image as one of these")
    assert len(visit.sent("PUT")) == 1


def test_manual_colors(visit: Visit) -> None:
    """K chosen by hand is kept in the address and is what the result has; another K needs no second upload."""
    page = visit.open()
    page.get_by_role("radio", name="Colours").check()
    page.fill("#colors-number", "8")
    page.locator(".more summary").click()
    page.select_option("[name=format]", "png")
    assert page.url.endswith("?colors=8&format=png")
    visit.give(as_file("circles.png", draw_graphic()))
    visit.wait_for("done")
    expect(visit.rows().locator(".row-line")).to_contain_text("K 8")
    visit.press("details")
    page.get_by_label("K, typed").fill("5")
    page.get_by_label("K, typed").press("Enter")
    expect(visit.rows("done").locator(".row-line")).to_contain_text("K 5", timeout=30_000)
    with page.expect_download() as download:
        visit.press("download")
    with Image.open(download.value.path()) as result:
        assert len(result.convert("RGB").getcolors() or ()) <= 5
    assert len(visit.sent("PUT")) == 1
    expect(page.get_by_text("Apply to 1 finished image")).to_be_visible()
    page.reload()
    expect(page.locator("#colors-number")).to_have_value("8")


def test_curve(visit: Visit) -> None:
    """A row of the curve's table, and a click on the curve, use that K."""
    page = visit.open("compress.html?format=png")
    visit.give(as_file("circles.png", draw_graphic()))
    visit.wait_for("done")
    visit.press("details")
    page.get_by_text("The curve as a table").click()
    page.get_by_role("button", name="Use K 4", exact=True).click()
    expect(visit.rows("done").locator(".row-line")).to_contain_text("K 4", timeout=30_000)
    page.locator("svg.curve [data-colors='8']").first.click()
    expect(visit.rows("done").locator(".row-line")).to_contain_text("K 8", timeout=30_000)


def test_zip(visit: Visit, tmp_path: Path) -> None:
    """A folder becomes one ZIP with its names and folders, equal names numbered."""
    page = visit.open()
    for name in ("album/one.png", "album/deep/one.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(draw_graphic(6, (48, 32)))
    visit.give(tmp_path / "album", "#folder")
    visit.give([as_file("same.png", draw_graphic(5, (48, 32))), as_file("same.png", draw_graphic(7, (48, 32)))])
    visit.wait_for("done", 4)
    expect(page.locator("#total")).to_contain_text("4 of 4 done")
    expect(page).to_have_title(re.compile(r"^\d+ % smaller · Auto-K$"))
    with page.expect_download() as download:
        page.click("#zip")
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.testzip() is None
        stems = sorted(name.rsplit(".", 1)[0] for name in archive.namelist())
    assert stems == ["album/deep/one", "album/one", "same", "same (2)"]


def test_paste_and_drop(visit: Visit) -> None:
    """An image on the clipboard and one dropped anywhere on the page come into the list."""
    page = visit.open()
    hand = """([type, data]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(data)], `${type}.png`, { type: "image/png" }));
      const event = type === "paste"
        ? new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true })
        : new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
      document.body.dispatchEvent(event);
    }"""
    for way in ("paste", "drop"):
        page.evaluate(hand, [way, list(draw_graphic(4, (32, 32)))])
    visit.wait_for("done", 2)
    assert {visit.row(f"{way}.png").count() for way in ("paste", "drop")} == {1}


def test_delete(visit: Visit, stack: RunningStack) -> None:
    """Deleting a row takes upload, result and report away from the service at once."""
    visit.open()
    visit.give(as_file("circles.png", draw_graphic()))
    visit.wait_for("done")
    (put,) = visit.sent("PUT")
    visit.press("delete")
    expect(visit.rows()).to_have_count(0)
    headers = {"Authorization": f"Bearer {stack.token}"}
    for bucket in {put.split("/")[1], put.split("/")[1].replace("uploads", "results")}:
        listing = requests.get(
            f"{stack.storage_url}/storage/v1/b/{bucket}/o",
            headers=headers,
            timeout=10,
            params={"prefix": "web/" + put.rsplit("/", 1)[1]},
        )
        assert listing.json().get("items", []) == []
    visit.page.reload()
    expect(visit.rows()).to_have_count(0)


def test_reload(visit: Visit) -> None:
    """Rows survive a reload, one under way goes on, and another tab shows them only when this one is closed."""
    page = visit.open()
    visit.give(as_file("first.png", draw_graphic()))
    visit.wait_for("done")
    visit.give(as_file("second.png", draw_graphic(40)))
    page.wait_for_selector(".row >> nth=1")
    page.reload()
    visit.wait_for("done", 2)
    other = visit.context.new_page()
    other.goto(page.url, wait_until="networkidle")
    expect(other.locator(".row")).to_have_count(0)
    expect(other.locator("#elsewhere")).to_contain_text("2 images are open in another tab")
    page.close()
    other.reload(wait_until="networkidle")
    expect(other.locator(".row[data-state=done]")).to_have_count(2)
    expect(other.locator("#elsewhere")).to_be_hidden()
    with other.expect_download() as download:
        other.locator("[data-act=download]").first.click()
    assert Path(download.value.path()).stat().st_size > 0


def test_preview(visit: Visit) -> None:
    """An original that browsers cannot show is compared by a preview that the service made."""
    page = visit.open()
    out = io.BytesIO()
    Image.open(io.BytesIO(draw_graphic())).save(out, "TIFF")
    visit.give(as_file("scan.tif", out.getvalue()))
    visit.wait_for("done")
    visit.compare()
    expect(page.locator(".layer img.loaded")).to_have_count(2)
    expect(page.locator(".stage.unshown")).to_have_count(0)
    page.reload()
    visit.wait_for("done")
    visit.press("compare")
    expect(page.locator(".layer img.loaded")).to_have_count(2)


def test_home(visit: Visit) -> None:
    """Files dropped on the first page are compressed by the tool, and its examples can be compared."""
    page = visit.open("index.html")
    for name in ("A graphic", "A screenshot"):
        page.get_by_role("radio", name=name).check()
        expect(page.locator("#demo-view .layer img")).to_have_count(2)
        expect(page.locator("#demo-view .why")).to_contain_text("colours")
    visit.give(as_file("circles.png", draw_graphic()))
    page.wait_for_url("**/compress.html")
    visit.wait_for("done")


@pytest.mark.parametrize(("name", "width"), [("index.html", 1280), ("index.html", 640), ("about.html", 1280)])
def test_no_shift(visit: Visit, name: str, width: int) -> None:
    """Nothing moves while a page loads, and every request stays on this machine."""
    visit.page.set_viewport_size({"width": width, "height": 800})
    visit.open(name)
    visit.page.wait_for_timeout(300)
    assert visit.shifts == []
    assert visit.hosts == {"localhost"}


def test_no_shift_at_work(visit: Visit) -> None:
    """Nothing moves while images are compressed, and the policy of the page allows no inline code."""
    response = visit.page.goto(f"{visit.origin}/compress.html", wait_until="networkidle")
    assert response is not None
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    visit.give([as_file(f"{number}.png", draw_graphic(number + 3)) for number in range(3)])
    visit.wait_for("done", 3)
    assert visit.shifts == []
    assert visit.hosts == {"localhost"}
