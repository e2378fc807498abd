"""What the page says when things go wrong: what, why, and what to do, in the row."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Route, expect

from support.visit import Visit, as_file, draw_graphic

_ANY_ORIGIN = {"access-control-allow-origin": "*"}


def line_of(visit: Visit) -> str:
    """Return what the only row says."""
    text: str = visit.rows().locator(".row-line").inner_text()
    return text


def retry(visit: Visit) -> None:
    """Press Retry and wait for the result."""
    visit.press("retry")
    visit.wait_for("done")


def test_offline(visit: Visit) -> None:
    """Without a connection a row says so and keeps the file; Retry works once it is back."""
    visit.open()
    visit.context.set_offline(True)
    visit.give(as_file("circles.png", draw_graphic()))
    visit.wait_for("failed")
    assert "You are offline" in line_of(visit)
    assert "Reconnect" in line_of(visit)
    expect(visit.page.locator("#notice")).to_be_visible()
    visit.context.set_offline(False)
    retry(visit)
    expect(visit.page.locator("#notice")).to_be_hidden()


def test_offline_while_waiting(visit: Visit) -> None:
    """A connection that breaks after the upload is waited out, without a failure."""
    page = visit.open()
    visit.give(as_file("circles.png", draw_graphic()))
    page.wait_for_selector(".row:is([data-state=waiting], [data-state=compressing])")
    visit.context.set_offline(True)
    page.wait_for_timeout(1500)
    expect(visit.rows("failed")).to_have_count(0)
    visit.context.set_offline(False)
    visit.wait_for("done")


def test_service_down(visit: Visit) -> None:
    """A service that does not answer is named as such, and Retry works once it is back."""
    page = visit.open()
    page.route("**/v1/uploads", lambda route: route.abort("connectionrefused"))
    visit.give(as_file("circles.png", draw_graphic()))
    visit.wait_for("failed")
    assert "The service could not be reached" in line_of(visit)
    assert "Try again" in line_of(visit)
    page.unroute("**/v1/uploads")
    retry(visit)


@pytest.mark.parametrize(("status", "words"), [(403, "expired"), (503, "Try again")])
def test_upload_refused(visit: Visit, status: int, words: str) -> None:
    """A refused upload says what the storage answered; Retry asks for a new address."""

    def refuse(route: Route) -> None:
        if route.request.method == "PUT":
            route.fulfill(status=status, headers=_ANY_ORIGIN)
        else:
            route.continue_()

    page = visit.open()
    page.route("**/web/*", refuse)
    visit.give(as_file("circles.png", draw_graphic()))
    visit.wait_for("failed")
    assert str(status) in line_of(visit)
    assert words in line_of(visit)
    page.unroute("**/web/*")
    retry(visit)
    assert len(visit.sent("PUT")) == 2


def test_result_address_expired(visit: Visit) -> None:
    """A download address that has expired is replaced by a fresh one without a word."""
    refused: list[str] = []

    def refuse_once(route: Route) -> None:
        if route.request.method == "GET" and not refused:
            refused.append(route.request.url)
            route.fulfill(status=400, headers=_ANY_ORIGIN)
        else:
            route.continue_()

    page = visit.open()
    page.route(re.compile(r"//localhost:\d+/[^/]*results[^/]*/web/"), refuse_once)
    visit.give(as_file("circles.png", draw_graphic()))
    visit.wait_for("done")
    assert len(refused) == 1


def test_too_large(visit: Visit) -> None:
    """A file over the service's limit is refused with both numbers before a byte travels, and offers no Retry."""
    page = visit.page
    limits = {"max_bytes": 5000, "max_pixels": 64_000_000, "max_side": 16384}
    page.route("**/v1/limits", lambda route: route.fulfill(json=limits, headers=_ANY_ORIGIN))
    visit.open()
    expect(page.locator("#limits")).to_contain_text("5.00 kB")
    visit.give(as_file("noise.bmp", b"BM" + bytes(6000)))
    visit.wait_for("failed")
    assert "6.00 kB" in line_of(visit)
    assert "5.00 kB" in line_of(visit)
    assert visit.sent("PUT") == []
    expect(visit.rows().locator("[data-act=retry]")).to_be_hidden()


def test_cancel(visit: Visit) -> None:
    """A cancelled row says so, nothing of it stays on the service, and Retry runs it."""
    page = visit.open()

    def say_pending(route: Route) -> None:
        if route.request.method == "GET":
            route.fulfill(json={"status": "pending"}, headers=_ANY_ORIGIN)
        else:
            route.continue_()

    page.route("**/v1/results/*", say_pending)
    visit.give(as_file("circles.png", draw_graphic()))
    visit.wait_for("waiting")
    with page.expect_request(lambda request: request.method == "DELETE"):
        visit.press("cancel")
    assert "Cancelled" in line_of(visit)
    expect(page.locator("[data-act=retry]")).to_be_focused()
    page.unroute("**/v1/results/*")
    retry(visit)


