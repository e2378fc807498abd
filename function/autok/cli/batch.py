"""Many files over all cores: each in a process of its own kind, so that one bad file never takes the others along."""

from __future__ import annotations

import errno
import multiprocessing
import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autok.cli.files import Input, describe_fault, destination, write_safely
from autok.cli.stopping import follow_parent, held
from autok.devices import CPU, open_device
from autok.errors import AutokError, CrashError
from autok.options import Options

if TYPE_CHECKING:
    from autok.pipeline import Workshop

_LOOK = 0.2
"""Seconds after which an interruption is seen at the latest."""

_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Job:
    """One file and what to do with it."""

    item: Input
    options: Options
    output: str | None
    in_place: bool
    dry_run: bool
    single: bool
    """Whether it is the only input, so that ``-o`` may name a file."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file."""

    job: Job
    report: dict[str, Any]
    """The report; where the file failed it holds ``status`` failed and ``error``."""
    written: Path | None = None
    """The file that was written; None where none was."""
    kept: bool = False
    """Whether the file is left as it is, with no result beside it; in a dry run, whether it would be."""

    @property
    def failed(self) -> bool:
        """Whether the file failed."""
        return bool(self.report["status"] == "failed")


def open_workshop(device: str, memory: int | None, batch: int) -> Workshop | None:
    """Return the GPU that was asked for; None where the processor does all.

    Raises
    ------
    DeviceError
        If a GPU is asked for and there is none.
    """
    opened = open_device(device)
    if opened is CPU:
        return None
    from autok.pipeline import Workshop

    return Workshop(opened, memory, batch, always=device != "auto")


def run(jobs: Sequence[Job], processes: int, workshop: Workshop | None = None) -> Iterator[Outcome]:
    """Yield the outcome of every job as it ends; in order where one process is enough.

    Where a GPU is shared, threads take the place of processes.

    A process that dies breaks the pool: the jobs it leaves behind are run again, each in a process of its own, so
    that only the one at fault fails.
    """
    if workshop is not None and workshop.is_shared:
        yield from _run_in_threads(jobs, processes, workshop)
        return
    if processes == 1 or len(jobs) == 1:
        yield from map(compress_file, jobs)
        return
    os.environ.update(_ONE_THREAD)
    orphans: list[Job] = []
    yield from _run_in_pool(jobs, min(processes, len(jobs)), orphans)
    for job in sorted(orphans, key=lambda orphan: orphan.item.path):
        yield _run_alone(job)


def _run_in_pool(jobs: Sequence[Job], processes: int, orphans: list[Job]) -> Iterator[Outcome]:
    """Yield the outcomes of a pool; the jobs that a process which died leaves behind are added to `orphans`."""
    waiting = deque(jobs)
    pending: dict[Future[Outcome], Job] = {}
    pool = _pool(processes)
    try:
        with held() as check:
            while waiting or pending:
                check()
                found = wait(pending, timeout=_LOOK, return_when=FIRST_COMPLETED).done
                done = [(future, pending.pop(future)) for future in found]
                # A pool begins what it was handed, even after an interruption: it gets no more than it can work on.
                while waiting and len(pending) < processes:
                    job = waiting.popleft()
                    try:
                        pending[pool.submit(compress_file, job)] = job
                    except BrokenProcessPool:
                        orphans.append(job)
                for future, job in done:
                    try:
                        yield future.result()
                    except BrokenProcessPool:
                        orphans.append(job)
    finally:
        # After an interruption what runs ends in good order, and what waits is not begun.
        pool.shutdown(cancel_futures=True)


def compress_file(job: Job, workshop: Workshop | None = None) -> Outcome:
    """Compress one file and write its result; every expected failure is an outcome, never an exception."""
    from autok.pipeline import PROCESSOR, compress

    path = job.item.path
    try:
        data = path.read_bytes()
        result, report = compress(data, job.options, name=path.name, workshop=workshop or PROCESSOR)
        place = _place(job, data, result, report.content)
        written = None if job.dry_run else place
        if written is not None:
            write_safely(written, result)
    except Exception as fault:
        return failure(job, explain_fault(fault))
    return Outcome(job, report.content, written, kept=place is None)


def _run_in_threads(jobs: Sequence[Job], threads: int, workshop: Workshop) -> Iterator[Outcome]:
    """Work on several pictures at once in this process: the GPU is for one while the processor is for others."""
    pool = ThreadPoolExecutor(threads)
    try:
        for future in as_completed([pool.submit(compress_file, job, workshop) for job in jobs]):
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def explain_fault(fault: Exception) -> dict[str, Any]:
    """Return what went wrong with one picture, as a report says it."""
    if isinstance(fault, AutokError):
        return fault.as_dict()
    if isinstance(fault, OSError):
        code, title, detail = "file_error", "The file could not be read or written", describe_fault(fault)
    elif isinstance(fault, MemoryError):
        code, title, detail = "memory_limit", "The image needs too much memory", "Fewer processes (-j) may help."
    else:
        code, title = "crashed", "The image could not be compressed"
        detail = f"The engine failed with {type(fault).__name__}; the file was left as it is."
    return {"code": code, "title": title, "detail": detail, "retryable": False}


def failure(job: Job, error: dict[str, Any]) -> Outcome:
    """Return the outcome of a file that failed."""
    return Outcome(job, {"status": "failed", "input": {"name": job.item.path.name}, "error": error})


def _place(job: Job, data: bytes, result: bytes, report: dict[str, Any]) -> Path | None:
    """Return where a result belongs; None where the file is to be left as it is."""
    output_format = report["output"]["format"]
    if job.in_place:
        if len(result) >= len(data) or output_format != report["input"]["format"]:
            return None
        return job.item.path
    if job.output is None and len(result) >= len(data):
        return None
    path = destination(job.item, job.output, output_format, single=job.single)
    if path.exists() and path.samefile(job.item.path):
        raise FileExistsError(
            errno.EEXIST, "The result would take the place of its original; name another folder, or use --in-place"
        )
    return path


def _pool(processes: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn"), initializer=follow_parent)


def _run_alone(job: Job) -> Outcome:
    with _pool(1) as pool:
        try:
            return pool.submit(compress_file, job).result()
        except BrokenProcessPool:
            return failure(
                job, CrashError("The process that held the file died; the file was left as it is.").as_dict()
            )
