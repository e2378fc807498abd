"""The smoke test of a deployment, against the stack on this machine."""

from __future__ import annotations

from local.stack import RESULTS_BUCKET
from service.smoke.checks import render_table
from service.smoke.deployment import Deployment
from service.smoke.journey import Visitor, travel
from support.supervised import RunningStack


def test_the_smoke_test_passes_on_the_local_stack(stack: RunningStack) -> None:
    """Everything that is asserted of a deployment holds for the local stack, the largest picture included."""
    deployment = Deployment(
        address=f"{stack.page_url}/index.html",
        api=stack.api_url,
        site_origin=stack.page_url,
        results_bucket=RESULTS_BUCKET,
        project="local",
        project_number="1",
        trigger="",
        dead_letter_topic="",
        worker="",
        worker_timeout=120,
        storage=stack.storage_url,
    )
    checks = travel(Visitor(deployment))
    assert [check for check in checks if check.passed is False] == [], render_table(checks)
    assert len(checks) >= 15
