"""Age rules: what is deleted, and when."""

from __future__ import annotations

import time

from support.stack import RESULTS, UPLOADS, RunningEmulator

RULE = {"rule": [{"action": {"type": "Delete"}, "condition": {"age": 1, "matchesPrefix": ["web/"]}}]}


def test_old_objects_of_the_page_are_deleted(emulator: RunningEmulator) -> None:
    """After a day objects under web/ go from buckets with the rule; others, and before that all, stay."""
    emulator.restart(buckets={UPLOADS: {"lifecycle": RULE}, RESULTS: {}})
    client = emulator.client()
    for bucket, name in ((UPLOADS, "web/1"), (UPLOADS, "mine/web/1"), (RESULTS, "web/1")):
        client.bucket(bucket).blob(name).upload_from_string(b"")
    now = time.time()
    assert emulator.local("POST", "lifecycle", {"now": now + 86_000}) == {"deleted": []}
    deleted = emulator.local("POST", "lifecycle", {"now": now + 86_500})["deleted"]
    assert deleted == [{"bucket": UPLOADS, "name": "web/1"}]
    assert [blob.name for blob in client.list_blobs(UPLOADS)] == ["mine/web/1"]
    assert [blob.name for blob in client.list_blobs(RESULTS)] == ["web/1"]


def test_a_rule_that_is_not_understood_deletes_nothing(emulator: RunningEmulator) -> None:
    """Unknown conditions and other actions leave every object where it is."""
    rules = [
        {"action": {"type": "Delete"}, "condition": {"age": 1, "isLive": False}},
        {"action": {"type": "SetStorageClass"}, "condition": {"age": 1}},
        {"action": {"type": "Delete"}, "condition": {"numNewerVersions": 1}},
    ]
    emulator.restart(buckets={UPLOADS: {"lifecycle": {"rule": rules}}})
    emulator.client().bucket(UPLOADS).blob("x").upload_from_string(b"")
    assert emulator.local("POST", "lifecycle", {"now": time.time() + 1e7}) == {"deleted": []}
