"""How a process that holds images is started."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from service.sandbox.launching import describe_command, describe_environment


def test_no_secret_is_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, credentials and whatever else the service knows stay behind; where things are goes along."""
    monkeypatch.setenv("AUTOK_SIGNING_KEY_FILE", "/secret")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/secret")
    monkeypatch.setenv("PATH", "/bin:/usr/bin")
    monkeypatch.setenv("OMP_NUM_THREADS", "64")
    environment = describe_environment()
    assert "/secret" not in environment.values()
    assert environment["PATH"] == "/bin:/usr/bin"
    assert not any(name.startswith(("AUTOK_", "GOOGLE_")) for name in environment)


def test_libraries_get_one_thread_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every library that could start threads is told not to, whatever the service itself was told."""
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "8")
    threads = {name: value for name, value in describe_environment().items() if name.endswith("_NUM_THREADS")}
    assert set(threads.values()) == {"1"}
    assert {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"} <= set(threads)


def test_a_module_in_the_working_folder_is_not_taken(tmp_path: Path) -> None:
    """The command runs a module by its name, though another of that name lies where it starts."""
    (tmp_path / "json.py").write_text("raise SystemExit(9)")
    command = describe_command("json.tool", "--compact")
    assert command[0] == sys.executable
    done = subprocess.run(
        command, input='{"a": 1}', cwd=tmp_path, env=describe_environment(), capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == {"a": 1}
