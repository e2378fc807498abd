"""The command line's words: one flag for every row of the options table, and those about files."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
from collections.abc import Sequence

from autok import __version__
from autok.devices import CHOICES
from autok.errors import OptionError
from autok.options import SPECS, Options, parse_target

_EXAMPLES = """\
examples:
  autok photo.jpg -o out/                 one file, the smallest honest result
  autok -r pictures/ -o small/            a folder, its tree kept, all cores
  autok --in-place -r site/images/        replace files that get smaller, and only those
  autok --target 200kB banner.png -o b/   under a size
  autok --dry-run -r pictures/            what would be saved, nothing written
  autok - < in.png > out.png              a pipe
  autok verify report.json photo.jpg      whether report and original lead to the same bytes again
"""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser; options of the table keep their text, which `read_options` checks."""
    parser = argparse.ArgumentParser(
        prog="autok",
        description="Make images smaller with K-means, by as many colours as they need.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("inputs", nargs="+", metavar="FILE", help="files, folders (with -r), globs, or - for a pipe")
    parser.add_argument("-o", "--output", metavar="PATH", help="folder, or for one input the file, to write to")
    parser.add_argument("-r", "--recursive", action="store_true", help="go into folders and keep their tree")
    parser.add_argument("-i", "--in-place", action="store_true", help="replace each file that gets smaller, safely")
    parser.add_argument("-n", "--dry-run", action="store_true", help="say what would be saved and write nothing")
    parser.add_argument("-j", "--jobs", type=_jobs, default=None, metavar="N", help="at once; default: one a core")
    add_device(parser)
    parser.add_argument("--skip-larger-than", metavar="SIZE", help="leave out files above a size, such as 20MB")
    parser.add_argument("--json", action="store_true", help="print each file's report as one JSON line")
    parser.add_argument("-q", "--quiet", action="store_true", help="print nothing but failures")
    parser.add_argument("--version", action="version", version=f"autok {__version__}")
    add_options(parser)
    return parser


def add_device(parser: argparse.ArgumentParser) -> None:
    """Give a parser the flags that name a device and how much of it to use."""
    parser.add_argument(
        "--device", choices=CHOICES, default="auto", help="where pixels are worked on; auto takes a GPU where it pays"
    )
    parser.add_argument("--device-memory", metavar="SIZE", help="most of a GPU's memory to use, such as 8GB")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Give a parser one flag for every row of the options table."""
    group = parser.add_argument_group("what to do with the images")
    for spec in SPECS:
        group.add_argument(f"--{spec.metadata_key}", dest=spec.key, metavar=spec.metavar, help=spec.help)


def read_options(arguments: argparse.Namespace) -> Options:
    """Return the options that were given.

    Raises
    ------
    OptionError
        For a value outside its range.
    """
    given = {spec.key: getattr(arguments, spec.key) for spec in SPECS}
    options = {key: value for key, value in given.items() if value is not None}
    if getattr(arguments, "in_place", False):
        options.setdefault("format", "keep")
    return Options.parse(options)


def read_size(flag: str, text: str | None) -> int | None:
    """Return the bytes that a flag such as ``skip-larger-than`` names.

    Raises
    ------
    OptionError
        Where it is no size.
    """
    # A target of the options table has no use for gigabytes; memory has.
    large = re.fullmatch(r"\s*([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*G(i?)B\s*", text or "", re.IGNORECASE)
    if large is not None:
        return int(float(large[1]) * (1024**3 if large[2] else 1000**3))
    with contextlib.suppress(OptionError):
        target = parse_target(text)
        if target is None or target.size is not None:
            return None if target is None else target.size
    raise OptionError(flag, text, "a size such as 20MB")


def default_jobs() -> int:
    """Return the number of cores that this process may use."""
    available: Sequence[int] | set[int] = (
        os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    )
    return len(available)


def _jobs(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1024:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes from 1 to 1024")
    return int(text)
