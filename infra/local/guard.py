"""A process that outlives the supervisor by seconds, to end what the supervisor started.

It leads the process group of the whole stack and waits for the end of its standard input, whose other end only the
supervisor holds: however the supervisor ends, even by SIGKILL, the kernel closes that pipe. It imports almost nothing,
because it is started first and everything waits for it.
"""

from __future__ import annotations

import os
import signal
import sys
import time


def watch(grace: float) -> None:
    """Wait for the supervisor's end, then end the own process group, this process included.

    Parameters
    ----------
    grace : float
        Seconds between the request to end and the kill.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.write(1, b"\n")
    while os.read(0, 1):
        pass
    os.killpg(0, signal.SIGTERM)
    time.sleep(grace)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    watch(float(sys.argv[1]))
