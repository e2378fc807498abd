"""Age rules: objects that are deleted when their bucket says that they are old enough."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from local.emulator.objects.preconditions import Preconditions
from local.emulator.objects.records import ObjectRecord
from local.emulator.objects.store import ObjectStore
from local.emulator.refusals import Refusal

_DAY: Final = 86_400.0
_KNOWN: Final = frozenset({"age", "matchesPrefix", "matchesSuffix"})


def apply_lifecycle(store: ObjectStore, now: float) -> list[tuple[str, str]]:
    """Delete what the buckets' rules call too old.

    Parameters
    ----------
    store : ObjectStore
    now : float
        Seconds since the epoch.

    Returns
    -------
    list of (bucket, name)
        What was deleted.
    """
    deleted = []
    for bucket in store.buckets():
        for name in store.names(bucket.name):
            record = store.find(bucket.name, name)
            if record is None or not any(_applies(rule, record, now) for rule in bucket.lifecycle_rules):
                continue
            try:
                store.delete(bucket.name, name, Preconditions(generation_match=record.generation))
            except Refusal:
                continue
            deleted.append((bucket.name, name))
    return deleted


def _applies(rule: Mapping[str, Any], record: ObjectRecord, now: float) -> bool:
    """Tell whether `rule` deletes `record`; a rule with a condition that is not known here deletes nothing."""
    condition = rule.get("condition") or {}
    if (rule.get("action") or {}).get("type") != "Delete" or "age" not in condition or set(condition) - _KNOWN:
        return False
    prefixes = tuple(condition.get("matchesPrefix") or ("",))
    suffixes = tuple(condition.get("matchesSuffix") or ("",))
    old = now - record.created >= float(condition["age"]) * _DAY
    return old and record.name.startswith(prefixes) and record.name.endswith(suffixes)
