"""A process per image, for systems that have no anonymous memory or message sockets: slower, and no less separate.

Started as ``python -m service.sandbox.single MODULE FOLDER``; the folder holds ``order`` and ``image``, and takes
``answer``. What is said goes to standard output, one JSON object a line.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from autok.errors import AutokError
from service.logs import locate
from service.sandbox.launching import describe_command, describe_environment
from service.sandbox.messages import read_answer, write_answer
from service.sandbox.outcomes import Answer, Usage, explain, succeeded
from service.settings import ChildLimits


class ProcessSandbox:
    """Runs each job in a process that loads the engine anew; parameters and errors as in `Sandbox`."""

    def __init__(self, limits: ChildLimits, target: str = "service.engine") -> None:
        self._limits = limits
        self._target = target

    def start(self) -> None:
        """Nothing waits for jobs here."""

    def close(self) -> None:
        """Nothing is left between jobs."""

    def run(self, job: Mapping[str, Any], data: bytes, progress: Callable[[str], None]) -> Answer:
        """Do one job; of the stages only the first is told. See `Sandbox.run`."""
        start = time.monotonic()
        progress("decoding")
        with tempfile.TemporaryDirectory(prefix="autok-") as name:
            folder = Path(name)
            order = {"bounds": self._limits.as_bounds(), "job": job}
            (folder / "order").write_text(json.dumps(order), encoding="utf-8")
            (folder / "image").write_bytes(data)
            outcome, code = self._execute(name)
            if not succeeded(outcome, code):
                raise explain(outcome, code, self._limits)
            with (folder / "answer").open("rb") as stream:
                content, files = read_answer(stream.fileno())
        return Answer(content, files, Usage(0.0, 0, time.monotonic() - start))

    def _execute(self, folder: str) -> tuple[dict[str, Any], int]:
        try:
            done = subprocess.run(  # noqa: S603 - this interpreter, and arguments of our own
                describe_command("service.sandbox.single", self._target, folder),
                env=describe_environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self._limits.wall,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return {"late": True}, -1
        return _last_line(done.stdout), done.returncode


def _last_line(said: bytes) -> dict[str, Any]:
    lines = said.splitlines()
    try:
        message = json.loads(lines[-1]) if lines else {}
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}


def _bound(memory: int, cpu: int, wall: int, *, gpu: bool) -> None:
    del wall
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
        kind = resource.RLIMIT_DATA if gpu else resource.RLIMIT_AS
        # What was loaded before the job lies in the address space as well, and nobody has measured it here.
        resource.setrlimit(kind, (memory + 1024**3, memory + 1024**3))


def main() -> int:
    """Do one job."""
    module, folder = importlib.import_module(sys.argv[1]), Path(sys.argv[2])
    order = json.loads((folder / "order").read_text(encoding="utf-8"))
    try:
        module.warm()
        _bound(**order["bounds"])
        answer, files = module.run(order["job"], (folder / "image").read_bytes(), lambda _: None)
        with (folder / "answer").open("wb") as stream:
            write_answer(stream.fileno(), answer, files)
        outcome: dict[str, Any] = {"done": True}
    except AutokError as error:
        outcome = {"error": error.code, "detail": error.public_message}
    except MemoryError:
        outcome = {"memory": True}
    except Exception as fault:
        outcome = dict(locate(fault))
    # On a line of its own, whatever a library has printed before it.
    sys.stdout.write("\n" + json.dumps(outcome) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
