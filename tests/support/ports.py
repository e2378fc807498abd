"""Ports that nobody uses."""

from __future__ import annotations

import secrets

from local.ports import PortError, Ports, check_ports


def find_free_ports() -> Ports:
    """Return ports for a whole stack, all free at this moment.

    They lie below the range from which the kernel hands out ports by itself, so that no connection takes one meanwhile.
    """
    for _ in range(200):
        ports = Ports(12_000 + secrets.randbelow(18_000))
        try:
            check_ports(ports)
        except PortError:
            continue
        return ports
    raise AssertionError("no free ports found")
