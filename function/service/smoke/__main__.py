"""Sets up what Terraform cannot, looks at the deployment, and prints a table; without one, says what it would do."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from autok.errors import AutokError
from service.smoke.checks import Check, all_passed, render_table
from service.smoke.deployment import Deployment
from service.smoke.journey import Visitor, travel
from service.smoke.subscription import ACK_DEADLINE, ATTEMPTS, check_subscription, run_gcloud, settle_subscription
from service.smoke.worker import check_sandbox

PLAN: Final = f"""\
Nothing is deployed from here, so nothing was looked at. After make deploy PROJECT=... this would, in about two minutes:
  - assert the trigger's subscription: acknowledgement deadline ({ACK_DEADLINE} s), dead letters, {ATTEMPTS} deliveries
  - time the API's first answer, and load the page with its policy and config.js
  - upload a picture by a signed address, and try the address again, and from another origin
  - wait for the result, download it, compare, delete it, and see that its address finds nothing any more
  - upload 64 megapixels, which must fit into an instance, and 81, which must be refused
  - ask for an object without a signature, and print what the storage says to a page about it
  - read in the worker's log whether the memory limit of its sandbox holds on that system, and what memory it took
"""


def look(deployment: Deployment, key: str | None) -> list[Check]:
    """Return every check of a deployment; one that could not be made counts as failed."""
    checks: list[Check] = []
    parts: tuple[tuple[str, Callable[[], list[Check]]], ...] = (
        ("subscription", lambda: check_subscription(deployment, run_gcloud)),
        ("journey", lambda: travel(Visitor(deployment, key))),
        ("sandbox", lambda: check_sandbox(deployment, run_gcloud)),
    )
    for name, make in parts:
        try:
            checks += make()
        except AutokError as error:
            checks.append(Check(name, False, error.public_message))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
            checks.append(Check(name, False, f"an unexpected answer ({type(fault).__name__})"))
    return checks


def main(arguments: Sequence[str] | None = None, env: Mapping[str, str] = os.environ) -> int:
    """Run the command line; return 0 when nothing failed."""
    parser = argparse.ArgumentParser(prog="service.smoke", description=__doc__)
    parser.add_argument("--outputs", type=Path, help="what terraform output -json printed")
    parser.add_argument("--settle", action="store_true", help="set up the trigger's subscription, and do nothing else")
    given = parser.parse_args(arguments)
    text = given.outputs.read_text() if given.outputs and given.outputs.exists() else ""
    if text.strip() in ("", "{}"):
        sys.stdout.write(PLAN)
        return 0
    try:
        deployment = Deployment.from_outputs(text)
        if given.settle:
            sys.stdout.write(f"The subscription {settle_subscription(deployment, run_gcloud)} is set up.\n")
            return 0
    except AutokError as error:
        sys.stderr.write(f"{error.public_message}\n")
        return 1
    checks = look(deployment, env.get("AUTOK_ACCESS_KEY"))
    sys.stdout.write(render_table(checks))
    return 0 if all_passed(checks) else 1


if __name__ == "__main__":
    sys.exit(main())
