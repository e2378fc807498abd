"""What a client may say about an object, gathered into a record that has no bytes yet."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

from local.emulator.objects.records import ATTRIBUTES, ObjectRecord
from local.emulator.refusals import invalid

DEFAULT_TYPE: Final = "application/octet-stream"
"""Content type of an object that came without one."""

_METADATA_LIMIT: Final = 8192


def draft_from_resource(bucket: str, name: str, resource: Mapping[str, Any], content_type: str | None) -> ObjectRecord:
    """Return the draft that a JSON resource describes.

    Parameters
    ----------
    bucket, name : str
    resource : mapping
        The client's JSON; keys that it may not set are passed over.
    content_type : str or None
        Used where the resource names none.

    Returns
    -------
    ObjectRecord
        With generation, size, checksums and times of zero.

    Raises
    ------
    Refusal
        400 for values of the wrong type or too much custom metadata.
    """
    attributes = {key: resource[key] for key in ATTRIBUTES if resource.get(key)}
    metadata = _metadata_of(resource)
    kind = resource.get("contentType") or content_type or DEFAULT_TYPE
    if not all(isinstance(value, str) for value in (kind, *attributes.values())):
        raise invalid("The content type and fixed metadata must be texts.")
    return ObjectRecord(
        bucket=bucket,
        name=name,
        generation=0,
        metageneration=0,
        size=0,
        md5="",
        crc32c="",
        content_type=kind,
        created=0.0,
        updated=0.0,
        attributes=attributes,
        metadata=check_metadata({str(key): str(value) for key, value in metadata.items() if value is not None}),
    )


def change_from_resource(record: ObjectRecord, resource: Mapping[str, Any], *, replace: bool) -> ObjectRecord:
    """Return `record` with the metadata of `resource`.

    Parameters
    ----------
    record : ObjectRecord
    resource : mapping
        None as a value removes the key.
    replace : bool
        True forgets what the resource does not name (PUT), False keeps it (PATCH).

    Returns
    -------
    ObjectRecord

    Raises
    ------
    Refusal
        As `draft_from_resource` does.
    """
    old = record.as_resource()
    given = {key: resource[key] for key in (*ATTRIBUTES, "contentType", "metadata") if key in resource}
    if replace:
        merged = given
    else:
        metadata = {**record.metadata, **_metadata_of(given)}
        merged = {**old, **given, "metadata": metadata if given.get("metadata", {}) is not None else {}}
    draft = draft_from_resource(record.bucket, record.name, merged, None)
    return dataclasses.replace(
        record, content_type=draft.content_type, attributes=draft.attributes, metadata=draft.metadata
    )


def _metadata_of(resource: Mapping[str, Any]) -> dict[str, Any]:
    metadata = resource.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise invalid("Metadata must be a JSON object.")
    return metadata


def check_metadata(metadata: dict[str, str]) -> dict[str, str]:
    """Return `metadata` unless it is over 8 KiB in all, which is refused with 400."""
    size = sum(len(key.encode()) + len(value.encode()) for key, value in metadata.items())
    if size > _METADATA_LIMIT:
        raise invalid(f"The custom metadata has {size} bytes; at most {_METADATA_LIMIT} are allowed.")
    return metadata


def read_hash_header(text: str | None) -> dict[str, str]:
    """Return the checksums in an ``x-goog-hash`` header, such as ``crc32c=n03x6A==,md5=Ojk9c3dhfxgoKVVHYwFbHQ==``."""
    parts = (part.strip().partition("=") for part in (text or "").split(","))
    return {kind: value for kind, _, value in parts if kind in {"md5", "crc32c"}}
