"""The helper: loads the engine once, then forks a child for every job; ``python -m service.sandbox.helper``.

It has one thread and waits in one place, for orders and for children. Orders arrive on the descriptor given as
the first argument; the second names the module whose `warm` and `run` it uses.
"""

from __future__ import annotations

import contextlib
import importlib
import mmap
import os
import select
import signal
import socket
import sys
from pathlib import Path
from typing import Any, Final

from service.sandbox.child import Run, bound, live
from service.sandbox.messages import receive, send

_PROBE: Final = 64 * 1024**2
"""Bytes that a child asks for to see whether its limit, which is half of that, holds."""


class Helper:
    """The children that run now, and the channels on which their ends are told."""

    def __init__(self, orders: socket.socket, run: Run) -> None:
        self._orders = orders
        self._run = run
        self._jobs: dict[int, tuple[int, socket.socket]] = {}

    def serve(self) -> None:
        """Take orders until the other side is gone; then the children are killed."""
        bell, ringer = socket.socketpair()
        # Neither end may hold up the one thread: a full bell is rung already, an empty one was heard.
        bell.setblocking(False)
        ringer.setblocking(False)
        # Without a handler in Python the signal rings no bell: by default it is ignored.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(ringer.fileno(), warn_on_full_buffer=False)
        try:
            while True:
                ready, _, _ = select.select([self._orders, bell], [], [])
                if bell in ready:
                    with contextlib.suppress(BlockingIOError):
                        bell.recv(4096)
                    self._reap()
                if self._orders in ready and not self._obey():
                    return
        finally:
            for child in self._jobs:
                os.kill(child, signal.SIGKILL)

    def _obey(self) -> bool:
        order, descriptors = receive(self._orders, 3)
        if order is None:
            return False
        if "kill" in order:
            for child, (number, _) in self._jobs.items():
                if number == order["kill"]:
                    os.kill(child, signal.SIGKILL)
            return True
        source, target, channel = descriptors
        self._start(order, source, target, socket.socket(fileno=channel))
        return True

    def _start(self, order: dict[str, Any], source: int, target: int, channel: socket.socket) -> None:
        helper = os.getpid()
        try:
            child = os.fork()
        except OSError as fault:
            send(channel, {"refused": type(fault).__name__})
            channel.close()
        else:
            if child == 0:
                # The bell is shared with the helper, which a signal to the child would wake for nothing.
                signal.set_wakeup_fd(-1)
                live(self._run, order, source, target, channel, helper)
            self._jobs[child] = (order["number"], channel)
        os.close(source)
        os.close(target)

    def _reap(self) -> None:
        # Signals of one kind merge: one ring may stand for several ends.
        while self._jobs:
            child, status, usage = os.wait4(-1, os.WNOHANG)
            if child == 0:
                return
            _, channel = self._jobs.pop(child)
            cpu = usage.ru_utime + usage.ru_stime
            # The client may have given the job up and closed its end.
            with channel, contextlib.suppress(OSError):
                send(channel, {"ended": os.waitstatus_to_exitcode(status), "cpu": cpu, "rss": usage.ru_maxrss * 1024})


def count_threads() -> int:
    """Return the operating system's threads of this process."""
    return len(list(Path("/proc/self/task").iterdir())) if sys.platform == "linux" else 1


def holds_limits() -> bool:
    """Tell whether this system refuses memory to a child that is at its limit; not every container's kernel must."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            bound(memory=_PROBE // 2, cpu=5, wall=5)
            # Asked of the system itself: an array might lie in memory that this process has to spare.
            mmap.mmap(-1, _PROBE)
        except OSError:
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def main() -> int:
    """Load the engine, say so, and serve; whoever asked for it may be gone by then, which is no fault."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    orders = socket.socket(fileno=int(sys.argv[1]))
    with contextlib.suppress(ConnectionError):
        try:
            module = importlib.import_module(sys.argv[2])
            module.warm()
        except Exception as fault:
            send(orders, {"broken": f"{type(fault).__name__}: {fault}"[:500]})
            return 1
        if count_threads() > 1:
            why = f"{count_threads()} threads after warming; a forked child would wait for them for ever"
            send(orders, {"broken": why})
            return 1
        send(orders, {"ready": True, "bounded": holds_limits()})
        Helper(orders, module.run).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
