"""The engine as the child process runs it beside a GPU: the helper holds PyTorch loaded, and each child finds it there.

The GPU itself is opened by each child: what a process had begun with it does not outlive a fork.
"""

from __future__ import annotations

from service import engine
from service.engine import run

__all__ = ["run", "warm"]


def warm() -> None:
    """Load what every job needs, and PyTorch, without a call that would open the GPU."""
    engine.warm()
    import array_api_compat.torch  # noqa: F401
