"""What an event asks for: an upload to compress, or a named reason to leave it alone; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from service.names import MAX_NAME, REPORT_SUFFIX, is_name, name_report

FINALIZED: Final = "google.cloud.storage.object.v1.finalized"
"""The type of the events that matter: an object's content came into being."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One generation of one object in the uploads bucket."""

    bucket: str
    name: str
    generation: int
    size: int
    """Bytes, as the event says."""
    content_type: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """Custom metadata, keys without ``x-goog-meta-``."""


@dataclass(frozen=True, slots=True)
class Skip:
    """An event that asks for no work; it is acknowledged."""

    reason: str
    """One of the names below, stable for logs and tests."""


WRONG_TYPE: Final = Skip("wrong_type")
"""Another kind of event, such as a deletion or a change of metadata."""
MALFORMED: Final = Skip("malformed")
"""The event names no object, one that no storage can hold, or a generation or size that is no number."""
WRONG_BUCKET: Final = Skip("wrong_bucket")
"""The object lies in another bucket than the one configured for uploads."""
FOLDER: Final = Skip("folder")
"""A placeholder for a folder: its name ends in a slash."""
RULES_FILE: Final = Skip("rules_file")
"""A rules file, ``.autok.json``."""
OWN_REPORT: Final = Skip("own_report")
"""A name that only reports have."""
LONG_NAME: Final = Skip("long_name")
"""A name so long that its report's would exceed what the storage takes; nothing could ever be told about it."""


def parse_event(event_type: str, data: Any, uploads_bucket: str) -> Upload | Skip:
    """Read an event.

    Parameters
    ----------
    event_type : str
        The CloudEvent's ``type``.
    data : Any
        Its data: the object as Cloud Storage describes it in JSON. Anything else is malformed.
    uploads_bucket : str
        The one bucket whose objects are compressed.

    Returns
    -------
    Upload or Skip
    """
    if event_type != FINALIZED:
        return WRONG_TYPE
    if not isinstance(data, Mapping):
        return MALFORMED
    bucket, name = data.get("bucket"), data.get("name")
    generation, size = read_number(data.get("generation")), read_number(data.get("size", 0))
    if not isinstance(bucket, str) or not isinstance(name, str) or not name or not generation or size is None:
        return MALFORMED
    if bucket != uploads_bucket:
        return WRONG_BUCKET
    if name.endswith("/"):
        return FOLDER
    if name.rsplit("/", 1)[-1] == REPORT_SUFFIX:
        return RULES_FILE
    if name.endswith(REPORT_SUFFIX):
        return OWN_REPORT
    # A name may hold half a surrogate pair, which strict UTF-8 refuses with an error of its own.
    if len(name_report(name).encode("utf-8", "surrogatepass")) > MAX_NAME:
        return LONG_NAME
    if not is_name(name):
        return MALFORMED
    given = data.get("metadata")
    # HTTP headers have no case, and clients set these through them.
    metadata = {str(key).lower(): str(value) for key, value in given.items()} if isinstance(given, Mapping) else {}
    return Upload(bucket, name, generation, size, str(data.get("contentType") or ""), metadata)


def read_number(value: object) -> int | None:
    """Return a number of 64 bits as the storage's JSON gives it, None for what is none.

    Parameters
    ----------
    value : object
        A whole number of 0 or more, or its decimal digits as text, since many readers round large numbers.

    Returns
    -------
    int or None
    """
    # True is an int to Python alone.
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value)
    # Alone, isdigit takes the digits of every script, and int as many as there are, in square time.
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 19 else None
