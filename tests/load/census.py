"""What lies in the buckets afterwards: what was lost, what is there twice, and how long each photo took."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from google.cloud import storage
from google.oauth2 import credentials

from local.stack import RESULTS_BUCKET, UPLOADS_BUCKET
from support.supervised import RunningStack


@dataclass(frozen=True, slots=True)
class Census:
    """A count of the buckets, for some uploads."""

    lost: int
    """Uploads without a finished report, or whose result is not there or not the one reported."""
    failed: int
    """Uploads whose report says failed."""
    duplicate: int
    """Results beyond one an upload."""
    again: int
    """Uploads that took more than one attempt."""
    waits: tuple[float, ...]
    """Seconds from the end of each upload to its finished report, sorted."""
    span: float
    """Seconds from the first upload to the last report."""


def count(stack: RunningStack, ids: Sequence[str]) -> Census:
    """Count what became of uploads of the page."""
    client = storage.Client(
        project="autok-local",
        credentials=credentials.Credentials(token=stack.token),
        client_options={"api_endpoint": stack.storage_url},
    )
    uploads = {blob.name: blob for blob in client.list_blobs(UPLOADS_BUCKET, prefix="web/")}
    there = {blob.name: blob for blob in client.list_blobs(RESULTS_BUCKET, prefix="web/")}
    per_upload = Counter(name[:36] for name in there if not name.endswith(".autok.json"))
    lost, failed, again, waits, ends = 0, 0, 0, [], []

    def read(made: str) -> dict[str, object] | None:
        blob = there.get(f"web/{made}.autok.json")
        return None if blob is None else dict(json.loads(blob.download_as_bytes()))

    with ThreadPoolExecutor(8) as pool:
        reports = list(pool.map(read, ids))
    for made, report in zip(ids, reports, strict=True):
        report = report or {}
        output = report.get("output")
        failed += report.get("status") == "failed"
        again += int(str(report.get("attempt", 1))) > 1
        result = there.get(output["name"]) if isinstance(output, dict) else None
        if result is None or not isinstance(output, dict) or result.metadata["autok-sha256"] != output["sha256"]:
            lost += 1
            continue
        end = datetime.fromisoformat(str(report["updated"]))
        ends.append(end)
        waits.append((end - uploads[f"web/{made}"].time_created).total_seconds())
    starts = [uploads[f"web/{made}"].time_created for made in ids]
    span = (max(ends) - min(starts)).total_seconds() if ends else 0.0
    extra = sum(per_upload[f"web/{made}"] - 1 for made in ids if per_upload[f"web/{made}"] > 1)
    return Census(lost, failed, extra, again, tuple(sorted(waits)), span)
