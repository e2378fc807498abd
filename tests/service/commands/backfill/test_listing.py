"""What a backfill finds to do, and how it cuts a bucket up."""

from __future__ import annotations

import itertools

import pytest

from service.commands.backfill.listing import Page, find_ranges, read_pages
from service.reports import write_report
from service.settings import Settings
from support.memory_storage import MemoryStorage

SETTINGS = Settings("uploads", "results")


def read(storage: MemoryStorage, size: int = 1000, prefix: str = "") -> list[Page]:
    """Return the pages of everything under a prefix."""
    return list(read_pages(storage, SETTINGS, prefix, ("", ""), size))


def finish(storage: MemoryStorage, name: str, generation: int, status: str = "done") -> None:
    """Write a report as the worker does."""
    content = {"status": status, "source": {"bucket": "uploads", "name": name, "generation": str(generation)}}
    assert write_report(storage, "results", name, content, 0) is not None


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_only_what_has_no_final_report_of_its_generation_is_to_be_done(size: int) -> None:
    """Done, failed and skipped are finished; working, an older generation and none are not, in pages of any size."""
    storage = MemoryStorage()
    names = ["a", "a-b", "a.png", "a.png.b", "b", "c", "d/e", "ü"]
    generations = {name: storage.put("uploads", name, b"x") for name in names}
    for name, status in (("a", "done"), ("a-b", "failed"), ("a.png", "skipped"), ("b", "working"), ("ü", "done")):
        finish(storage, name, generations[name], status)
    finish(storage, "d/e", generations["d/e"] - 1)
    pages = read(storage, size)
    assert [upload.name for page in pages for upload in page.todo] == ["a.png.b", "b", "c", "d/e"]
    assert sum(page.counts["already"] for page in pages) == 4
    assert len({page.first for page in pages}) == len(pages)


@pytest.mark.parametrize("told", [{}, {"autok-source-generation": "\u00b2"}, {"autok-source-generation": "9" * 5000}])
def test_a_report_that_does_not_tell_its_generation_in_the_listing_is_read(told: dict[str, str]) -> None:
    """Where the metadata lacks it, or holds another thing, the report's own words count."""
    storage = MemoryStorage()
    generation = storage.put("uploads", "a", b"x")
    report = f'{{"status":"done","source":{{"generation":"{generation}"}}}}'.encode()
    storage.put("results", "a.autok.json", report, {"autok-status": "done", **told})
    assert read(storage)[0].counts == {"already": 1}


def test_what_is_no_upload_is_counted_by_its_reason() -> None:
    """Folders, rules files, names of reports and names too long are left out as the worker leaves their events out."""
    storage = MemoryStorage()
    for name in ("f/", "f/.autok.json", "f/x.autok.json", "f/" + "n" * 1020, "f/good.png"):
        storage.put("uploads", name, b"x", {"autok-Quality": "80"}, "image/png")
    (page,) = read(storage)
    assert page.counts == {
        "skipped:folder": 1,
        "skipped:rules_file": 1,
        "skipped:own_report": 1,
        "skipped:long_name": 1,
    }
    (upload,) = page.todo
    assert (upload.name, upload.size, upload.content_type) == ("f/good.png", 1, "image/png")
    assert upload.metadata == {"autok-quality": "80"}


def test_the_listing_costs_a_few_requests_a_page() -> None:
    """A hundred finished uploads of one page cost two listings and the few reports that sort behind it."""
    storage = MemoryStorage()
    for number in range(100):
        name = f"f/{number:03d}.png"
        finish(storage, name, storage.put("uploads", name, b"x"))
    storage.log.clear()
    assert read(storage)[0].counts == {"already": 100}
    assert sorted(verb for verb, _, _ in storage.log if verb != "list") == ["pages", "pages", "stat"]


@pytest.mark.parametrize(
    "names",
    [
        [f"IMG_{number:04d}.jpg" for number in range(300)],
        [f"photos/2025/{number % 12:02d}/{number}.jpg" for number in range(290)] + ["z"],
        [f"{number:x}" * 9 for number in range(250)],
        [f"äöü/{number}" for number in range(200)] + [f"a{number}" for number in range(50)],
        ["a" * number for number in range(1, 30)] + ["a/" + "b" * number for number in range(1, 20)],
    ],
    ids=["one folder", "skewed", "hashes", "unicode", "prefixes"],
)
def test_ranges_cover_every_name_once(names: list[str]) -> None:
    """However the names are, the ranges lie side by side, each holds some, and none holds most where names allow it."""
    storage = MemoryStorage()
    for name in names:
        storage.put("uploads", name, b"x")
    ranges = find_ranges(storage, "uploads", "", 8, size=10)
    held = [
        [upload.name for page in read_pages(storage, SETTINGS, "", each) for upload in page.todo] for each in ranges
    ]
    assert list(itertools.chain.from_iterable(held)) == sorted(names)
    assert len(ranges) == 8
    assert all(held)
    assert max(map(len, held)) < 0.75 * len(names)


def test_a_small_bucket_is_one_range() -> None:
    """What fits on a page is not cut, nor is nothing, nor what one worker does alone."""
    storage = MemoryStorage()
    assert find_ranges(storage, "uploads", "", 8) == [("", "")]
    for number in range(30):
        storage.put("uploads", f"{number}", b"x")
    assert find_ranges(storage, "uploads", "", 8) == [("", "")]
    assert find_ranges(storage, "uploads", "", 1, size=10) == [("", "")]


def test_ranges_stay_below_their_prefix() -> None:
    """Names outside of the prefix are in no page, though the ranges are open at their ends."""
    storage = MemoryStorage()
    for number in range(40):
        storage.put("uploads", f"{'abc'[number % 3]}/{number:02d}", b"x")
    ranges = find_ranges(storage, "uploads", "b/", 4, size=5)
    found = [
        upload.name for each in ranges for page in read_pages(storage, SETTINGS, "b/", each) for upload in page.todo
    ]
    assert len(ranges) == 4
    assert found == sorted(f"b/{number:02d}" for number in range(1, 40, 3))
