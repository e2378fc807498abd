from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "infra" / "local" / "require.sh"


def require(tools: Path, *check: str) -> subprocess.CompletedProcess[str]:
    """Ask for the package ``tree``; programs in `tools` stand before the machine's own."""
    env = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
    return subprocess.run(
        [str(SCRIPT), "tree", "to draw folders", *check], env=env, capture_output=True, text=True, check=False
    )


def put(tools: Path, name: str, script: str) -> None:
    """Write a program."""
    program = tools / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_what_is_there_is_left_alone(tmp_path: Path) -> None:
    """A check that passes installs nothing and says nothing."""
    put(tmp_path, "apt-get", f"touch {tmp_path}/called")
    ended = require(tmp_path, "true")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert not (tmp_path / "called").exists()


def test_the_administrator_gets_it_installed(tmp_path: Path) -> None:
    """For root, a missing package is installed and the check made again."""
    put(tmp_path, "id", "echo 0")
    put(tmp_path, "apt-get", f'case "$*" in *"install -y"*tree) touch {tmp_path}/installed;; esac')
    ended = require(tmp_path, "test", "-e", str(tmp_path / "installed"))
    assert ended.returncode == 0
    assert "tree" in ended.stdout


@pytest.mark.parametrize(("user", "apt_get"), [("1000", "exit 0"), ("0", "exit 100"), ("0", "exit 0")])
def test_others_are_told_how(tmp_path: Path, user: str, apt_get: str) -> None:
    """Who cannot install it, or has no luck with it, gets status 1 and a sentence with the command."""
    put(tmp_path, "id", f"echo {user}")
    put(tmp_path, "apt-get", apt_get)
    ended = require(tmp_path, "false")
    assert ended.returncode == 1
    assert ended.stderr == "tree is needed to draw folders. On Debian and Ubuntu: sudo apt-get install tree\n"