def test_cancelled_second_run(visit: Visit) -> None:
    """Cancelling another run of a finished image brings its last result back."""
    page = visit.open()
    visit.give(as_file("circles.png", draw_graphic()))
    visit.wait_for("done")
    before = line_of(visit)
    visit.press("details")
    page.route("**/runs", lambda _: None)
    page.get_by_label("K, typed").fill("3")
    page.get_by_label("K, typed").press("Enter")
    visit.wait_for("signing")
    visit.press("cancel")
    visit.wait_for("done")
    assert line_of(visit) == before


def test_upload_gone(visit: Visit) -> None:
    """Another run of an image whose upload is gone from the service uploads it again by itself."""
    page = visit.open()
    visit.give(as_file("circles.png", draw_graphic()))
    visit.wait_for("done")
    api = next(request.url for request in visit.requests if request.url.endswith("/v1/uploads"))
    identity = visit.sent("PUT")[0].rsplit("/", 1)[1]
    page.evaluate("(address) => fetch(address, { method: 'DELETE' })", api.replace("uploads", f"results/{identity}"))
    visit.press("details")
    page.get_by_label("K, typed").fill("3")
    page.get_by_label("K, typed").press("Enter")
    expect(visit.rows("done").locator(".row-line")).to_contain_text("K 3", timeout=30_000)
    assert len(visit.sent("PUT")) == 2


@pytest.mark.parametrize("end", ["changed", "deleted"])
def test_file_changed(visit: Visit, tmp_path: Path, end: str) -> None:
    """A file that was changed or deleted on the disk before its turn is named as such, not as a broken connection."""
    page = visit.open()
    path = tmp_path / "circles.png"
    path.write_bytes(draw_graphic(90, (900, 700)))

    def meddle(route: Route) -> None:
        if end == "deleted":
            path.unlink()
        else:
            path.write_bytes(draw_graphic())
            os.utime(path, (1e9, 1e9))
        route.continue_()

    page.route("**/v1/uploads", meddle)
    visit.give(path)
    visit.wait_for("failed")
    assert "The file has changed" in line_of(visit)
    assert "Add it once more" in line_of(visit)
    expect(visit.rows().locator("[data-act=retry]")).to_be_hidden()


def test_animation(visit: Visit) -> None:
    """An animation is refused before a byte travels, with what to do instead."""
    out = io.BytesIO()
    frames = [Image.open(io.BytesIO(draw_graphic(colors, (40, 40)))) for colors in (3, 9)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    visit.open()
    visit.give(as_file("moving.gif", out.getvalue()))
    visit.wait_for("failed")
    assert line_of(visit) == (
        "Animations are not supported. This GIF holds more than one frame. "
        "Auto-K compresses still images: export the frame you want."
    )
    assert visit.sent("PUT") == []


def test_browser_full(visit: Visit) -> None:
    """Where the browser has no room for files, the user is told what that means, and the image goes on all the same."""
    page = visit.page
    page.add_init_script("""
        const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (value, ...key) {
          if (value instanceof Blob) throw new DOMException("no room", "QuotaExceededError");
          return put.call(this, value, ...key);
        };
    """)
    visit.open()
    visit.give(as_file("circles.png", draw_graphic()))
    visit.wait_for("done")
    expect(page.locator("#notice")).to_contain_text("does not keep these files: it has no room")
    expect(page.locator("#notice")).to_contain_text("download the results first")
    with page.expect_download() as download:
        visit.press("download")
    assert Path(download.value.path()).stat().st_size > 0
    visit.open("index.html")
    visit.give(as_file("circles.png", draw_graphic()))
    expect(page.locator("#notice")).to_contain_text("cannot be handed on")
    assert page.url.endswith("index.html")


def test_delete_all(visit: Visit) -> None:
    """All rows go at once after a question; the focus is then where new images come in."""
    page = visit.open()
    visit.give([as_file("circles.png", draw_graphic()), as_file("notes.txt", b"hello")])
    visit.wait_for("done")
    page.get_by_role("button", name="Delete all").click()
    page.get_by_role("button", name="Keep").click()
    expect(visit.rows()).to_have_count(2)
    expect(page.locator("#clear")).to_be_focused()
    page.get_by_role("button", name="Delete all").click()
    page.locator("#clear-dialog").get_by_role("button", name="Delete all").click()
    expect(visit.rows()).to_have_count(0)
    expect(page.locator("#files")).to_be_focused()
