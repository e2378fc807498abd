"""The life of a child: bounded, stripped of everything, one image, one answer, the end."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from autok.errors import AutokError
from service.logs import locate
from service.sandbox.messages import send, write_answer

Run = Callable[[Mapping[str, Any], bytes, Callable[[str], None]], tuple[dict[str, Any], Sequence[bytes]]]

MAX_OUTPUT: Final = 256 * 1024**2
"""Bytes that a child may write to anything."""

_ALL: Final = 0
_DATA: Final = 5
"""Columns of /proc/self/statm: pages of address space, and of data and stack."""
_GPUS: Final = "CUDA_VISIBLE_DEVICES"
"""The one variable that a child keeps: which GPUs it may open."""
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_NO_NEW_PRIVS: Final = 38


def live(
    run: Run, request: Mapping[str, Any], source: int, target: int, channel: socket.socket, helper: int
) -> NoReturn:
    """Do one job in a freshly forked process, and leave it without returning.

    Parameters
    ----------
    run : callable
        The job.
    request : mapping
        Its parameters, and under ``bounds`` the limits as `ChildLimits.as_bounds` gives them.
    source, target : int
        Descriptors of the memory that holds the image, and of that which takes the answer.
    channel : socket
        Takes the stages and the outcome.
    helper : int
        The parent's process id.
    """
    try:
        _isolate((source, target, channel.fileno()), helper)
        bound(**request["bounds"])
        outcome = _work(run, request, source, target, channel)
        send(channel, outcome)
    finally:
        # Whatever is wrong, nothing of the helper's may run here: no handlers, no buffers, no atexit.
        os._exit(0)


def _work(run: Run, request: Mapping[str, Any], source: int, target: int, channel: socket.socket) -> dict[str, Any]:
    try:
        with os.fdopen(source, "rb") as stream:
            data = stream.read()
        answer, files = run(request["job"], data, lambda stage: send(channel, {"stage": stage}))
        write_answer(target, answer, files)
    except AutokError as error:
        return {"error": error.code, "detail": error.public_message}
    except MemoryError:
        return {"memory": True}
    # SystemExit as well: some library's exit would otherwise look like an end without an answer.
    except BaseException as fault:
        return locate(fault)
    return {"done": True}


def _isolate(keep: tuple[int, ...], helper: int) -> None:
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    # The signal on the parent's death is not sent for one that died before it was asked for.
    if os.getppid() != helper:
        os._exit(1)
    # The helper's handlers are inherited, and would keep the signals from ending the child.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGALRM, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        # A decoder that prints would write into the service's log, or into whatever takes the number over.
        os.dup2(nothing, standard)
    start = 3
    for descriptor in sorted(keep):
        os.closerange(start, descriptor)
        start = descriptor + 1
    os.closerange(start, os.sysconf("SC_OPEN_MAX") if sys.platform != "linux" else _highest_descriptor() + 1)
    gpus = os.environ.get(_GPUS)
    # Whoever takes the child over by a damaged image is to find nothing worth taking.
    os.environ.clear()
    if gpus is not None:
        os.environ[_GPUS] = gpus


def _highest_descriptor() -> int:
    return max(int(each.name) for each in Path("/proc/self/fd").iterdir())


def bound(memory: int, cpu: int, wall: int, *, gpu: bool = False) -> None:
    """Bound this process: bytes above what it has, seconds of the processor, and seconds on the clock.

    Notes
    -----
    CUDA reserves address space for the memory of every GPU and of the machine, far beyond what it uses; beside it the
    bytes of data are bounded instead, which are what the process may write to and shares with nobody.
    """
    # A dump of memory would be a copy of the user's image on the disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # One second apart: SIGXCPU tells what happened, the hard limit's SIGKILL could be anything.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_OUTPUT, MAX_OUTPUT))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    if sys.platform == "linux":
        kind, column = (resource.RLIMIT_DATA, _DATA) if gpu else (resource.RLIMIT_AS, _ALL)
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[column])
        # The engine's libraries map hundreds of megabytes that the image is not to pay for.
        limit = pages * resource.getpagesize() + memory
        resource.setrlimit(kind, (limit, limit))
    # The helper's client keeps the same time and kills; this is for the case that it cannot.
    signal.setitimer(signal.ITIMER_REAL, wall + 1)
