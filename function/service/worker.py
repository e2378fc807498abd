r"""One event from its parsing to its acknowledgement; however often it comes, in whatever order, beside whom it may.

The report is the lock and the commit record. Its life at one source generation::

    (absent, or of an older generation)
        | written as working, attempt 1
        v
    working --- died: its signs of life stop, the next delivery writes attempt n + 1
        |  \--- ended by a fault of the storage: given back as it was found, and the fault is raised
        v
    done, failed or skipped: final; every further delivery is acknowledged

Each arrow is a write under the precondition that nobody else has written since; who loses reads again and decides anew.
To return is to acknowledge; to raise is to ask for the event to come again.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from autok.errors import AutokError, BusyError, NotFoundError, PoisonError, StorageError
from autok.options import Options
from service.cost import estimate_cost
from service.events import Upload
from service.heartbeat import Heartbeat
from service.names import PAGE_PREFIX, name_preview, name_report
from service.reports import (
    FINAL,
    ReportState,
    begin_report,
    fail_report,
    read_report,
    show_time,
    skip_report,
    write_report,
)
from service.results import (
    File,
    describe_preview,
    every_name,
    find_results,
    give_filename,
    put_object,
    put_result,
    remove_objects,
)
from service.rules import NO_RULE, Rule, find_rule, folders_of, merge_options
from service.sandbox import Answer
from service.settings import Settings
from service.skips import Skipped, judge_bytes, judge_error, judge_upload
from service.storage import Storage

_TRIES: Final = 5


class Engine(Protocol):
    """Whatever turns a job and bytes into an answer; the sandbox in earnest."""

    def run(self, job: Mapping[str, Any], data: bytes, progress: Callable[[str], None]) -> Answer:
        """See `service.sandbox.Sandbox.run`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an event ended that is acknowledged."""

    code: str
    """``done``, ``failed``, ``skipped``, ``already``, ``superseded`` or ``gone``."""
    error: str | None = None
    """Code of the error, or reason of the skip, where the report names one."""
    report: Mapping[str, Any] | None = None
    """The final report, where there is one at this generation; its readers may have to be told of it."""
    peak_bytes: int | None = None
    bounded: bool | None = None
    """Whether the sandbox's memory limit was seen to hold; None where no child was at work."""


@dataclass(frozen=True, slots=True)
class _Job:
    """What every step of one delivery needs."""

    upload: Upload
    storage: Storage
    engine: Engine
    settings: Settings
    clock: Callable[[], float]

    @property
    def results(self) -> str:
        return self.settings.results_bucket

    def write(self, content: Mapping[str, Any], expected: int) -> ReportState | None:
        return write_report(self.storage, self.results, self.upload.name, content, expected)


def process(
    upload: Upload, *, storage: Storage, engine: Engine, settings: Settings, clock: Callable[[], float] = time.time
) -> Outcome:
    """Compress one upload, or find that this is not to be done.

    Parameters
    ----------
    upload : Upload
    storage : Storage
    engine : Engine
    settings : Settings
    clock : callable
        Seconds since 1970, the same for all instances: the age of a report is told by it.

    Returns
    -------
    Outcome
        The event is acknowledged.

    Raises
    ------
    StorageError
        A fault of the storage; the attempt does not count.
    BusyError
        Another copy of the event is being worked on, or no child process can be had.
    """
    job = _Job(upload, storage, engine, settings, clock)
    found = _claim(job)
    if isinstance(found, Outcome):
        return found
    before, working = found
    try:
        return _work(job, before, working)
    except AutokError as fault:
        if fault.retryable:
            _give_back(job, working)
        raise


def _claim(job: _Job) -> Outcome | tuple[ReportState, ReportState]:
    """Write the report as working; return it with the one that was there, or why there is nothing to do."""
    for _ in range(_TRIES):
        state = read_report(job.storage, job.results, job.upload.name)
        same = state.source_generation == job.upload.generation
        if state.source_generation > job.upload.generation:
            keep = set(state.results) if state.status in ("done", "skipped") else set()
            names = tuple(name for name in every_name(job.upload.name) if name not in keep)
            remove_objects(job.storage, job.results, job.upload, names)
            return Outcome("superseded")
        if same and state.status in FINAL:
            return Outcome("already", report=state.content)
        if same and state.attempt and state.age(job.clock()) < job.settings.lease:
            # Not 200: to acknowledge is to promise a result, and the copy at work may still die. A 503 costs a later
            # delivery, which finds the finished report; an early 200 would cost the image.
            raise BusyError("Another copy of this event is being worked on; it comes again.")
        # An attempt is counted before it begins: one that kills its whole process could not count itself afterwards.
        attempt = state.attempt + 1 if same else 1
        content = begin_report(job.upload, attempt, secrets.token_hex(8), state.results, job.clock())
        working = job.write(content, state.generation)
        if working is not None:
            return state, working
    raise StorageError("The report changes faster than it can be written; the event comes again.")


