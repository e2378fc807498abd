"""A group of processes that ends as one, however its owner ends."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

GRACE = 2.0
"""Seconds that processes have to end by themselves once they are asked to."""


@dataclass(frozen=True, slots=True)
class Exit:
    """A process of the group that has ended."""

    name: str
    status: int
    """The exit status; negative for the number of the signal that ended it."""


class ProcessGroup:
    """Processes that are started together and never outlive their owner.

    Parameters
    ----------
    logs : Path
        Folder for what the processes print, a file each; made when absent.
    """

    def __init__(self, logs: Path) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self._logs = logs
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.exits: queue.SimpleQueue[Exit | signal.Signals] = queue.SimpleQueue()
        """What happened, in order: ends of processes, and whatever signals the owner puts there."""
        # -I and -S: the guard needs neither the environment nor site-packages, and all else waits for it.
        command = [sys.executable, "-I", "-S", str(Path(__file__).with_name("guard.py")), str(GRACE)]
        self._guard = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, process_group=0
        )
        assert self._guard.stdout is not None
        # Until the guard stands, a kill of the owner would leave what it had started behind.
        self._guard.stdout.readline()
        self._watch("guard", self._guard)

    def start(self, name: str, command: Sequence[str], env: Mapping[str, str], cwd: Path) -> None:
        """Start one process.

        Parameters
        ----------
        name : str
            Of the process; its output goes to ``NAME.log``.
        command : sequence of str
            Program and arguments.
        env : mapping
            Its whole environment.
        cwd : Path
            The folder it starts in.
        """
        with self.log_of(name).open("wb") as log:
            process = subprocess.Popen(  # noqa: S603
                command,
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # One group, so that a signal reaches the children of these processes too.
                process_group=self._guard.pid,
            )
        self._processes[name] = process
        self._watch(name, process)

    def log_of(self, name: str) -> Path:
        """Return the file that holds what a process has printed.

        Parameters
        ----------
        name : str
            Of the process.

        Returns
        -------
        Path
        """
        return self._logs / f"{name}.log"

    def last_words(self, name: str) -> str:
        """Return the last line that a process printed.

        Parameters
        ----------
        name : str
            Of the process.

        Returns
        -------
        str
            Empty where it printed nothing.
        """
        with contextlib.suppress(OSError):
            lines = self.log_of(name).read_text(errors="replace").strip().splitlines()
            return lines[-1].strip()[:300] if lines else ""
        return ""

    def stop(self) -> None:
        """End every process: ask, wait for at most `GRACE` seconds, kill what is left."""
        self._signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for process in self._processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
        self._signal(signal.SIGKILL)
        for process in self._processes.values():
            process.wait()
        with self._guard:
            self._guard.wait()

    def __enter__(self) -> Self:
        """Return the group itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop every process."""
        self.stop()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._guard.pid, number)

    def _watch(self, name: str, process: subprocess.Popen[bytes]) -> None:
        def wait() -> None:
            self.exits.put(Exit(name, process.wait()))

        threading.Thread(target=wait, name=f"wait for {name}", daemon=True).start()
