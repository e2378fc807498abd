"""What runs by itself, before a commit and after a push, is what a contributor runs by hand."""

from __future__ import annotations

import re
import shlex
import tomllib
from typing import Any, Final

import yaml

from supply.wheels import PYTHONS
from support.documents import ROOT, TARGETS

WORKFLOW: Final[dict[str, Any]] = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
STEPS: Final = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]
HOOKS: Final = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]


def test_every_step_is_a_target_of_the_menu() -> None:
    """The workflow runs nothing but make, and lint and test are among it."""
    targets = [step["run"].removeprefix("make ") for step in STEPS if "run" in step]
    assert {"lint", "test", "audit-packages", "audit-infra"} <= set(targets) <= TARGETS


def test_every_supported_python_is_tested() -> None:
    """The Pythons of the workflow are those whose wheels are looked for, and the first is the oldest one allowed."""
    pythons = WORKFLOW["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert pythons == list(PYTHONS)
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"] == f">={pythons[0]}"


def test_foreign_steps_cannot_change_by_themselves() -> None:
    """What comes from elsewhere is named by its commit, and the whole workflow may only read."""
    foreign = [step["uses"] for step in STEPS if "uses" in step]
    assert foreign
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", name) for name in foreign)
    assert WORKFLOW["permissions"] == {"contents": "read"}


def test_every_hook_calls_what_make_installed() -> None:
    """A hook runs a program of the environment, on tests that there are, or looks for a pattern."""
    for hook in HOOKS:
        program, *words = shlex.split(hook["entry"]) if hook["language"] == "system" else [None]
        assert program is None or program.startswith(".venv/bin/"), hook["id"]
        assert all((ROOT / word).exists() for word in words if "/" in word), hook["id"]