def _work(job: _Job, before: ReportState, working: ReportState) -> Outcome:
    rule, options = NO_RULE, None
    beat = Heartbeat(working, job.write, job.clock)
    try:
        if working.attempt > job.settings.max_attempts:
            raise PoisonError(
                f"All {job.settings.max_attempts} attempts on this image died; saving it anew with another program may "
                "help."
            )
        rule = find_rule(job.storage, job.upload)
        skipped = judge_upload(job.upload, rule, job.settings.input_limits.max_bytes)
        if skipped is not None:
            return _skip(job, working, rule, skipped)
        job.settings.input_limits.check_bytes(job.upload.size)
        options = merge_options(rule, job.upload.metadata)
        data = job.storage.read(job.upload.bucket, job.upload.name, job.upload.generation)
        if data is None:
            return _leave(job, before, working)
        job.settings.input_limits.check_bytes(len(data))
        skipped = judge_bytes(job.upload, data, find_results(job.storage, job.results, job.upload, working.results))
        if skipped is not None:
            return _skip(job, working, rule, skipped)
        answer = job.engine.run(_describe(job, options), data, beat)
    except AutokError as error:
        if error.retryable:
            raise
        skipped = judge_error(job.upload, error)
        if skipped is not None:
            return _skip(job, beat.state, rule, skipped)
        content = fail_report(beat.state.content, error, options.as_dict() if options else None, job.clock())
        remove_objects(job.storage, job.results, job.upload, working.results)
        content = {**content, **rule.as_report(), "replaces": []}
        return _commit(job, beat.state, content, Outcome("failed", error.code, content))
    return _deliver(job, beat, rule, answer)


def _skip(job: _Job, working: ReportState, rule: Rule, skipped: Skipped) -> Outcome:
    """Commit that an upload is left alone; of earlier results only one that holds its very bytes stays."""
    keep = [name for name in working.results if name == skipped.result]
    remove_objects(job.storage, job.results, job.upload, tuple(name for name in working.results if name not in keep))
    content = skip_report(working.content, skipped.as_dict(), job.clock())
    content = {**content, **rule.as_report(), "replaces": keep}
    return _commit(job, working, content, Outcome("skipped", skipped.reason, content))


def _describe(job: _Job, options: Options) -> dict[str, Any]:
    return {
        "options": options.as_dict(),
        "limits": job.settings.input_limits.as_dict(),
        "name": give_filename(job.upload),
        "preview": job.upload.name.startswith(PAGE_PREFIX),
    }


def _deliver(job: _Job, beat: Heartbeat, rule: Rule, answer: Answer) -> Outcome:
    """Write the result, remove what it replaces, and commit the report, in this order."""
    working = beat.state
    report = dict(answer.content["report"])
    output = dict(report["output"])
    file = File(answer.files[0], output["format"], output["content_type"], rule.cache_control)
    name = put_result(job.storage, job.results, job.upload, file)
    if name is None:
        return Outcome("superseded")
    made = [name]
    if len(answer.files) > 1:
        preview = describe_preview(answer.files[1])
        made.append(name_preview(job.upload.name, preview.data))
        if put_object(job.storage, job.results, job.upload, made[1], preview):
            report["preview"] = made[1]
    replaced = tuple(each for each in working.results if each not in made)
    remove_objects(job.storage, job.results, job.upload, replaced)
    report |= {
        "status": "done",
        "attempt": working.attempt,
        "updated": show_time(job.clock()),
        "source": working.content["source"],
        "output": {**output, "name": name},
        "cost": _price(job, report, answer, beat.writes),
        **rule.as_report(),
    }
    usage = answer.usage
    outcome = Outcome("done", report=report, peak_bytes=usage.peak_bytes, bounded=usage.bounded)
    return _commit(job, working, report, outcome, tuple(made))


def _price(job: _Job, report: Mapping[str, Any], answer: Answer, ticks: int) -> dict[str, float | str]:
    return estimate_cost(
        answer.usage.wall_seconds,
        vcpu=job.settings.vcpu,
        gib=job.settings.memory_gib,
        bytes_in=int(report["input"]["bytes"]),
        bytes_out=len(answer.files[0]),
        writes=3 + len(answer.files) + ticks,
        reads=4 + (0 if job.upload.name.startswith(PAGE_PREFIX) else len([*folders_of(job.upload.name)])),
    )


def _commit(
    job: _Job, state: ReportState, content: Mapping[str, Any], outcome: Outcome, made: tuple[str, ...] = ()
) -> Outcome:
    """Write the final report over the working one, or over that of another copy that works at the same generation."""
    for _ in range(_TRIES):
        if job.write(content, state.generation) is not None:
            return outcome
        state = read_report(job.storage, job.results, job.upload.name)
        # A report that is gone was deleted by its user, who wants no result to come back.
        if state.generation == 0 or state.source_generation > job.upload.generation:
            spare = tuple(name for name in made if name not in state.results)
            remove_objects(job.storage, job.results, job.upload, spare)
            return Outcome("gone" if state.generation == 0 else "superseded")
        if state.source_generation == job.upload.generation and state.status in FINAL:
            return Outcome("already", report=state.content)
    raise StorageError("The report changes faster than it can be written; the event comes again.")


def _leave(job: _Job, before: ReportState, working: ReportState) -> Outcome:
    """Put everything back as it was before an upload that was deleted or overwritten before it could be read."""
    gone = Outcome("gone")
    if before.source_generation != job.upload.generation and before.status in FINAL:
        return _commit(job, working, before.content, gone)
    if working.results:
        error = NotFoundError("The upload was deleted or replaced before it was compressed; upload it again.")
        return _commit(job, working, fail_report(working.content, error, None, job.clock()), gone)
    remove_objects(job.storage, job.results, job.upload, every_name(job.upload.name))
    job.storage.delete(job.results, name_report(job.upload.name), working.generation)
    return gone


def _give_back(job: _Job, working: ReportState) -> None:
    """Undo the claim after a fault that says nothing about the image, so that it does not count as an attempt."""
    with contextlib.suppress(StorageError):
        state = read_report(job.storage, job.results, job.upload.name)
        # The lease may have run out meanwhile, and the report be another copy's claim.
        if state.content.get("run") == working.content["run"]:
            content = {**working.content, "attempt": working.attempt - 1, "updated": None, "stage": "waiting"}
            job.write(content, state.generation)
