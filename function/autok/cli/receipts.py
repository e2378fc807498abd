"""``autok verify``: whether a report and an original lead to the same bytes again."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autok.cli.files import describe_fault, show_path
from autok.errors import AutokError


def check_receipt(words: Sequence[str]) -> int:
    """Run ``autok verify REPORT ORIGINAL [RESULT]``.

    Parameters
    ----------
    words : sequence of str
        What follows ``verify``.

    Returns
    -------
    int
        0 when the bytes match; 1 when they do not, or a file cannot be read or compressed.
    """
    given = _build_parser().parse_args(words)
    try:
        report = _read_report(given.report)
        original = given.original.read_bytes()
        result = None if given.result is None else given.result.read_bytes()
    except OSError as fault:
        print(f"autok: {show_path(fault.filename)}: {describe_fault(fault)}", file=sys.stderr)
        return 1
    except (ValueError, RecursionError):
        print(f"autok: {show_path(given.report)}: is no report in JSON", file=sys.stderr)
        return 1
    from autok.verification import verify

    try:
        verdict = verify(report, original, result)
    except AutokError as error:
        print(f"autok: {show_path(given.original)}: {error}", file=sys.stderr)
        return 1
    print(verdict.why)
    return 0 if verdict.matches else 1


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autok verify",
        description="Compress an original again as its report says, and tell whether the bytes match.",
    )
    parser.add_argument(
        "report", type=Path, metavar="REPORT", help="the JSON of --json, or NAME.autok.json of the bucket"
    )
    parser.add_argument("original", type=Path, metavar="ORIGINAL", help="the file that was compressed")
    parser.add_argument(
        "result", type=Path, nargs="?", metavar="RESULT", help="the file that came out, checked as well"
    )
    return parser


def _read_report(path: Path) -> dict[str, Any]:
    content = json.loads(path.read_bytes())
    if not isinstance(content, dict):
        raise ValueError("a report is an object")
    return content
