"""The finalize event of an object, as Eventarc delivers it: a CloudEvent in binary HTTP mode."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

FINALIZED: Final = "google.cloud.storage.object.v1.finalized"
"""The one type of event that is emitted."""

_HEADER_SAFE: Final = "".join(chr(c) for c in range(0x21, 0x7F) if chr(c) not in '"%')


def event_headers(event_id: str, resource: Mapping[str, Any]) -> dict[str, str]:
    """Return the HTTP headers of the event.

    Parameters
    ----------
    event_id : str
        The same for every delivery of one event.
    resource : mapping
        The object's JSON resource.

    Returns
    -------
    dict
        Values in printable ASCII: the HTTP binding of CloudEvents 1.0 percent-encodes the rest.
    """
    attributes = {
        "specversion": "1.0",
        "id": event_id,
        "type": FINALIZED,
        "source": f"//storage.googleapis.com/projects/_/buckets/{resource['bucket']}",
        "subject": f"objects/{resource['name']}",
        "time": str(resource["updated"]),
        "bucket": str(resource["bucket"]),
    }
    headers = {f"ce-{key}": quote(value, safe=_HEADER_SAFE) for key, value in attributes.items()}
    return headers | {"content-type": "application/json"}
