"""What comes in by hand: whole folders, addresses, text, and files that were chosen before the page was ready."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Route, expect

from support.visit import Visit, as_file, draw_graphic

_DRAG = """([kind, type, data, into]) => {
  const transfer = new DataTransfer();
  if (type === "file") transfer.items.add(new File([Uint8Array.from(data)], "copied.png", { type: "image/png" }));
  transfer.setData(type === "file" ? "text/plain" : type, "https://example.com/cat.png");
  const event = kind === "paste"
    ? new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true })
    : new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true });
  document.querySelector(into).dispatchEvent(event);
  return event.defaultPrevented;
}"""
_EMPTY_FOLDER = """() => {
  DataTransferItem.prototype.webkitGetAsEntry = () => ({
    isDirectory: true, name: "empty", createReader: () => ({ readEntries: (done) => done([]) }),
  });
}"""


def test_hidden_files(visit: Visit, tmp_path: Path) -> None:
    """What systems and programs hide in a folder does not come along with its pictures."""
    (tmp_path / "album" / ".git").mkdir(parents=True)
    for name in (".DS_Store", ".git/cat.png", "cat.png"):
        (tmp_path / "album" / name).write_bytes(draw_graphic(4, (32, 32)))
    visit.open()
    visit.give(tmp_path / "album", "#folder")
    visit.wait_for("done")
    assert visit.page.locator(".row-name").all_text_contents() == ["album/cat.png"]


def test_dropped_address(visit: Visit) -> None:
    """An address that is dropped leads nowhere and is said to be none of the files; a field takes it as text."""
    page = visit.open()
    for kind in ("dragover", "drop"):
        assert page.evaluate(_DRAG, [kind, "text/uri-list", [], "#zone"])
    expect(page.locator("#notice")).to_contain_text("That is an address, not a file")
    page.locator(".more summary").click()
    assert not page.evaluate(_DRAG, ["drop", "text/uri-list", [], "[name=pin]"])
    visit.give(as_file("circles.png", draw_graphic()))
    visit.wait_for("done")
    expect(page.locator("#notice")).to_be_hidden()


def test_empty_folder(visit: Visit) -> None:
    """A folder without a file is said to hold none."""
    page = visit.open()
    page.evaluate(_EMPTY_FOLDER)
    page.evaluate(_DRAG, ["drop", "file", list(draw_graphic(3, (16, 16))), "#zone"])
    expect(page.locator("#notice")).to_contain_text("There is no file in what was dropped")
    expect(visit.rows()).to_have_count(0)


def test_text_with_its_picture(visit: Visit) -> None:
    """Text from a table, which brings its picture along, goes into the field; anywhere else the picture is taken."""
    page = visit.open()
    page.locator(".more summary").click()
    copied = ["paste", "file", list(draw_graphic(3, (16, 16)))]
    assert not page.evaluate(_DRAG, [*copied, "[name=pin]"])
    assert page.evaluate(_DRAG, [*copied, "body"])
    visit.wait_for("done")
    expect(visit.rows()).to_have_count(1)


def test_chosen_before_the_script(visit: Visit) -> None:
    """Files that are chosen while the script is still under way are taken once it is there."""
    page = visit.page
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/js/controller.js", hold)
    page.goto(f"{visit.origin}/compress.html", wait_until="commit")
    visit.give(as_file("circles.png", draw_graphic()))
    while not held:
        page.wait_for_timeout(20)
    held.pop().continue_()
    visit.wait_for("done")
    expect(visit.rows()).to_have_count(1)
