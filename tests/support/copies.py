"""Writes anew what is kept as a copy of the code for those who read no Python: ``python -m support.copies``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from service.notices import notice_schema
from service.rules import rules_schema
from service.signing import cors_policy

ROOT = Path(__file__).parents[2]


def make_copies() -> dict[Path, str]:
    """Return the text of every copy by its path."""
    made: dict[str, Any] = {
        "function/service/rules.schema.json": rules_schema(),
        "function/service/notice.schema.json": notice_schema(),
        "infra/cors.json": {name: _rules(results=name == "results") for name in ("uploads", "results")},
    }
    return {ROOT / path: json.dumps(content, indent=2) + "\n" for path, content in made.items()}


def _rules(*, results: bool) -> list[dict[str, Any]]:
    """Return a bucket's CORS rules without the origin, which the deployment knows."""
    return [{key: each[key] for key in each if key != "origin"} for each in cors_policy([], results=results)]


if __name__ == "__main__":
    for path, text in make_copies().items():
        path.write_text(text, "utf-8")
        print(path.relative_to(ROOT))
