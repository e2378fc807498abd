"""Engines that stand in for the real one: each misbehaves in one way when the job asks for it."""

from __future__ import annotations

import hashlib
import mmap
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from autok.errors import CorruptImageError, OptionError


def warm() -> None:
    """Nothing to load."""


def run(
    request: Mapping[str, Any], data: bytes, progress: Callable[[str], None]
) -> tuple[dict[str, Any], Sequence[bytes]]:
    """Do what ``request["do"]`` names; without it answer with the data reversed."""
    progress("decoding")
    return _DEEDS[request.get("do", "reverse")](request, data, progress)


def _reverse(request: Mapping[str, Any], data: bytes, progress: Callable[[str], None]) -> Any:
    progress("encoding")
    return {"length": len(data)}, [data[::-1], b"second"]


def _spin(*_: Any) -> Any:
    while True:
        pass


def _hang(*_: Any) -> Any:
    time.sleep(600)


def _bomb(*_: Any) -> Any:
    return {"length": len(bytearray(1 << 32))}, []


def _refuse(*_: Any) -> Any:
    raise CorruptImageError("The picture is damaged after 12 of 99 rows; save it anew.")


def _refuse_option(*_: Any) -> Any:
    raise OptionError("pin", "x", "colours")


def _fail(*_: Any) -> Any:
    raise ZeroDivisionError("secret.jpg")


def _segfault(*_: Any) -> Any:
    os.kill(os.getpid(), signal.SIGSEGV)


def _surroundings(*_: Any) -> Any:
    descriptors = sorted(int(each.name) for each in Path("/proc/self/fd").iterdir())
    return {"environment": dict(os.environ), "descriptors": descriptors, "pid": os.getpid(), "parent": os.getppid()}, []


def _reserve(*_: Any) -> Any:
    mmap.mmap(-1, 1 << 36, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 0)
    limits = {"space": resource.getrlimit(resource.RLIMIT_AS), "data": resource.getrlimit(resource.RLIMIT_DATA)}
    return {name: limit[0] for name, limit in limits.items()} | {"infinity": resource.RLIM_INFINITY}, []


def _lie(*_: Any) -> Any:
    return {}, [b"x" * 10]


def _orphan(request: Mapping[str, Any], data: bytes, progress: Callable[[str], None]) -> Any:
    progress(f"{os.getpid()} {os.getppid()}")
    time.sleep(600)


def _digest(request: Mapping[str, Any], data: bytes, progress: Callable[[str], None]) -> Any:
    return {"sha256": hashlib.sha256(data).hexdigest()}, [data]


_DEEDS: dict[str, Callable[..., Any]] = {
    "reverse": _reverse,
    "digest": _digest,
    "spin": _spin,
    "hang": _hang,
    "bomb": _bomb,
    "refuse": _refuse,
    "refuse option": _refuse_option,
    "fail": _fail,
    "abort": lambda *_: os.abort(),
    "segfault": _segfault,
    "exit": lambda *_: sys.exit(0),
    "leave": lambda *_: os._exit(0),
    "kill helper": lambda *_: os.kill(os.getppid(), signal.SIGKILL) or time.sleep(600),
    "surroundings": _surroundings,
    "orphan": _orphan,
    "reserve": _reserve,
}
