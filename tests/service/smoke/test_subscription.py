"""The trigger's subscription, with a gcloud that remembers what it was told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from autok.errors import SettingsError
from service.smoke.subscription import check_subscription, find_subscription, run_gcloud, settle_subscription
from support.deployment import DEPLOYMENT

NAME = "projects/p/subscriptions/eventarc-us-central1-autok-worker-1-sub-2"


class Gcloud:
    """Answers as gcloud does, from one subscription."""

    def __init__(self) -> None:
        self.subscription: dict[str, Any] = {"name": NAME, "ackDeadlineSeconds": 10}
        self.said: list[list[str]] = []

    def __call__(self, arguments: Sequence[str]) -> str:
        self.said.append(list(arguments))
        if arguments[:3] == ["eventarc", "triggers", "describe"]:
            return json.dumps({"transport": {"pubsub": {"subscription": NAME}}})
        if arguments[1:3] == ["subscriptions", "update"]:
            flags = dict(each.removeprefix("--").split("=", 1) for each in arguments[4:])
            self.subscription["ackDeadlineSeconds"] = int(flags["ack-deadline"])
            self.subscription["deadLetterPolicy"] = {
                "deadLetterTopic": flags["dead-letter-topic"],
                "maxDeliveryAttempts": int(flags["max-delivery-attempts"]),
            }
        return json.dumps(self.subscription)


def test_a_new_subscription_fails_every_check() -> None:
    """The subscription as Eventarc makes it has a short deadline and forgets what fails."""
    assert [check.passed for check in check_subscription(DEPLOYMENT, Gcloud())] == [False, False, False]


def test_a_settled_subscription_passes() -> None:
    """After it was set up the subscription passes every check."""
    gcloud = Gcloud()
    assert settle_subscription(DEPLOYMENT, gcloud) == NAME
    assert [check.passed for check in check_subscription(DEPLOYMENT, gcloud)] == [True, True, True]


def test_settling_twice_changes_nothing() -> None:
    """To set the subscription up again says the same and leaves the same."""
    gcloud = Gcloud()
    settle_subscription(DEPLOYMENT, gcloud)
    said, after = list(gcloud.said), dict(gcloud.subscription)
    settle_subscription(DEPLOYMENT, gcloud)
    assert gcloud.said == said * 2
    assert gcloud.subscription == after


def test_the_agent_may_move_events() -> None:
    """Pub/Sub's own agent is allowed to take events off the subscription, by the project's number."""
    gcloud = Gcloud()
    settle_subscription(DEPLOYMENT, gcloud)
    (grant,) = [said for said in gcloud.said if "add-iam-policy-binding" in said]
    assert "serviceAccount:service-123@gcp-sa-pubsub.iam.gserviceaccount.com" in grant
    assert "roles/pubsub.subscriber" in grant


def test_a_trigger_without_subscription_is_said() -> None:
    """A trigger that has no subscription yet ends in a sentence that says what to do."""
    with pytest.raises(SettingsError, match="apply again"):
        find_subscription(DEPLOYMENT, lambda _: "{}")


def test_without_gcloud_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where gcloud is not installed, a sentence says so."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SettingsError, match="gcloud is not installed"):
        run_gcloud(["version"])
