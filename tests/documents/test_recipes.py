"""What CONTRIBUTING tells to touch exists, and holds the example that is named."""

from __future__ import annotations

import re
from typing import Final

import pytest

from support.copies import make_copies
from support.documents import ROOT, read_document

GUIDE: Final = read_document("CONTRIBUTING.md")
RECIPES: Final = {
    "To add an option": "dither",
    "To add a format that is written": "avif",
    "To add a metric": "delta.?e",
}
PATH: Final = re.compile(r"`((?:function|frontend|infra|tests)/[\w./-]+|[A-Z]+\.md)`")


def section(title: str) -> str:
    """Return what stands beneath a heading of the guide."""
    return GUIDE.text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_every_file_that_is_named_exists() -> None:
    """Each path in the guide is one of the tree."""
    named = PATH.findall(GUIDE.text)
    assert len(named) > 30
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize(("title", "example"), RECIPES.items())
def test_a_recipe_leads_to_its_example(title: str, example: str) -> None:
    """Each file of a recipe's table deals with the example, by its name or in its text."""
    files = [PATH.match(line.removeprefix("| "))[1] for line in section(title).splitlines() if line.startswith("| `")]
    assert len(files) > 5
    strangers = [each for each in files if not re.search(example, each + (ROOT / each).read_text(), re.IGNORECASE)]
    assert strangers == []


def test_the_recipe_for_a_format_forgets_no_code() -> None:
    """No module of the engine names a format as a value without standing in the recipe, save one that asks for it."""
    named = set(PATH.findall(section("To add a format that is written")))
    paths = (ROOT / "function/autok").rglob("*.py")
    holders = {str(path.relative_to(ROOT)) for path in paths if '"avif"' in path.read_text()}
    assert holders - named == {"function/autok/decoding/pictures.py"}


def test_copies_are_up_to_date() -> None:
    """``make copies`` would change nothing."""
    assert [str(path) for path, text in make_copies().items() if path.read_text("utf-8") != text] == []


def test_decisions_stand_in_the_order_of_their_days() -> None:
    """Every row of the decisions has a day, a decision and a reason, the oldest first."""
    rows = re.findall(r"^\| (\d{4}-\d\d-\d\d) \| (.+) \| (.+) \|$", section("Decisions"), re.MULTILINE)
    assert len(rows) > 10
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
