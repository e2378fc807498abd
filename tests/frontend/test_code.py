"""The page's own code: its types, its rules and its pure modules."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from support.node import ROOT, run_node

PAGES = ("index.html", "compress.html", "about.html")
TOOLS = ROOT / "frontend" / "node_modules"


def test_types() -> None:
    """The type checker finds no fault in the page's modules, under its strict rules."""
    done = run_node(str(TOOLS / "typescript" / "bin" / "tsc"), "-p", "frontend/tsconfig.json")
    assert done.returncode == 0, done.stdout + done.stderr


def test_rules() -> None:
    """The linter finds no fault in the page's modules and their tests."""
    program = str(TOOLS / "eslint" / "bin" / "eslint.js")
    done = run_node(program, "-c", "frontend/eslint.config.js", "--max-warnings=0", "frontend/js", "tests/frontend")
    assert done.returncode == 0, done.stdout + done.stderr


def test_pure_modules() -> None:
    """The pure modules pass their tests under Node's own runner."""
    tests = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests" / "frontend").glob("*.test.js"))
    done = run_node("--test", *tests)
    assert done.returncode == 0, done.stdout[-3000:]
    assert int(re.search(r"^\S* ?pass (\d+)$", done.stdout, re.MULTILINE)[1]) >= 50  # type: ignore[index]


class Markup(HTMLParser):
    """Gathers what a page refers to, and what a strict policy would refuse."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.refused: list[str] = []
        self._tag = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag = tag
        for name, value in attrs:
            if name in {"href", "src"} and value:
                self.addresses.append(value)
            if name == "style" or name.startswith("on"):
                self.refused.append(f"{tag} {name}")

    def handle_endtag(self, tag: str) -> None:
        self._tag = ""

    def handle_data(self, data: str) -> None:
        if self._tag in {"script", "style"} and data.strip():
            self.refused.append(f"{self._tag}: {data[:40]}")


def test_markup() -> None:
    """No page has an inline script or style, and every address is relative and names a file of the site."""
    made = {"config.js"}
    for page in PAGES:
        markup = Markup((ROOT / "frontend" / page).read_text())
        assert markup.refused == [], page
        for address in markup.addresses:
            path = address.split("#")[0]
            assert not re.match(r"[a-z]+:|/", path), address
            assert not path or path in made or (ROOT / "frontend" / path).is_file(), address


def test_licence() -> None:
    """The lock file names no registry, and what is shipped to readers is under a permissive licence."""
    lock = (ROOT / "frontend" / "package-lock.json").read_text()
    assert "resolved" not in lock
    assert "://" not in re.sub(r'"(url|funding)": (\{[^}]*\}|"[^"]*")', "", lock)
    assert '"license": "MIT"' in (TOOLS / "client-zip" / "package.json").read_text()


def test_file_sizes() -> None:
    """Every module has fewer than 300 lines."""
    modules: list[Path] = sorted((ROOT / "frontend" / "js").glob("*.js"))
    assert modules
    assert [path.name for path in modules if len(path.read_text().splitlines()) >= 300] == []
