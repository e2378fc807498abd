"""What must hold of a file that the decoder is given, and a child process in which it is tried."""

from __future__ import annotations

import os
import random
import resource
import signal
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from autok.decoding import Limits, decode
from autok.errors import AutokError, EncodeError, InputError
from autok.options import Options
from fuzz.mutators import MUTATORS
from fuzz.seeds import make_seeds

MEMORY: Final = 512 * 1024**2
"""Bytes of address space that a case may add."""

PATIENCE: Final = 2.0
"""Seconds of the processor that a case may take."""

LIMITS: Final = Limits(max_pixels=4_000_000, max_side=8_192)
"""Smaller than in earnest, so that most cases are quick; a bomb stays one."""

_METADATA: Final = ("none", "copyright", "all")


class WrongError(Exception):
    """Something that must hold of every file did not."""


@dataclass
class Tally:
    """What became of the cases of a run."""

    verdicts: Counter[str] = field(default_factory=Counter)
    findings: list[tuple[str, int, str]] = field(default_factory=list)
    """Format, number and trouble of each case that is a finding."""
    slowest: float = 0.0
    """Seconds of the processor."""


@cache
def _seeds() -> dict[str, list[bytes]]:
    return make_seeds()


def make_case(kind: str, number: int) -> tuple[bytes, str]:
    """Return the file of a number, and the metadata to be kept; always the same for the same number."""
    rng = random.Random(f"{kind} {number}")
    data = rng.choice(_seeds()[kind])
    for _ in range(rng.choice((1, 1, 1, 2))):
        data = rng.choice(MUTATORS[kind])(rng, data)
    return data, rng.choice(_METADATA)


def judge(data: bytes, metadata: str) -> str:
    """Decode a file.

    Returns
    -------
    str
        ``picture`` or the code of the refusal.

    Raises
    ------
    WrongError
        When what comes out is no picture, a sentence is missing, or the kept original is none.
    """
    try:
        source = decode(data, LIMITS, metadata=metadata)
    except InputError as error:
        if not error.public_message.endswith("."):
            raise WrongError(f"no sentence: {error}") from error
        return error.code
    if source.image.mode not in ("RGB", "RGBA"):
        raise WrongError(f"mode {source.image.mode}")
    if source.original is not None:
        again = decode(source.original, LIMITS, metadata=metadata)
        if again.image.size != source.image.size:
            raise WrongError(f"the kept original has {again.image.size} instead of {source.image.size}")
    return "picture"


def judge_result(data: bytes, number: int) -> str:
    """Compress a file with options drawn from a number; like `judge`, of the whole engine."""
    from autok.pipeline import compress

    rng = random.Random(number)
    wish = {
        "format": rng.choice(("auto", "keep", "png", "jpeg", "webp")),
        "colors": rng.choice(("auto", 2, 17, 256)),
        "quality": rng.choice((20, 70, 95)),
        "dither": rng.choice(("auto", "none", 1)),
        "metadata": rng.choice(_METADATA),
    }
    try:
        result, report = compress(data, Options.parse(wish), limits=LIMITS)
    except AutokError as error:
        if not error.public_message.endswith(".") or not isinstance(error, InputError | EncodeError):
            raise WrongError(f"{error.code} with {wish}: {error}") from error
        return error.code
    source, output = decode(data, LIMITS), decode(result, LIMITS)
    if output.image.size != source.image.size:
        raise WrongError(f"{output.image.size} instead of {source.image.size} with {wish}")
    whole = source.original is not None and wish["format"] in ("auto", "keep") and wish["metadata"] == "none"
    if len(result) > len(data) and whole:
        raise WrongError(f"{len(result)} bytes from {len(data)} with {wish}")
    return f"result {report.content['output']['format']}"


def run_batch(kind: str, numbers: Sequence[int], *, compress_every: int = 0) -> Tally:
    """Try cases in a child of this process; a signal there is a finding, and the cases after it go on in another.

    Parameters
    ----------
    kind : str
        Format of the seeds.
    numbers : sequence of int
        Of the cases.
    compress_every : int
        Each case whose number this divides is given to the whole engine too; none by default.
    """
    tally, left = Tally(), list(numbers)
    while left:
        done = 0
        for line in _tell(kind, left, compress_every):
            verdict, seconds, trouble = line.split("\t", 2)
            tally.slowest = max(tally.slowest, float(seconds))
            tally.verdicts[verdict] += 1
            if verdict == "finding":
                tally.findings.append((kind, left[done], trouble))
            done += 1
        if done < len(left):
            tally.verdicts["finding"] += 1
            tally.findings.append((kind, left[done], "the process was ended by a signal"))
            done += 1
        left = left[done:]
    return tally


def _tell(kind: str, numbers: Sequence[int], compress_every: int) -> Iterator[str]:
    """Yield a line for each case that a child lives through."""
    _seeds()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _live(kind, numbers, compress_every, writer)
    os.close(writer)
    with os.fdopen(reader) as stream:
        for line in stream:
            if line.endswith("\n"):
                yield line.rstrip("\n")
    os.waitpid(child, 0)


def _live(kind: str, numbers: Sequence[int], compress_every: int, writer: int) -> None:
    try:
        size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
        # The decoders' libraries complain there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        for number in numbers:
            data, metadata = make_case(kind, number)
            signal.setitimer(signal.ITIMER_VIRTUAL, 10 * PATIENCE)
            start = time.process_time()
            try:
                verdict, trouble = judge(data, metadata), ""
                if compress_every and number % compress_every == 0:
                    verdict = judge_result(data, number)
            except BaseException as fault:
                frame = traceback.extract_tb(fault.__traceback__)[-1]
                where = f"{Path(frame.filename).name}:{frame.lineno}"
                verdict, trouble = "finding", f"{type(fault).__name__} at {where}: {fault}".replace("\n", " ")[:300]
            seconds = time.process_time() - start
            if seconds > PATIENCE:
                verdict, trouble = "finding", f"took {seconds:.1f} s"
            os.write(writer, f"{verdict}\t{seconds:.4f}\t{trouble}\n".encode(errors="replace"))
    finally:
        os._exit(0)
