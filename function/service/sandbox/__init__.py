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

from service.sandbox.client import Answer, Sandbox, Usage

__all__ = ["Answer", "Sandbox", "Usage"]
