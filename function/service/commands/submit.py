"""``autok-cloud submit FILE...``: sends files to a service, waits if asked to, and saves what comes back."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from autok.cli.figures import draw_bar, say, show_saving
from autok.cli.files import Input, describe_fault, destination, name_apart, show_path, write_safely
from autok.cli.parser import add_options, read_options
from autok.errors import OptionError
from autok.options import Options
from autok.units import format_bytes
from service.client import Client, ClientError

LOCAL: Final = "http://localhost:8101"
"""The API of the local stack, as ``make run`` starts it."""
REDRAW: Final = 0.2
"""Seconds between two pictures of the progress bar."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done with every file."""

    api: str
    key: str | None
    options: Options
    wait: bool
    output: str | None
    timeout: float
    single: bool
    """Whether there is one file only, so that ``-o`` may name a file."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of one file."""

    path: Path
    said: dict[str, Any]
    """The service's answer with the ``id``; under ``error`` what went wrong here or there."""
    written: Path | None = None

    @property
    def error(self) -> str | None:
        """The sentence on what went wrong, where something did."""
        error = self.said.get("error")
        return str(error["detail"]) if error else None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the command's words."""
    add = parser.add_argument
    add("files", nargs="+", type=Path, metavar="FILE", help="images to send")
    add("-w", "--wait", action="store_true", help="wait for every result and say what was saved")
    add("-o", "--output", metavar="PATH", help="folder, or for one file the file, to save results in; waits for them")
    add("--api", default=os.environ.get("AUTOK_API") or LOCAL, metavar="URL",
        help=f"the service; default AUTOK_API, else {LOCAL}")  # fmt: skip
    add("--key", default=os.environ.get("AUTOK_ACCESS_KEY"), metavar="KEY",
        help="access key; default AUTOK_ACCESS_KEY, which no list of processes shows")  # fmt: skip
    add("--timeout", type=_seconds, default=300.0, metavar="S", help="seconds to wait for a result; default 300")
    add("-j", "--jobs", type=_count, default=4, metavar="N", help="files on their way at once; default 4")
    add("--json", action="store_true", help="print the service's answer for each file as one JSON line")
    add_options(parser)
    parser.set_defaults(run=lambda given: run(given, parser))


