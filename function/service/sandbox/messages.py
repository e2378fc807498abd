"""What travels between the processes: JSON messages over a socket, and an answer in anonymous memory."""

from __future__ import annotations

import array
import json
import os
import socket
import struct
from collections.abc import Mapping, Sequence
from typing import Any, Final

from autok.errors import AutokError, CrashError, OptionError

MAX_MESSAGE: Final = 64 * 1024
"""Bytes of one message; the socket keeps messages apart."""

_MOST: Final = 1 << 30
_HEAD: Final = struct.Struct(">II")


def send(channel: socket.socket, message: Mapping[str, Any], descriptors: Sequence[int] = ()) -> None:
    """Send one message, with open descriptors if any."""
    body = json.dumps(message).encode()
    ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
    channel.sendmsg([body], ancillary)


def receive(channel: socket.socket, descriptors: int = 0) -> tuple[dict[str, Any] | None, list[int]]:
    """Receive one message and at most so many descriptors; None when the other side is gone.

    Raises
    ------
    TimeoutError
        As the channel's timeout says.
    ValueError
        When the message is no JSON object; a child that was taken over can send anything.
    """
    if descriptors:
        body, received, _, _ = socket.recv_fds(channel, MAX_MESSAGE, descriptors)
    else:
        body, received = channel.recv(MAX_MESSAGE), []
    if not body:
        return None, received
    message = json.loads(body)
    if not isinstance(message, dict):
        raise ValueError("a message is an object")
    return message, received


def write_answer(descriptor: int, answer: Mapping[str, Any], files: Sequence[bytes]) -> None:
    """Write an answer: the lengths of its head and of the list of sizes, both as JSON, then the files."""
    head = json.dumps({"answer": answer, "sizes": [len(file) for file in files]}).encode()
    with os.fdopen(os.dup(descriptor), "wb") as stream:
        stream.write(_HEAD.pack(len(head), len(files)))
        stream.write(head)
        for file in files:
            stream.write(file)


def read_answer(descriptor: int) -> tuple[dict[str, Any], tuple[bytes, ...]]:
    """Read what `write_answer` wrote.

    Raises
    ------
    CrashError
        When the memory holds anything else.
    """
    with os.fdopen(os.dup(descriptor), "rb") as stream:
        stream.seek(0)
        content = stream.read(_MOST)
    try:
        length, count = _HEAD.unpack_from(content)
        head = json.loads(content[_HEAD.size : _HEAD.size + length])
        sizes = head["sizes"]
        place, files = _HEAD.size + length, []
        for each in sizes:
            files.append(content[place : place + each])
            place += each
        # A child that was taken over can name any sizes: negative ones, or more than there is.
        if len(files) != count or place != len(content) or not isinstance(head["answer"], dict):
            raise ValueError("the sizes do not add up")
    except (struct.error, ValueError, KeyError, TypeError, RecursionError) as fault:
        raise CrashError(
            "The image's process left an answer that cannot be read; the image was not compressed."
        ) from fault
    return head["answer"], tuple(files)


def revive(code: str, detail: str) -> AutokError:
    """Return the error that a child described by its code and its sentence."""
    classes: list[type[AutokError]] = [AutokError]
    for kind in classes:
        classes.extend(kind.__subclasses__())
    kind = next((each for each in classes if each.code == code), CrashError)
    # The constructors take what the child knew, numbers and names; the sentence made of them is here already.
    error = kind.__new__(kind)
    error.args = (detail,)
    if isinstance(error, OptionError):
        error.option = ""
    return error
