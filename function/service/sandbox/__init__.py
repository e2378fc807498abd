"""A child process for every image, forked from a warmed helper, with hard limits.

::

    worker process            helper (one, engine loaded)        child (one an image)
    Sandbox.run  --request-->  fork  ------------------------->  limits, job
         ^                      |                                  |
         |<----- stages, then the length of the answer ------------+
         |<----- how it ended --+

Request and answer travel in anonymous memory, messages as JSON over a socket pair; nothing is ever unpickled. The
helper holds no state of any image. It is an executed process of its own, so that neither the threads nor the locks of
the server exist in it, and it ends when the server's end of the socket closes, however that happens.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from service.sandbox.outcomes import Answer, Usage

if TYPE_CHECKING:
    from service.sandbox.client import Sandbox
    from service.sandbox.single import ProcessSandbox
    from service.settings import ChildLimits

__all__ = ["Answer", "Usage", "open_sandbox"]


def open_sandbox(limits: ChildLimits, target: str = "service.engine") -> Sandbox | ProcessSandbox:
    """Return the sandbox for this system: children of a warmed helper on Linux, a process per image elsewhere.

    Parameters
    ----------
    limits : ChildLimits
        What one image may use.
    target : str
        Module whose `warm` and `run` do the work; the default is the engine.

    Returns
    -------
    Sandbox or ProcessSandbox
        Both have `run` and `close`.
    """
    if sys.platform == "linux":
        from service.sandbox.client import Sandbox

        return Sandbox(limits, target)
    from service.sandbox.single import ProcessSandbox

    return ProcessSandbox(limits, target)
