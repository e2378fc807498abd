"""The engine on files and folders: ``autok``.

Exit status: 0 when every file is done, 1 when a file failed (said on stderr, the others go on), 2 for a wrong usage,
and for an interruption 128 and the signal's number, as shells count: 130 for SIGINT, 143 for SIGTERM.
"""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from autok.cli.batch import Job, Outcome, explain_fault, open_workshop, run
from autok.cli.figures import draw_bar, say, show_saving
from autok.cli.files import Input, describe_fault, find_inputs, name_apart, show_path, write_safely
from autok.cli.parser import build_parser, default_jobs, read_options, read_size
from autok.cli.receipts import check_receipt
from autok.cli.stopping import Stopped, stoppable
from autok.errors import DeviceError, OptionError
from autok.options import Options
from autok.units import format_bytes

if TYPE_CHECKING:
    from autok.pipeline import Workshop

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after the program's name; the default is the process's own.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A name that the terminal's encoding lacks is no reason to stop.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        with stoppable():
            return check_receipt(words[1:]) if words[:1] == ["verify"] else _compress(words)
    except KeyboardInterrupt as stop:
        with contextlib.suppress(OSError):
            say("autok: interrupted; every file is whole, and what was not begun is as it was.")
        return 128 + (stop.number if isinstance(stop, Stopped) else signal.SIGINT)
    except OSError as fault:
        # Whoever read the output has gone, or there is no room for it.
        with contextlib.suppress(OSError):
            if not isinstance(fault, BrokenPipeError):
                say(f"autok: {describe_fault(fault)}")
        _silence_output()
        return 1


def _silence_output() -> None:
    """Send what is left to print nowhere: flushed at the end, it would complain again."""
    with contextlib.suppress(AttributeError, OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _compress(words: Sequence[str]) -> int:
    parser = build_parser()
    given = parser.parse_args(words)
    count = given.jobs or default_jobs()
    try:
        options = read_options(given)
        largest = read_size("skip-larger-than", given.skip_larger_than)
        workshop = open_workshop(given.device, read_size("device-memory", given.device_memory), count)
    except (OptionError, DeviceError) as error:
        parser.error(str(error))
    if given.in_place and given.output is not None:
        parser.error("--in-place and --output exclude each other.")
    if "-" in given.inputs:
        if len(given.inputs) > 1 or given.in_place:
            parser.error("- (a pipe) goes with no other input and not with --in-place.")
        if largest is not None:
            parser.error("--skip-larger-than leaves files out of many; it does not go with - (a pipe).")
        return _pipe(options, given.output, workshop, as_json=given.json, dry_run=given.dry_run)
    inputs, complaints = find_inputs(given.inputs, recursive=given.recursive, output=given.output)
    for complaint in complaints:
        say(f"autok: {complaint}")
    small = [item for item in inputs if largest is None or _weigh(item) <= largest]
    jobs = [
        Job(item, options, given.output, given.in_place, given.dry_run, single=len(inputs) == 1 and not given.recursive)
        for item in (small if given.in_place else name_apart(small, beside=given.output is None))
    ]
    printer = _Printer(len(jobs), as_json=given.json, quiet=given.quiet, dry_run=given.dry_run)
    for outcome in run(jobs, min(count, max(1, len(jobs))), workshop):
        printer.show(outcome)
    printer.total(skipped=len(inputs) - len(small))
    return 1 if complaints or printer.failures else 0


def _weigh(item: Input) -> int:
    """Return a file's size; one that vanished counts as small, so that its job says so."""
    try:
        return item.path.stat().st_size
    except OSError:
        return 0


def _pipe(options: Options, output: str | None, workshop: Workshop | None, *, as_json: bool, dry_run: bool) -> int:
    from autok.pipeline import PROCESSOR, compress

    try:
        result, report = compress(_raw(sys.stdin).read(), options, workshop=workshop or PROCESSOR)
        if output is not None and not dry_run:
            write_safely(Path(output), result)
        elif not dry_run and not as_json:
            _raw(sys.stdout).write(result)
            _raw(sys.stdout).flush()
    except BrokenPipeError:
        raise
    except Exception as fault:
        error = explain_fault(fault)
        if as_json:
            print(json.dumps({"status": "failed", "input": {"name": "-"}, "error": error}))
        say(f"autok: {error['detail']}")
        return 1
    if as_json:
        print(json.dumps(report.content))
    return 0


def _raw(stream: TextIO | None) -> BinaryIO:
    if stream is None:
        raise OSError(errno.EBADF, "The pipe's end is closed")
    return stream.buffer


class _Printer:
    """Says what became of each file: lines or JSON on stdout, progress and failures on stderr."""

    def __init__(self, count: int, *, as_json: bool, quiet: bool, dry_run: bool) -> None:
        self.failures = 0
        self._count, self._as_json, self._quiet, self._dry_run = count, as_json, quiet, dry_run
        self._done = self._before = self._after = 0
        self._bar = count > 1 and sys.stderr is not None and sys.stderr.isatty() and not quiet
        self._draw()

    def show(self, outcome: Outcome) -> None:
        self._done += 1
        name = show_path(outcome.job.item.path)
        if self._bar:
            say("\r\x1b[K", end="")
        if self._as_json:
            print(json.dumps(outcome.report), flush=True)
        if outcome.failed:
            self.failures += 1
            say(f"autok: {name}: {outcome.report['error']['detail']}")
        else:
            before, after = outcome.report["input"]["bytes"], outcome.report["output"]["bytes"]
            self._before += before
            self._after += before if outcome.kept else after
            if not (self._as_json or self._quiet):
                print(_line(name, outcome), flush=True)
        self._draw()

    def _draw(self) -> None:
        if self._bar and self._done < self._count:
            say(f"{draw_bar(self._done, self._count)} {show_saving(self._before, self._after)}", end="")

    def total(self, *, skipped: int) -> None:
        if skipped and not self._quiet:
            say(f"autok: {skipped} larger than the given size were left out.")
        if self._done > 1 and not (self._as_json or self._quiet):
            verb = "would go" if self._dry_run else "went"
            sizes = f"{format_bytes(self._before)} to {format_bytes(self._after)}"
            print(f"{self._done - self.failures} files {verb} from {sizes}: {show_saving(self._before, self._after)}")


def _line(name: str, outcome: Outcome) -> str:
    report: dict[str, Any] = outcome.report
    if outcome.kept:
        smaller = report["output"]["bytes"] < report["input"]["bytes"]
        found = "what is smaller is of another format" if smaller else "nothing smaller was found"
        return f"{name}: left as it is; {found}"
    sizes = f"{format_bytes(report['input']['bytes'])} -> {format_bytes(report['output']['bytes'])}"
    target = f" {show_path(outcome.written)}" if outcome.written else ""
    saving = show_saving(report["input"]["bytes"], report["output"]["bytes"])
    return f"{name}: {sizes} ({saving}){target}\n  {report['why']}"
