"""What a child leaves for its parent to read."""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest

from autok.errors import (
    CrashError,
)
from service.sandbox.messages import read_answer, revive, write_answer

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