def run(given: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Send images to a service, and wait for the results if asked to."""
    try:
        options = read_options(given)
    except OptionError as error:
        parser.error(str(error))
    if not given.api.startswith(("http://", "https://")):
        parser.error(f"--api is {given.api!r}; it takes an address such as {LOCAL}")
    waits = given.wait or given.output is not None
    order = Order(given.api, given.key, options, waits, given.output, given.timeout, len(given.files) == 1)
    screen, halt = _Screen(given.files, as_json=given.json, waits=waits), threading.Event()
    pool = ThreadPoolExecutor(min(given.jobs, len(given.files)))
    try:
        # Of files of one name in two folders the results would else meet, and one of them lie over an original.
        items = name_apart([Input(path, Path(path.name or "image")) for path in given.files], beside=False)
        open_ = {pool.submit(send, item, order, screen.stages, halt): item.path for item in items}
        while open_:
            done, _ = wait(open_, timeout=REDRAW, return_when="FIRST_COMPLETED")
            for future in done:
                screen.show(_finish(future, open_.pop(future)))
            screen.draw()
    except KeyboardInterrupt:
        say("autok-cloud: interrupted; what was sent is worked on all the same.")
        return 130
    finally:
        # First: the shutdown waits for threads, and these may be in the middle of a long pause.
        halt.set()
        pool.shutdown(cancel_futures=True)
    return screen.close()


def send(item: Input, order: Order, stages: dict[Path, str], halt: threading.Event) -> Ending:
    """Send one file, and do with its result what was ordered; every expected failure is an ending.

    Parameters
    ----------
    item : Input
        With the place of its result below the folder that ``-o`` names.
    order : Order
    stages : dict
        Gets the file's stage whenever it changes.
    halt : Event
        Ends every pause, and with it the work on the file.
    """

    def pause(seconds: float) -> None:
        if halt.wait(seconds):
            raise ClientError("It was interrupted.")

    path = item.path
    try:
        data = path.read_bytes()
        with Client(order.api, order.key, pause) as client:
            stages[path] = "uploading"
            address = client.upload(path.name, data, order.options.as_dict())
            known = {"id": address.rpartition("/")[2], "result": order.api.rstrip("/") + address}
            if not order.wait:
                return Ending(path, {**known, "status": "pending"})
            said = client.wait(address, lambda stage: stages.__setitem__(path, stage), order.timeout)
            written = None
            if order.output is not None and said["status"] == "done":
                stages[path] = "downloading"
                written = _save(
                    item, order, client.download(said["download"]["url"]), said["report"]["output"]["format"]
                )
            return Ending(path, {**known, **said}, written)
    except ClientError as error:
        return _fail(path, str(error))
    except OSError as fault:
        return _fail(path, describe_fault(fault))


def _save(item: Input, order: Order, data: bytes, kind: str) -> Path:
    target = destination(item, order.output, kind, single=order.single)
    if target.exists() and target.samefile(item.path):
        raise FileExistsError(0, "The result would take the place of its original; name another folder")
    write_safely(target, data)
    return target


def _finish(future: Future[Ending], path: Path) -> Ending:
    fault = future.exception()
    return future.result() if fault is None else _fail(path, f"An unexpected fault ({type(fault).__name__}).")


def _fail(path: Path, detail: str) -> Ending:
    return Ending(path, {"status": "failed", "error": {"code": "not_sent", "detail": detail}})


class _Screen:
    """Says what became of each file: lines or JSON on stdout, progress and failures on stderr."""

    def __init__(self, paths: Sequence[Path], *, as_json: bool, waits: bool) -> None:
        self.stages: dict[Path, str] = {}
        self._count, self._as_json, self._waits = len(paths), as_json, waits
        self._done = self._failed = self._before = self._after = 0
        self._bar = sys.stderr.isatty()

    def show(self, ending: Ending) -> None:
        """Print the line of one file."""
        self._done += 1
        self.stages.pop(ending.path, None)
        self._clear()
        if self._as_json:
            print(json.dumps({"file": show_path(ending.path), **ending.said}), flush=True)
        if ending.error is not None:
            self._failed += 1
            say(f"autok-cloud: {show_path(ending.path)}: {ending.error}")
        elif not self._as_json:
            print(f"{show_path(ending.path)}: {self._describe(ending)}", flush=True)

    def draw(self) -> None:
        """Draw the progress bar with the stages of what is on its way."""
        if self._bar and self._done < self._count:
            # A copy, as the threads go on changing it.
            stages = ", ".join(sorted(set(self.stages.copy().values())))
            self._clear()
            say(f"{draw_bar(self._done, self._count)} {stages[:48]}", end="")

    def close(self) -> int:
        """Print the total and return the exit status."""
        self._clear()
        if self._waits and self._done > 1 and not self._as_json:
            sizes = f"{format_bytes(self._before)} to {format_bytes(self._after)}"
            print(f"{self._done - self._failed} files went from {sizes}: {show_saving(self._before, self._after)}")
        return 1 if self._failed else 0

    def _describe(self, ending: Ending) -> str:
        if not self._waits:
            return str(ending.said["result"])
        report = ending.said["report"]
        before, after = report["input"]["bytes"], report["output"]["bytes"]
        self._before += before
        self._after += after
        target = f" {show_path(ending.written)}" if ending.written else ""
        return (
            f"{format_bytes(before)} -> {format_bytes(after)} ({show_saving(before, after)}){target}\n  {report['why']}"
        )

    def _clear(self) -> None:
        if self._bar:
            say("\r\x1b[K", end="")


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from 0 to 86400")
    return value


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of files from 1 to 64")
    return int(text)
