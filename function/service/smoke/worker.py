"""What the worker's log says of the system it runs on: whether the limits of its sandbox hold there."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, Final

from service.smoke.checks import Check
from service.smoke.deployment import Deployment
from service.smoke.subscription import Gcloud

_TRIES: Final = 12
_PAUSE: Final = 5.0
"""Seconds between two looks; a line takes some seconds from the worker into the log."""


def check_sandbox(deployment: Deployment, gcloud: Gcloud, sleep: Callable[[float], Any] = time.sleep) -> list[Check]:
    """Return whether the last image's child was bounded, and what memory the images of the last hour took."""
    for attempt in range(_TRIES):
        if attempt:
            sleep(_PAUSE)
        lines = _read_lines(deployment, gcloud)
        if lines:
            break
    else:
        return [Check("the worker's log tells of an image", False, f"nothing within {_TRIES * _PAUSE:.0f} s")]
    most = max(int(line.get("peak_bytes", 0)) for line in lines)
    return [
        Check("the sandbox's memory limit holds there", lines[0].get("bounded") is True, str(lines[0].get("bounded"))),
        Check("most memory of an image's process", None, f"{most / 2**20:,.0f} MiB"),
    ]


def _read_lines(deployment: Deployment, gcloud: Gcloud) -> list[dict[str, Any]]:
    query = (
        f'resource.type="cloud_run_revision" resource.labels.service_name="{deployment.worker}" '
        'jsonPayload.message="done"'
    )
    shown = gcloud(
        ["logging", "read", query, "--freshness=1h", "--limit=20", "--format=json", f"--project={deployment.project}"]
    )
    return [entry["jsonPayload"] for entry in json.loads(shown or "[]")]
