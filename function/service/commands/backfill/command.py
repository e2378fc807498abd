"""The words of the command, and what it prints."""

from __future__ import annotations

import argparse
import json
import os
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from autok.cli.figures import say
from autok.cli.parser import add_device, read_size
from autok.devices import open_device
from autok.errors import AutokError, DeviceError, OptionError, RequestError
from service.commands.backfill.figures import show_summary, summarize
from service.commands.backfill.forecast import Caps
from service.commands.backfill.listing import find_ranges
from service.settings import Settings
from service.storage import Attributes, CloudStorage, open_storage

if TYPE_CHECKING:
    from service.commands.backfill.pipeline import Order

SAMPLE: Final = 50
SHARDS: Final = 4
"""Ranges of names for each worker: they are not alike, and who is through with a short one takes another."""
MOST_RANGES: Final = 256
RUNS: Final = "autok-backfill/"
"""Summaries lie here in the results bucket."""
_OURS: Final = {"autok-backfill": "1"}
_NEEDED: Final = ("project", "region", "temp_location")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a parser the command's words."""
    add = parser.add_argument
    add("--uploads", metavar="BUCKET", help="default AUTOK_UPLOADS_BUCKET")
    add("--results", metavar="BUCKET", help="default AUTOK_RESULTS_BUCKET")
    add("--prefix", default="", metavar="TEXT", help="only the names that begin so, such as shop/2025/")
    add("--dry-run", action="store_true", help="write nothing: forecast bytes, dollars and hours from a sample")
    add("--sample", type=_number, default=SAMPLE, metavar="N", help=f"images a forecast rests on; default {SAMPLE}")
    add("--max-objects", type=_number, metavar="N", help="do so many images at most, in the order of their names")
    add("--max-usd", type=_dollars, metavar="USD", help="do what is forecast to cost so much at most")
    add("--workers", type=_number, default=os.cpu_count() or 1, metavar="N",
        help="images worked on at once; default: the processors of this machine")  # fmt: skip
    add_device(parser)
    add("--run", dest="name", type=_name, metavar="NAME", help=f"keep the summary in the results as {RUNS}NAME.json")
    add("--json", action="store_true", help="print the summary as JSON")
    add("--runner", default="DirectRunner", metavar="NAME", help="of Beam: DirectRunner (default) or DataflowRunner")
    add("flags", nargs="*", metavar="-- --OPTION=VALUE", help="Beam's own options, such as --region=europe-west1")
    parser.set_defaults(run=lambda given: run(given, parser))


