"""``autok-cloud``: a service from the command line, on this machine and in the cloud alike.

Exit status: 0 when all went well, 1 when a file failed (said on stderr, the others go on), 2 for a wrong usage.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from autok import __version__
from service.commands import backfill, submit

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after the program's name; the default is the process's own.

    Returns
    -------
    int
        0 when all went well, 1 when a file failed.
    """
    parser = argparse.ArgumentParser(prog="autok-cloud", description="Work with a service of Auto-K.")
    parser.add_argument("--version", action="version", version=f"autok-cloud {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    words = commands.add_parser("submit", help="send images to a service", description=submit.run.__doc__)
    submit.add_arguments(words)
    words = commands.add_parser("backfill", help="compress what lies in a bucket", description=backfill.run.__doc__)
    backfill.add_arguments(words)
    given = parser.parse_args(arguments)
    return int(given.run(given))
