"""The page's own look at a file, run by Node."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.node import run_node

DEFAULT_LIMITS = {"bytes": 33_554_432, "pixels": 64_000_000, "side": 16_384}


@pytest.fixture
def identify() -> Callable[..., list[dict[str, Any]]]:
    """Return a function that gives what the page takes files for, or why it refuses them."""

    def run(*paths: Path, limits: dict[str, int] = DEFAULT_LIMITS) -> list[dict[str, Any]]:
        done = run_node("tests/frontend/identify.js", json.dumps(limits), *map(str, paths))
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run
