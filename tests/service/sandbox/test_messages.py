"""What a child leaves for its parent to read."""

from __future__ import annotations

import os
import socket
import sys
from typing import Any

import pytest

from autok.errors import (
    CrashError,
)
from service.sandbox.messages import read_answer, receive, revive, send, write_answer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="children are forked and bounded on Linux alone")


def _written(*files: bytes, **answer: Any) -> int:
    descriptor = os.memfd_create("test")
    write_answer(descriptor, answer, files)
    return descriptor


def test_an_answer_is_read_as_it_was_written() -> None:
    """Head and files of any size, none included, come back as they went in."""
    assert read_answer(_written(b"", b"ab", colour="bleu é")) == ({"colour": "bleu é"}, (b"", b"ab"))


@pytest.mark.parametrize(
    "content",
    [b"", b"\0\0\0\4\0\0\0\1null", b"\xff" * 64, b"\0\0\0\x1e\0\0\0\1" + b'{"answer": {}, "sizes": [9999]}'],
)
def test_a_damaged_answer_is_a_crash(content: bytes) -> None:
    """Whatever a child leaves that is no answer is a crash, never a result."""
    descriptor = os.memfd_create("test")
    os.write(descriptor, content)
    with pytest.raises(CrashError, match="cannot be read"):
        read_answer(descriptor)


def test_an_unknown_error_becomes_a_crash() -> None:
    """A code that no error has is told as a crash with its sentence; a known one keeps its class."""
    assert type(revive("no such code", "words")) is CrashError
    assert str(revive("too_many_pixels", "64 of 63")) == "64 of 63"
    assert revive("too_many_pixels", "").as_dict()["code"] == "too_many_pixels"


def test_messages_stay_apart_and_bring_their_descriptors() -> None:
    """Two that were sent at once are received one by one, each with the open file that came with it."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with here, there:
        descriptor = os.memfd_create("test")
        os.write(descriptor, b"abc")
        send(here, {"number": 1}, [descriptor])
        send(here, {"number": 2})
        first, received = receive(there, 1)
        assert (first, receive(there)) == ({"number": 1}, ({"number": 2}, []))
        assert os.pread(received[0], 9, 0) == b"abc"
        os.close(received[0])
        os.close(descriptor)


def test_a_side_that_is_gone_is_no_message() -> None:
    """Its end is told as None, so that nobody waits for more."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with there:
        here.close()
        assert receive(there) == (None, [])


@pytest.mark.parametrize("body", [b"[1]", b"null", b"{", b"\xff"])
def test_what_is_no_object_is_no_message(body: bytes) -> None:
    """A child that was taken over can send anything; it is a ValueError, and nothing of it is used."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with here, there:
        here.send(body)
        with pytest.raises(ValueError, match=r".+"):
            receive(there)
