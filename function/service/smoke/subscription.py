"""The subscription that Eventarc makes: no resource of Terraform's, so that it is set up and looked at here.

Its acknowledgement deadline is how long Pub/Sub waits for the worker before it sends the event again to a second
instance; without a dead-letter topic, an event that fails for a day is forgotten.

References
----------
docs.cloud.google.com/eventarc/docs/retry-events
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence
from typing import Any, Final

from autok.errors import SettingsError
from service.smoke.checks import Check
from service.smoke.deployment import Deployment

ACK_DEADLINE: Final = 600
"""Seconds; the most there is."""

ATTEMPTS: Final = 20
"""Deliveries before an event is given up. A burst over the number of instances costs healthy events some of them."""

Gcloud = Callable[[Sequence[str]], str]
"""Runs one command of gcloud and returns what it prints."""


def run_gcloud(arguments: Sequence[str]) -> str:
    """Run gcloud; `SettingsError` with its own words when it is missing or fails."""
    try:
        # Whoever deploys chooses the gcloud of the path; what follows are names from Terraform's outputs.
        done = subprocess.run(["gcloud", *arguments], capture_output=True, text=True, check=False)  # noqa: S603, S607
    except OSError as fault:
        raise SettingsError("gcloud is not installed; it sets up and shows the subscription of the trigger.") from fault
    if done.returncode:
        raise SettingsError(f"gcloud {' '.join(arguments[:3])} failed: {done.stderr.strip()[-300:]}")
    return done.stdout


def find_subscription(deployment: Deployment, gcloud: Gcloud) -> str:
    """Return the full name of the trigger's subscription."""
    shown = gcloud(["eventarc", "triggers", "describe", deployment.trigger, "--format=json"])
    try:
        return str(json.loads(shown)["transport"]["pubsub"]["subscription"])
    except (ValueError, KeyError, TypeError) as fault:
        raise SettingsError("The trigger names no subscription; apply again, it may still be in the making.") from fault


def settle_subscription(deployment: Deployment, gcloud: Gcloud) -> str:
    """Set deadline and dead-letter topic, and let Pub/Sub move events there; to do it again changes nothing.

    Returns
    -------
    str
        The full name of the subscription.
    """
    name = find_subscription(deployment, gcloud)
    agent = f"serviceAccount:service-{deployment.project_number}@gcp-sa-pubsub.iam.gserviceaccount.com"
    # Pub/Sub acknowledges what it moves, in the name of its own agent.
    grant = ("--member", agent, "--role", "roles/pubsub.subscriber", "--format=none")
    gcloud(["pubsub", "subscriptions", "add-iam-policy-binding", name, *grant])
    gcloud(
        [
            *("pubsub", "subscriptions", "update", name, f"--ack-deadline={ACK_DEADLINE}"),
            f"--dead-letter-topic={deployment.dead_letter_topic}",
            f"--max-delivery-attempts={ATTEMPTS}",
        ]
    )
    return name


def check_subscription(deployment: Deployment, gcloud: Gcloud) -> list[Check]:
    """Return whether deadline, dead-letter topic and number of attempts are as they must be."""
    name = find_subscription(deployment, gcloud)
    shown: dict[str, Any] = json.loads(gcloud(["pubsub", "subscriptions", "describe", name, "--format=json"]))
    deadline = int(shown.get("ackDeadlineSeconds", 0))
    letters = shown.get("deadLetterPolicy", {})
    topic, attempts = letters.get("deadLetterTopic", "none"), int(letters.get("maxDeliveryAttempts", 0))
    return [
        Check(
            f"acknowledgement deadline of {deployment.worker_timeout} s or more",
            deadline >= deployment.worker_timeout,
            f"{deadline} s",
        ),
        Check("events that are given up are kept", topic == deployment.dead_letter_topic, topic.rpartition("/")[2]),
        Check(f"{ATTEMPTS} deliveries or more before that", attempts >= ATTEMPTS, str(attempts)),
    ]
