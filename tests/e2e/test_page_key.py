"""A service that lets in only who has its key: the page asks for it when it is told to, and keeps it to itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from support.ports import find_free_ports
from support.supervised import RunningStack, start_stack
from support.visit import Visit, as_file, draw_graphic, start_visit

from .test_page_access import violations

KEY = "correct-horse-battery-staple"
_KEPT = """async () => {
  const database = await new Promise((resolve) => {
    const request = indexedDB.open("autok");
    request.onsuccess = () => resolve(request.result);
  });
  const rows = await new Promise((resolve) => {
    const request = database.transaction("jobs").objectStore("jobs").getAll();
    request.onsuccess = () => resolve(request.result);
  });
  return JSON.stringify([rows, { ...localStorage }, document.cookie, location.href]);
}"""


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """Yield a stack whose API asks for a key."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOK_ACCESS_KEY", KEY)
        running = start_stack(find_free_ports(), tmp_path_factory.mktemp("locked"))
    yield running
    running.stop()


@pytest.fixture
def guest(browser: Browser, locked: RunningStack) -> Iterator[Visit]:
    """Yield a fresh profile on the page of that stack."""
    visiting = start_visit(browser, locked.page_url, bypass_csp=True)
    yield visiting
    visiting.context.close()
    assert visiting.troubles == []


def give_key(visit: Visit, key: str) -> None:
    """Type a key and use it."""
    visit.page.fill("#key", key)
    visit.page.get_by_role("button", name="Use this key").click()


def test_open_service_asks_for_no_key(visit: Visit) -> None:
    """Where no key is needed nobody sees a field for one, and no call carries one."""
    page = visit.open()
    visit.give(as_file("circles.png", draw_graphic()))
    visit.wait_for("done")
    expect(page.locator("#access")).to_be_hidden()
    expect(page.locator("#key-kept")).to_be_hidden()
    assert not any("authorization" in request.headers for request in visit.requests)


def test_key(guest: Visit, locked: RunningStack) -> None:
    """The row that was refused goes on once the key is given; the key goes to the API alone, and no further."""
    page = guest.open()
    expect(page.locator("#access")).to_be_hidden()
    guest.give([as_file("one.png", draw_graphic()), as_file("two.png", draw_graphic(9))])
    guest.wait_for("failed", 2)
    expect(guest.row("one.png").locator(".row-line")).to_contain_text("asks for an access key")
    expect(page.locator("#key")).to_be_focused()
    assert violations(page) == []
    give_key(guest, KEY)
    guest.wait_for("done", 2)
    expect(page.locator("#access")).to_be_hidden()
    carried = {request.url.split("/")[2] for request in guest.requests if "authorization" in request.headers}
    assert carried == {locked.api_url.split("/")[2]}
    assert not any(KEY in request.url for request in guest.requests)
    assert KEY not in page.evaluate(_KEPT)
    page.reload(wait_until="networkidle")
    guest.wait_for("done", 2)
    guest.press("delete", guest.row("one.png"))
    expect(guest.rows()).to_have_count(1)
    page.get_by_role("button", name="Forget the access key").click()
    assert page.evaluate("Object.values({ ...sessionStorage })").count(KEY) == 0
    guest.press("delete", guest.row("two.png"))
    expect(page.locator("#notice")).to_contain_text("asks for an access key")
    expect(guest.rows()).to_have_count(1)


def test_wrong_key(guest: Visit) -> None:
    """What cannot be a key is refused before it travels, a wrong one is said to be wrong, and the right one works."""
    page = guest.open()
    guest.give(as_file("circles.png", draw_graphic()))
    guest.wait_for("failed")
    give_key(guest, "short")
    expect(page.locator("#key-fault")).to_contain_text("at least 16 characters, this has 5")
    give_key(guest, KEY[::-1])
    expect(page.locator("#key-fault")).to_have_text(re.compile("^That key was refused"))
    expect(page.locator("#key")).to_have_attribute("aria-invalid", "true")
    # A field drawn by the browser itself has an inset border.
    expect(page.locator("#key")).to_have_css("border-top-style", "solid")
    page.locator("#key").press("Tab")
    page.fill("#key", KEY)
    page.locator("#key").press("Enter")
    guest.wait_for("done")


def test_deletion_asks_for_the_key(guest: Visit) -> None:
    """An image under way that could not be deleted for want of a key is not run again by the key."""
    page = guest.open()
    page.route("**/v1/results/*", lambda route: route.fallback() if route.request.method == "DELETE" else None)
    guest.give(as_file("circles.png", draw_graphic()))
    guest.wait_for("failed")
    give_key(guest, KEY)
    guest.wait_for("waiting")
    page.get_by_role("button", name="Forget the access key").click()
    page.get_by_role("button", name="Delete all").click()
    page.locator("#clear-dialog").get_by_role("button", name="Delete all").click()
    expect(page.locator("#notice")).to_contain_text("enter it, then delete once more")
    give_key(guest, KEY)
    expect(page.locator("#access")).to_be_hidden()
    expect(guest.rows("failed").locator(".row-line")).to_contain_text("Stopped, but not deleted yet")
    guest.press("delete")
    expect(guest.rows()).to_have_count(0)


def test_other_tab(guest: Visit) -> None:
    """A row that another tab left without a key asks for it again; a tab of its own has a key of its own."""
    page = guest.open()
    guest.give(as_file("circles.png", draw_graphic()))
    guest.wait_for("failed")
    other = guest.context.new_page()
    page.close()
    other.goto(f"{guest.origin}/compress.html", wait_until="networkidle")
    expect(other.locator("#access")).to_be_visible()
    expect(other.locator("#key-fault")).to_have_text("")
    other.fill("#key", KEY)
    other.keyboard.press("Enter")
    expect(other.locator(".row[data-state=done]")).to_have_count(1, timeout=60_000)
