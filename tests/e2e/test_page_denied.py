"""A browser that keeps nothing, a service that fails for a moment, and warnings that end with what they warn of."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from support.visit import Visit, as_file, draw_graphic

_ANY_ORIGIN = {"access-control-allow-origin": "*"}
_DENY_STORAGE = """
  const deny = () => { throw new DOMException("denied", "SecurityError"); };
  for (const name of ["sessionStorage", "localStorage"]) Object.defineProperty(window, name, { get: deny });
  IDBFactory.prototype.open = deny;
"""
_BREAK_ONCE = """
  const { blob } = Response.prototype;
  let broken = false;
  Response.prototype.blob = function () {
    // A result is read through a stream, which has no address of its own.
    if (broken || this.url !== "") return blob.call(this);
    broken = true;
    return Promise.reject(new TypeError("network error"));
  };
"""


def test_storage_denied(visit: Visit) -> None:
    """Where all cookies are blocked, and storage with them, images are compressed all the same."""
    page = visit.page
    page.add_init_script(_DENY_STORAGE)
    visit.open()
    visit.give(as_file("circles.png", draw_graphic()))
    visit.wait_for("done")
    expect(page.locator("#notice")).to_contain_text("This browser does not keep these files")
    visit.open("index.html")
    visit.give(as_file("circles.png", draw_graphic()))
    expect(page.locator("#notice")).to_contain_text("cannot be handed on")


def test_gateway_fails_while_waiting(visit: Visit) -> None:
    """A gateway that fails for a moment while a result is waited for is waited out."""
    failed: list[str] = []

    def fail_once(route: Route) -> None:
        if route.request.method == "GET" and not failed:
            failed.append(route.request.url)
            route.fulfill(status=502, body="<h1>Bad gateway</h1>", headers=_ANY_ORIGIN)
        else:
            route.continue_()

    page = visit.open()
    page.route("**/v1/results/*", fail_once)
    visit.give(as_file("circles.png", draw_graphic()))
    visit.wait_for("done")
    assert len(failed) == 1


def test_download_breaks(visit: Visit) -> None:
    """A connection that breaks in the middle of a result's bytes is taken up again."""
    visit.page.add_init_script(_BREAK_ONCE)
    visit.open()
    visit.give(as_file("circles.png", draw_graphic()))
    visit.wait_for("done")
    assert len([path for path in visit.sent("GET") if "/web/" in path]) == 2


def test_deletion_fails_at_work(visit: Visit) -> None:
    """An image that was under way when it could not be deleted stands still and says so; Retry runs it."""

    def break_deletion(route: Route) -> None:
        if route.request.method == "DELETE":
            route.abort("connectionrefused")
        else:
            route.fulfill(json={"status": "pending"}, headers=_ANY_ORIGIN)

    page = visit.open()
    page.route("**/v1/results/*", break_deletion)
    visit.give(as_file("circles.png", draw_graphic()))
    visit.wait_for("waiting")
    page.get_by_role("button", name="Delete all").click()
    page.locator("#clear-dialog").get_by_role("button", name="Delete all").click()
    visit.wait_for("failed")
    expect(page.locator("#notice")).to_contain_text("Not deleted from the service")
    expect(visit.rows().locator(".row-line")).to_contain_text("Stopped, but not deleted yet")
    page.unroute("**/v1/results/*")
    visit.press("retry")
    visit.wait_for("done")
    visit.press("delete")
    expect(visit.rows()).to_have_count(0)
    expect(page.locator("#notice")).to_be_hidden()


def test_slow_deletion(visit: Visit) -> None:
    """While a service takes its time to delete, the row says so and runs no more; where it fails, all is as it was."""
    held: list[Route] = []
    page = visit.open()
    visit.give(as_file("circles.png", draw_graphic(5)))
    visit.wait_for("done")
    visit.press("details")
    page.route("**/v1/results/*", lambda route: held.append(route))
    visit.press("delete")
    expect(visit.rows().locator(".row-line")).to_have_text("Deleting here and on the service…")
    expect(visit.rows().locator(".row-bar")).to_be_visible()
    page.get_by_label("K, typed").fill("3")
    page.get_by_label("K, typed").press("Enter")
    page.locator("[data-act=delete]").focus()
    page.wait_for_timeout(400)
    assert len(visit.sent("POST")) == 1
    held[0].abort("connectionrefused")
    expect(visit.rows().locator(".row-line")).to_contain_text("→")
    expect(visit.rows().locator("[data-act=delete]")).to_be_focused()


def test_service_is_back(visit: Visit) -> None:
    """The warning that nothing answers goes once something does; one about another thing stays."""
    page = visit.page
    page.route("**/v1/limits", lambda route: route.abort("connectionrefused"))
    visit.open()
    expect(page.locator("#notice")).to_contain_text("The service could not be reached")
    visit.give(as_file("circles.png", draw_graphic()))
    visit.wait_for("done")
    expect(page.locator("#notice")).to_be_hidden()
    page.route("**/v1/results/*", lambda route: route.abort("connectionrefused"))
    visit.press("delete")
    expect(page.locator("#notice")).to_contain_text("Not deleted")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#notice")).to_be_visible()