def run(given: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Compress every image of a bucket that has no report yet."""
    if find_spec("apache_beam") is None:
        parser.error("Apache Beam is not installed; pip install 'autok[backfill]', or make backfill here, brings it")
    try:
        settings = _give_device(given, read_settings(given, os.environ), parser)
        _check_flags(given, settings, parser)
        return _run(given, settings)
    except AutokError as error:
        say(f"autok-cloud: {error.public_message}")
        return 1
    except KeyboardInterrupt:
        say("autok-cloud: interrupted; what is done stays done, and another run goes on.")
        return 130


def read_settings(given: argparse.Namespace, env: Mapping[str, str]) -> Settings:
    """Return the worker's settings, of which the words win over the environment; without any secret.

    Raises
    ------
    SettingsError
        With every mistake at once.
    """
    named = {"AUTOK_UPLOADS_BUCKET": given.uploads, "AUTOK_RESULTS_BUCKET": given.results}
    settings = Settings.from_env({**env, **{name: value for name, value in named.items() if value}})
    # They are kept with the pipeline, where others may read them, and no worker signs anything.
    return replace(settings, access_key=None, signing_key_file=None, signer=None)


def _give_device(given: argparse.Namespace, settings: Settings, parser: argparse.ArgumentParser) -> Settings:
    """Return the settings with the device that was asked for, or end where this machine is to have it and has not."""
    try:
        memory = read_size("device-memory", given.device_memory)
        if given.runner == "DirectRunner":
            open_device(given.device)
    except (OptionError, DeviceError) as error:
        parser.error(str(error))
    limits = replace(settings.child_limits, device=given.device, device_memory=memory)
    return replace(settings, child_limits=limits)


def _check_flags(given: argparse.Namespace, settings: Settings, parser: argparse.ArgumentParser) -> None:
    named = {flag.removeprefix("--").partition("=")[0] for flag in given.flags}
    strange = [flag for flag in given.flags if not re.fullmatch(r"--[A-Za-z_]+(=.*)?", flag)]
    if strange:
        parser.error(f"{strange[0]!r} is no option of Beam's; behind -- they are written --name=value")
    if given.runner == "DataflowRunner":
        missing = [f"--{name}=" for name in _NEEDED if name not in named]
        if missing:
            parser.error(f"DataflowRunner needs {', '.join(missing)} behind a --")
        if settings.storage_token_file is not None or settings.storage_url is not None:
            parser.error("AUTOK_STORAGE_URL and AUTOK_STORAGE_TOKEN_FILE name what Dataflow's machines do not reach")


def _run(given: argparse.Namespace, settings: Settings) -> int:
    from service.commands.backfill.pipeline import Order, run_pipeline

    caps = Caps(given.max_objects, given.max_usd)
    order = Order(settings, given.prefix, caps, given.sample, given.dry_run, given.workers, given.runner, given.flags)
    start = time.monotonic()
    storage = open_storage(settings)
    try:
        if given.name:
            _find_place(storage, settings, given.name)
        counts = run_pipeline(_cut_up(storage, order), order)
        summary = summarize(counts, caps, given.workers, time.monotonic() - start, dry=given.dry_run)
        summary = {"run": given.name, **summary, **_describe(order)}
        print(json.dumps(summary) if given.json else show_summary(summary), flush=True)
        if given.name:
            _keep(storage, settings, given.name, summary)
    finally:
        storage.close()
    failed = sum(count for name, count in counts.items() if name.startswith("failed:"))
    if failed and not given.dry_run:
        say(f"autok-cloud: {failed:,} images were not brought to an end; another run takes them up.")
    return int(bool(failed) and not given.dry_run)


def _cut_up(storage: CloudStorage, order: Order) -> list[tuple[str, str]]:
    count = min(MOST_RANGES, SHARDS * order.workers)
    ranges = find_ranges(storage, order.settings.uploads_bucket, order.prefix, count)
    say(f"autok-cloud: listing gs://{order.settings.uploads_bucket}/{order.prefix} in {len(ranges)} ranges of names")
    return ranges


def _describe(order: Order) -> dict[str, Any]:
    settings = order.settings
    return {
        "uploads": settings.uploads_bucket,
        "results": settings.results_bucket,
        "prefix": order.prefix,
        "runner": order.runner,
        "device": settings.child_limits.device,
    }


def _find_place(storage: CloudStorage, settings: Settings, name: str) -> int:
    """Return the generation of an earlier summary of this name, 0 without one."""
    there = storage.stat(settings.results_bucket, f"{RUNS}{name}.json")
    if there is not None and dict(there.metadata) != _OURS:
        raise RequestError(f"{RUNS}{name}.json in the results is no summary of a run; choose another name.")
    return 0 if there is None else there.generation


def _keep(storage: CloudStorage, settings: Settings, name: str, summary: Mapping[str, Any]) -> None:
    data = json.dumps(summary, indent=2).encode()
    attributes = Attributes("application/json", metadata=_OURS)
    expected = _find_place(storage, settings, name)
    if storage.write(settings.results_bucket, f"{RUNS}{name}.json", data, attributes, expected) is None:
        raise RequestError(f"Another run wrote {RUNS}{name}.json at the same moment; its summary stays.")


def _number(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10**9:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 to 1000000000")
    return int(text)


def _dollars(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,6})?", text) or float(text) <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no amount of dollars such as 25 or 0.50")
    return float(text)


def _name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no name of letters, digits, dots, dashes and underscores")
    return text
