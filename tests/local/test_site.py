from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.site import create_app, is_public
from support.serving import get, serve

API = "http://localhost:8101"
STORAGE = "http://localhost:9199"


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Yield the port of a site with one page, one module, and what must not be served."""
    files = {
        "index.html": "<!doctype html>front",
        "compress.html": "<!doctype html>tool",
        "js/main.js": "export {};",
        "config.js": "left over",
        "package.json": "{}",
        ".npmrc": "secret",
        "node_modules/lib/index.js": "library",
        "notes.md": "notes",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    with serve(create_app(API, STORAGE, tmp_path)) as number:
        yield number


@pytest.mark.parametrize(
    ("path", "kind", "text"),
    [
        ("/", "text/html", "front"),
        ("/index.html", "text/html", "front"),
        ("/compress.html", "text/html", "tool"),
        ("/js/main.js", "text/javascript", "export"),
    ],
)
def test_public_files_are_served(port: int, path: str, kind: str, text: str) -> None:
    """Pages and modules come with their type; the bare address is the front page."""
    answer = get(port, path)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith(kind)
    assert text in answer.text


@pytest.mark.parametrize(
    "path",
    ["/package.json", "/.npmrc", "/node_modules/lib/index.js", "/notes.md", "/absent.html", "/js/", "/js",
     "/../site.py", "/%2e%2e/site.py", "/js/..%2f..%2fsite.py"],
)  # fmt: skip
def test_everything_else_is_absent(port: int, path: str) -> None:
    """What serves those who work on the page, what is absent, and what lies outside the folder is 404."""
    assert get(port, path).status == 404


def test_the_page_learns_where_the_api_is(port: int) -> None:
    """config.js is made for this machine, whatever file of that name lies in the folder."""
    answer = get(port, "/config.js")
    assert answer.text == 'window.AUTOK = {"api": "http://localhost:8101"};\n'
    assert answer.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("path", ["/", "/config.js", "/js/main.js", "/absent.html"])
def test_every_answer_is_guarded(port: int, path: str) -> None:
    """Every answer, refusals included, carries a policy that admits only this stack."""
    headers = get(port, path).headers
    policy = headers["content-security-policy"]
    assert f"connect-src 'self' {API} {STORAGE};" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_a_module_of_any_depth_is_public() -> None:
    """What matters is the kind of a file and that no part of its path is private."""
    assert is_public("demos/china.json")
    assert is_public("vendor/client-zip.js")
    assert not is_public("demos/.hidden.json")
    assert not is_public("vendor/module.wasm.map")
