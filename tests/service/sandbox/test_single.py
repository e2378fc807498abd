"""A process for each image, where there is no helper."""

from __future__ import annotations

import sys

import pytest

from autok.errors import (
    CorruptImageError,
    CrashError,
    MemoryLimitError,
    TimeLimitError,
)
from service.sandbox.single import ProcessSandbox
from service.settings import ChildLimits

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="children are forked and bounded on Linux alone")


def ignore(stage: str) -> None:
    """Take no notice of a stage."""


def test_other_systems_have_a_process_per_image() -> None:
    """Without a helper a job gets the same answer, and its refusals are told by the same errors."""
    single = ProcessSandbox(ChildLimits(memory=256 * 1024**2, cpu=20, wall=20), "support.engines")
    stages: list[str] = []
    answer = single.run({}, b"abc" * 100_000, stages.append)
    assert answer.content == {"length": 300_000}
    assert answer.files == (b"cba" * 100_000, b"second")
    assert stages == ["decoding"]
    for do, kind in (("refuse", CorruptImageError), ("bomb", MemoryLimitError), ("abort", CrashError)):
        with pytest.raises(kind):
            single.run({"do": do}, b"abc", ignore)


def test_a_process_per_image_is_killed_on_the_wall_clock() -> None:
    """A process that hangs is ended when its time is over."""
    with pytest.raises(TimeLimitError, match="longer than 1 s"):
        ProcessSandbox(ChildLimits(wall=1), "support.engines").run({"do": "hang"}, b"", ignore)
