"""A deployment as Terraform's outputs would describe it; nothing answers there."""

from __future__ import annotations

from service.smoke.deployment import Deployment

DEPLOYMENT = Deployment(
    address="https://p-autok-site.storage.googleapis.com/index.html",
    api="https://autok-api.run.app",
    site_origin="https://p-autok-site.storage.googleapis.com",
    results_bucket="p-autok-results",
    project="p",
    project_number="123",
    trigger="projects/p/locations/us-central1/triggers/autok-worker-1",
    dead_letter_topic="projects/p/topics/autok-dead-letters",
    worker="autok-worker",
    worker_timeout=120,
)
