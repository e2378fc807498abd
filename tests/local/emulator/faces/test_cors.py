"""A bucket's CORS rules as browsers meet them."""

from __future__ import annotations

import pytest

from local.emulator.faces.cors import annotate_answer, answer_preflight

SITE = "https://site.example"
RULES = [
    {"origin": [SITE], "method": ["PUT"], "responseHeader": ["Content-Type", "x-goog-meta-a"], "maxAgeSeconds": 60}
]


def ask(headers: str = "", origin: str = SITE, method: str = "PUT") -> dict[str, str]:
    """Return the headers of a browser's question."""
    asked = {"origin": origin, "access-control-request-method": method}
    return asked | ({"access-control-request-headers": headers} if headers else {})


@pytest.mark.parametrize("headers", ["", "content-type", "Content-Type, X-Goog-Meta-A", "range,content-type"])
def test_what_the_rule_names_is_allowed(headers: str) -> None:
    """Origin, method and headers of the rule, in any spelling, and the simple headers beside them."""
    answer = answer_preflight(RULES, ask(headers))
    assert answer["access-control-allow-origin"] == SITE
    assert answer["access-control-allow-methods"] == "PUT"
    assert answer["access-control-max-age"] == "60"
    assert answer["vary"] == "Origin"
    asked = {part.strip().lower() for part in headers.split(",") if part}
    assert set(answer.get("access-control-allow-headers", "").split(",")) - {""} == asked


@pytest.mark.parametrize(
    "question",
    [
        ask(origin="https://other.example"),
        ask(origin=f"{SITE}:8080"),
        ask(origin="null"),
        ask(method="DELETE"),
        ask("content-type,x-goog-meta-b"),
        {"access-control-request-method": "PUT"},
    ],
)
def test_everything_else_gets_no_header(question: dict[str, str]) -> None:
    """Another origin, another method, one header more, or no origin: the answer allows nothing."""
    assert answer_preflight(RULES, question) == {}


def test_a_star_allows_all() -> None:
    """A rule with stars answers every origin alike, so that nothing varies."""
    answer = answer_preflight(
        [{"origin": ["*"], "method": ["*"], "responseHeader": ["*"]}], ask("x-any", "null", "GET")
    )
    assert answer["access-control-allow-origin"] == "*"
    assert answer["access-control-allow-headers"] == "x-any"
    assert "vary" not in answer


def test_an_answer_shows_the_headers_of_the_rule() -> None:
    """The page may read the rule's headers of an answer, and without a rule or an origin none."""
    shown = annotate_answer(RULES, "PUT", SITE)
    assert shown["access-control-expose-headers"] == "Content-Type,x-goog-meta-a"
    assert annotate_answer(RULES, "GET", SITE) == annotate_answer(RULES, "PUT", None) == {}
