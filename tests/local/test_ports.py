from __future__ import annotations

import socket

import pytest

from local.ports import HIGHEST_PAGE_PORT, PortError, Ports, check_ports


def test_every_port_follows_the_page() -> None:
    """The page's port fixes the others by constant distances."""
    assert [port for _, port in Ports(8080)] == [8080, 8101, 8102, 8103, 9199]


@pytest.mark.parametrize("port", [0, -1, HIGHEST_PAGE_PORT + 1, 65_536])
def test_a_port_without_room_above_is_refused(port: int) -> None:
    """A page port from which a derived one would not exist is refused with the range."""
    with pytest.raises(PortError, match=str(HIGHEST_PAGE_PORT)):
        Ports(port)


@pytest.mark.parametrize("taken", [0, 1, 2, 3, 4])
def test_a_taken_port_is_named_with_the_cure(free_ports: Ports, taken: int) -> None:
    """Whichever port is taken, the sentence names it and how to choose others."""
    port = [port for _, port in free_ports][taken]
    with socket.create_server(("127.0.0.1", port)), pytest.raises(PortError) as refusal:
        check_ports(free_ports)
    assert f"Port {port}," in str(refusal.value)
    assert f"PORT={free_ports.page + 1000}" in str(refusal.value)


def test_free_ports_pass(free_ports: Ports) -> None:
    """Ports on which nothing listens are accepted, and left free."""
    check_ports(free_ports)
    check_ports(free_ports)
