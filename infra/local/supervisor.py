"""Starts the whole stack on this machine, prints its one address, and takes it down again.

``python -m local.supervisor`` is what ``make run`` runs. What the parts print goes to ``.local/logs``.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import queue
import signal
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from local.keys import make_keys
from local.ports import PortError, Ports, check_ports
from local.processes import Exit, ProcessGroup
from local.stack import ROOT, Part, describe_parts, environment, origin

START_LIMIT = 60.0
"""Seconds after which a stack that does not listen is given up."""

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StackError(Exception):
    """The stack cannot start or go on; the text says why and what to do."""


def supervise(ports: Ports, data: Path) -> None:
    """Run the stack until a signal asks for its end.

    Parameters
    ----------
    ports : Ports
        Where the parts listen.
    data : Path
        Folder for objects, keys and logs; made when absent.

    Raises
    ------
    PortError
        When a port is taken.
    StackError
        When another stack uses the folder, or a part ends by itself.
    """
    with _lock(data):
        check_ports(ports)
        keys = make_keys(data / "keys")
        env = environment(ports, keys, os.environ)
        with ProcessGroup(data / "logs") as group:
            for number in STOP_SIGNALS:
                signal.signal(number, lambda caught, _: group.exits.put(signal.Signals(caught)))
            parts = describe_parts(ports, data, keys)
            for part in parts:
                group.start(part.name, part.command, env, ROOT)
            if _wait_until_listening(parts, group):
                print(origin(ports.page), flush=True)  # noqa: T201
                _wait_for_end(group)


def _lock(data: Path) -> IO[str]:
    """Return the open lock of a stack's folder; two stacks in one folder would undo each other's objects."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / "lock").open("w")
    except OSError as fault:
        raise StackError(
            f"The folder {data} cannot be used ({fault.strerror}). Choose one that can be written: make run DATA=..."
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise StackError(
            f"Another stack is running with the folder {data}. Stop it first, or give this one a folder of its own: "
            "make run DATA=..."
        ) from None
    return lock


def _wait_until_listening(parts: Sequence[Part], group: ProcessGroup) -> bool:
    """Return True once every part listens, False if a signal asks for the end before."""
    waiting = list(parts)
    deadline = time.monotonic() + START_LIMIT
    while waiting:
        if time.monotonic() > deadline:
            raise StackError(_complain(waiting[0].name, f"does not listen after {START_LIMIT:.0f} seconds", group))
        try:
            event = group.exits.get(timeout=0.02)
        except queue.Empty:
            waiting = [part for part in waiting if not _listens(part.port)]
        else:
            return _judge(event, group)
    return True


def _listens(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_for_end(group: ProcessGroup) -> None:
    _judge(group.exits.get(), group)


def _judge(event: Exit | signal.Signals, group: ProcessGroup) -> bool:
    """Return False for a signal, which is a wish; a part's end is a fault."""
    if isinstance(event, Exit):
        how = f"was ended by signal {-event.status}" if event.status < 0 else f"ended with status {event.status}"
        raise StackError(_complain(event.name, how, group))
    return False


def _complain(name: str, what: str, group: ProcessGroup) -> str:
    words = group.last_words(name)
    said = f" Its last words: {words}" if words else ""
    return f"The {name} {what}, so the stack stops. See {group.log_of(name)}.{said}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after the program's name; the default is the process's own.

    Returns
    -------
    int
        The exit status: 0 after a signal, 1 after a fault.
    """
    parser = argparse.ArgumentParser(prog="local.supervisor", description="Runs Auto-K on this machine.")
    parser.add_argument("--port", type=int, default=8080, help="port of the page; the others follow it; default 8080")
    parser.add_argument("--data", type=Path, default=ROOT / ".local", help="folder of the stack; default .local")
    given = parser.parse_args(arguments)
    try:
        supervise(Ports(given.port), given.data.absolute())
    except KeyboardInterrupt:
        return 0
    except (PortError, StackError) as problem:
        print(problem, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
