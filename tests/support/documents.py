"""The project's documents: the code that they show, the commands that they name, and what they point to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]

TARGETS = frozenset(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
"""What make's menu offers."""

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")


@dataclass(frozen=True, slots=True)
class Document:
    """One document."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        """The path below the root."""
        return str(self.path.relative_to(ROOT))

    def blocks(self, language: str) -> list[str]:
        """Return the blocks of code in a language; the empty one for those that name none."""
        return [code for named, code in _BLOCK.findall(self.text) if named == language]

    def commands(self) -> list[str]:
        """Return the commands of the shell's blocks, a line each, their comments left out."""
        lines = (line.partition(" #")[0].strip() for block in self.blocks("sh") for line in block.splitlines())
        return [line for line in lines if line]

    def inline(self) -> list[str]:
        """Return the code that stands within the text."""
        return [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", _BLOCK.sub("", self.text))]

    def links(self) -> Iterator[tuple[str, str]]:
        """Yield the paths that its links name, relative to it, and the headings; either may be empty."""
        yield from _LINK.findall(_BLOCK.sub("", self.text))

    def headings(self) -> set[str]:
        """Return the headings as links spell them."""
        found = re.findall(r"^#+ (.+)$", _BLOCK.sub("", self.text), re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


@cache
def read_document(name: str) -> Document:
    """Return a document by its path below the root."""
    return Document(ROOT / name, (ROOT / name).read_text("utf-8"))


def all_documents() -> list[Document]:
    """Return every document of the project, by path."""
    found = (path for pattern in ("*.md", "*/README.md", "infra/*/README.md") for path in ROOT.glob(pattern))
    return [read_document(str(path.relative_to(ROOT))) for path in sorted(found)]
