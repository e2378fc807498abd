"""The first numbered cases of the fuzzer, and what it once found."""

from __future__ import annotations

import os
import random
import signal
import sys
import zlib
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

import fuzz.judging
from fuzz.judging import run_batch
from fuzz.mutators import MUTATORS, mutate_jpeg, mutate_png, mutate_webp
from fuzz.seeds import make_seeds

CASES = 500


@pytest.mark.skipif(sys.platform != "linux", reason="cases run in a forked child with limits")
@pytest.mark.parametrize("kind", MUTATORS)
def test_damaged_files_end_in_a_picture_or_a_typed_refusal(kind: str) -> None:
    """No damaged file raises anything else, ends the process, or takes over 512 MB or two seconds of the processor."""
    # The cases' child is forked from a process without threads; this one has those of the runner.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        tally = pool.submit(run_batch, kind, range(CASES)).result()
    assert tally.findings == []
    assert tally.verdicts.total() == CASES
    assert 0 < tally.verdicts["picture"] < CASES


def test_mended_files_reach_behind_the_first_check() -> None:
    """After a change every PNG chunk has its right checksum, and most changes of JPEG and WebP files differ."""
    rng, seeds = random.Random(3), make_seeds()
    for _ in range(100):
        png = mutate_png(rng, seeds["png"][0])
        at = 8
        while at < len(png):
            size = int.from_bytes(png[at : at + 4], "big")
            assert zlib.crc32(png[at + 4 : at + 8 + size]) == int.from_bytes(png[at + 8 + size : at + 12 + size], "big")
            at += 12 + size
    assert len({mutate_jpeg(rng, seeds["jpeg"][0]) for _ in range(100)}) > 80
    assert len({mutate_webp(rng, seeds["webp"][1]) for _ in range(100)}) > 80


@pytest.mark.skipif(sys.platform != "linux", reason="cases run in a forked child with limits")
def test_what_goes_wrong_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """An untyped error and a signal are findings under the number of their case, and the cases after them go on."""
    calls = iter(range(100))

    def judge(data: bytes, metadata: str) -> str:
        at = next(calls)
        if at == 1:
            raise KeyError("key")
        if at == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return "picture"

    monkeypatch.setattr(fuzz.judging, "judge", judge)
    tally = run_batch("png", range(10, 14))
    assert [(case, trouble.partition(" at ")[0]) for _, case, trouble in tally.findings] == [
        (11, "KeyError"),
        (13, "the process was ended by a signal"),
    ]
    assert tally.verdicts == {"picture": 2, "finding": 2}
