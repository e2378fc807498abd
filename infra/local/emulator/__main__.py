"""The storage emulator from the command line: ``python -m local.emulator --port 9199 --data DIR ...``."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from local.emulator.app import create_server
from local.emulator.config import EmulatorConfig, EventConfig
from local.emulator.refusals import Refusal

_ONE_DAY_FOR_PAGES: Final = {
    "rule": [{"action": {"type": "Delete"}, "condition": {"age": 1, "matchesPrefix": ["web/"]}}]
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the emulator until it is told to stop; return 2 when its settings are wrong."""
    given = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        server = create_server(_configure(given), given.port)
    except (OSError, ValueError, TypeError, Refusal) as error:
        sys.stderr.write(f"The storage emulator cannot start: {error}\n")
        return 2
    server.run()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="local.emulator", description="Cloud Storage for one user on one machine.")
    add = parser.add_argument
    add("--port", type=int, required=True, help="where to listen, on the loopback interface")
    add("--data", type=Path, required=True, help="folder for objects and events")
    add("--key", type=Path, required=True, help="PEM of the public key that signed addresses are checked with")
    add("--token-file", type=Path, required=True, help="file with the bearer token of the JSON API")
    add("--uploads-bucket", help="bucket to have, whose objects emit events")
    add("--results-bucket", help="bucket to have, whose objects emit none")
    add("--bucket", action="append", default=[], help="further bucket to have")
    add("--origin", action="append", default=[], help="origin of the site, allowed by the CORS of both buckets")
    add(
        "--cors", action="append", default=[], metavar="BUCKET=JSON", help="CORS rules of a bucket, instead of --origin"
    )
    add("--lifecycle", action="append", default=[], metavar="BUCKET=JSON", help="age rules of a bucket")
    add("--event-target", help="http address that receives the events")
    add("--event-concurrency", type=int, default=2, help="deliveries under way at once")
    add("--event-backoff", type=float, default=1.0, help="seconds before the second attempt")
    add("--event-backoff-most", type=float, default=30.0, help="longest pause between attempts, in seconds")
    add("--event-attempts", type=int, default=20, help="refusals after which an event is dead")
    add("--event-deadline", type=float, default=130.0, help="seconds until a delivery counts as refused")
    add("--max-bytes", type=int, default=1 << 30, help="largest object")
    return parser


def _configure(given: argparse.Namespace) -> EmulatorConfig:
    events = EventConfig(
        target=given.event_target,
        bucket=given.uploads_bucket,
        concurrency=given.event_concurrency,
        ack_deadline=given.event_deadline,
        backoff_first=given.event_backoff,
        backoff_most=given.event_backoff_most,
        max_attempts=given.event_attempts,
    )
    return EmulatorConfig(
        data=given.data,
        public_key=given.key.read_bytes(),
        token=given.token_file.read_text(encoding="utf-8").strip(),
        buckets=_describe_buckets(given),
        events=events,
        max_object_bytes=given.max_bytes,
    )


def _describe_buckets(given: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Return the buckets to have, with their CORS and age rules."""
    own = [name for name in (given.uploads_bucket, given.results_bucket) if name]
    buckets: dict[str, dict[str, Any]] = {name: {} for name in (*own, *given.bucket)}
    for name in own:
        buckets[name]["lifecycle"] = _ONE_DAY_FOR_PAGES
        if given.origin:
            buckets[name]["cors"] = _site_cors(given.origin, results=name == given.results_bucket)
    for key, pairs in (("cors", given.cors), ("lifecycle", given.lifecycle)):
        for pair in pairs:
            name, _, text = pair.partition("=")
            buckets.setdefault(name, {})[key] = json.loads(text)
    return buckets


def _site_cors(origins: Sequence[str], *, results: bool) -> list[dict[str, Any]]:
    """Return the rules that the service derives from the headers it signs, so that the two cannot drift."""
    from service.signing import cors_policy

    return cors_policy(origins, results=results)


if __name__ == "__main__":
    sys.exit(main())
