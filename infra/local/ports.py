"""The ports of the stack: all derived from the page's, all on the loopback interface."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from dataclasses import dataclass

HIGHEST_PAGE_PORT = 65_535 - 1119


class PortError(Exception):
    """A port cannot be used; the text says which, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where each part of the stack listens."""

    page: int
    """The static site; 8080 unless the user says otherwise."""

    def __post_init__(self) -> None:
        """Check that every derived port exists."""
        if not 1 <= self.page <= HIGHEST_PAGE_PORT:
            raise PortError(
                f"PORT is {self.page}; it takes a whole number from 1 to {HIGHEST_PAGE_PORT}, so that the ports that "
                "follow it exist."
            )

    @property
    def api(self) -> int:
        """The HTTP function."""
        return self.page + 21

    @property
    def worker(self) -> int:
        """The function that events are sent to."""
        return self.page + 22

    @property
    def tinify(self) -> int:
        """The function for programs that speak Tinify's API."""
        return self.page + 23

    @property
    def storage(self) -> int:
        """The storage emulator."""
        return self.page + 1119

    def __iter__(self) -> Iterator[tuple[str, int]]:
        """Yield what listens and where."""
        yield "the page", self.page
        yield "the API", self.api
        yield "the worker", self.worker
        yield "Tinify's API", self.tinify
        yield "the storage", self.storage


def check_ports(ports: Ports) -> None:
    """Check that nothing else listens on the stack's ports.

    Parameters
    ----------
    ports : Ports
        Those that are about to be opened.

    Raises
    ------
    PortError
        For the first port that is taken or may not be opened.
    """
    for purpose, port in ports:
        for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            reason = _refusal(family, host, port)
            if reason is not None:
                raise PortError(
                    f"Port {port}, where {purpose} would listen, {reason}. Choose another start, such as "
                    f"`make run PORT={_alternative(ports.page)}`, and every port follows it."
                )


def _refusal(family: socket.AddressFamily, host: str, port: int) -> str | None:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # As servers do: a connection that lingers from the last run takes no port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            return "is taken by another program"
        if problem.errno in (errno.EACCES, errno.EPERM):
            return "is reserved for the administrator"
    # Any other fault means that the machine has no such interface (IPv6 is often absent), so nothing can collide.
    return None


def _alternative(page: int) -> int:
    return page + 1000 if 1024 <= page <= HIGHEST_PAGE_PORT - 1000 else 8080
