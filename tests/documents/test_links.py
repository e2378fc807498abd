"""What the documents point to is there."""

from __future__ import annotations

import pytest

from support.documents import Document, all_documents, read_document


@pytest.mark.parametrize("document", all_documents(), ids=lambda document: document.name)
def test_every_link_arrives(document: Document) -> None:
    """Every link within the project names a file that there is, and a heading that stands in it."""
    for path, heading in document.links():
        target = (document.path.parent / path).resolve() if path else document.path
        assert target.exists(), f"{document.name} points to {path}"
        if heading:
            page = target / "README.md" if target.is_dir() else target
            assert heading in Document(page, page.read_text("utf-8")).headings(), f"{path}#{heading}"


def test_the_readme_keeps_its_order() -> None:
    """A newcomer's questions are answered in the order in which they come up, and the first command is near."""
    readme = read_document("README.md")
    order = ["Quick start", "Architecture", "How K is chosen", "What others do", "Ways to use it", "Options"]
    order += ["Cost and permissions", "Limits, and what it does not do", "Development", "Licence"]
    assert [line[3:] for line in readme.text.splitlines() if line.startswith("## ")] == order
    assert readme.text.splitlines().index("```sh") < 20
