"""Bucket CORS, as the XML API applies it.

What real Cloud Storage sends with an error is not documented; nothing is sent here, so that a page that
works against the emulator depends on no such header.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

_SIMPLE_HEADERS: Final = frozenset({"accept", "accept-language", "content-language", "range"})


def answer_preflight(rules: Sequence[Mapping[str, Any]], headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that answer a preflight request.

    Parameters
    ----------
    rules : sequence of mapping
        The bucket's ``cors`` configuration.
    headers : mapping
        The request's headers, names in lower case.

    Returns
    -------
    dict
        Empty when no rule allows the origin, the method and every header asked for.
    """
    method = headers.get("access-control-request-method", "")
    asked = {part.strip().lower() for part in headers.get("access-control-request-headers", "").split(",")}
    rule = _find_rule(rules, headers.get("origin"), method)
    allowed = {str(name).lower() for name in rule.get("responseHeader") or ()} if rule else set()
    if rule is None or not ("*" in allowed or asked - {""} - _SIMPLE_HEADERS <= allowed):
        return {}
    answer = {
        **_allow_origin(rule, headers["origin"]),
        "access-control-allow-methods": ",".join(rule.get("method") or ()),
        "access-control-max-age": str(rule.get("maxAgeSeconds", 3600)),
    }
    if asked - {""}:
        answer["access-control-allow-headers"] = ",".join(sorted(asked - {""}))
    return answer


def annotate_answer(rules: Sequence[Mapping[str, Any]], method: str, origin: str | None) -> dict[str, str]:
    """Return the headers that a successful answer to `method` from `origin` carries; none without a rule."""
    rule = _find_rule(rules, origin, method)
    if rule is None or origin is None:
        return {}
    exposed = ",".join(str(name) for name in rule.get("responseHeader") or ())
    return _allow_origin(rule, origin) | ({"access-control-expose-headers": exposed} if exposed else {})


def _find_rule(rules: Sequence[Mapping[str, Any]], origin: str | None, method: str) -> Mapping[str, Any] | None:
    if origin is None:
        return None
    for rule in rules:
        origins, methods = rule.get("origin") or (), rule.get("method") or ()
        if (origin in origins or "*" in origins) and (method in methods or "*" in methods):
            return rule
    return None


def _allow_origin(rule: Mapping[str, Any], origin: str) -> dict[str, str]:
    if "*" in (rule.get("origin") or ()):
        return {"access-control-allow-origin": "*"}
    return {"access-control-allow-origin": origin, "vary": "Origin"}
