"""A whole stack, started as ``make run`` starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from local.ports import Ports
from local.stack import ROOT, origin
from support.life import descendants

START_LIMIT = 60.0
"""Seconds; a stack takes about two, but tests share their processors."""


@dataclass(frozen=True, slots=True)
class RunningStack:
    """A stack that is up."""

    ports: Ports
    data: Path
    """Its folder: keys, logs, objects."""
    supervisor: subprocess.Popen[str]
    first_line: str
    """What it printed when it was up."""

    @property
    def page_url(self) -> str:
        """Origin of the page."""
        return origin(self.ports.page)

    @property
    def api_url(self) -> str:
        """Origin of the API."""
        return origin(self.ports.api)

    @property
    def storage_url(self) -> str:
        """Origin of the storage emulator."""
        return origin(self.ports.storage)

    @property
    def logs(self) -> Path:
        """Folder of what the parts print."""
        return self.data / "logs"

    @property
    def token(self) -> str:
        """The bearer token of the storage's JSON API and its local endpoints."""
        return (self.data / "keys" / "token").read_text()

    @property
    def processes(self) -> list[int]:
        """Every process below the supervisor."""
        return descendants(self.supervisor.pid)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """End the supervisor; return its status and what else it printed to its two outputs."""
        self.supervisor.send_signal(number)
        return self.wait()

    def wait(self) -> tuple[int, str, str]:
        """Wait for the supervisor's end; return its status and what else it printed to its two outputs."""
        output, errors = self.supervisor.communicate(timeout=30)
        return self.supervisor.returncode, output, errors


def launch(ports: Ports, data: Path) -> subprocess.Popen[str]:
    """Start a supervisor and return at once."""
    command = [sys.executable, "-m", "local.supervisor", "--port", str(ports.page), "--data", str(data)]
    env = {**os.environ, "PYTHONPATH": f"{ROOT / 'function'}:{ROOT / 'infra'}"}
    return subprocess.Popen(command, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def start_stack(ports: Ports, data: Path) -> RunningStack:
    """Start a stack and wait until it says its address."""
    supervisor = launch(ports, data)
    # A supervisor that hangs is ended, which ends the wait for its line.
    alarm = threading.Timer(START_LIMIT, supervisor.terminate)
    alarm.start()
    assert supervisor.stdout is not None
    line = supervisor.stdout.readline()
    alarm.cancel()
    if not line:
        _, errors = supervisor.communicate(timeout=30)
        raise AssertionError(f"the stack did not start: {errors}")
    return RunningStack(ports, data, supervisor, line)
