"""How a process that holds images is started: this interpreter, an environment without secrets, one thread."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

_FOLDERS: Final = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TEMP")
_KEPT: Final = (*_FOLDERS, "LANG", "LC_ALL", "TZ", "CUDA_VISIBLE_DEVICES")
_THREADS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")


def describe_command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs a module with this interpreter; the working folder is not searched for it."""
    return [sys.executable, "-P", "-m", module, *arguments]


def describe_environment() -> dict[str, str]:
    """Return the environment: where things are, one thread for every library, and nothing of the service's."""
    kept = {key: os.environ[key] for key in _KEPT if key in os.environ}
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(dict.fromkeys([root, *filter(None, sys.path)]))
    # A library that starts threads on loading would leave every forked child with locks that nobody releases.
    return kept | dict.fromkeys(_THREADS, "1") | {"PYTHONPATH": path}
