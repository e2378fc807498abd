"""What the emulator remembers of a bucket and of an object, and the JSON resource of each."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

ATTRIBUTES: Final = (
    "cacheControl",
    "contentDisposition",
    "contentEncoding",
    "contentLanguage",
    "customTime",
    "storageClass",
)
"""Fixed-key metadata beside ``contentType`` that a client may set."""


def format_time(seconds: float) -> str:
    """Return `seconds` since the epoch as RFC 3339 in UTC with milliseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class ObjectRecord:
    """One generation of one object."""

    bucket: str
    name: str
    generation: int
    """Microseconds since the epoch, strictly rising over all objects."""
    metageneration: int
    """1 at first, one more with every change of metadata."""
    size: int
    """Bytes."""
    md5: str
    """Base64."""
    crc32c: str
    """Base64 of the big-endian value."""
    content_type: str
    created: float
    """Seconds since the epoch."""
    updated: float
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Those of `ATTRIBUTES` that are set."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """Custom metadata."""

    @property
    def etag(self) -> str:
        """A value that changes with every change of bytes or metadata."""
        return base64.b64encode(f"{self.generation}/{self.metageneration}".encode()).decode()

    def as_resource(self, origin: str = "") -> dict[str, Any]:
        """Return the ``storage#object`` resource; `origin` such as ``http://localhost:9199`` begins its links."""
        path = f"/storage/v1/b/{self.bucket}/o/{quote(self.name, safe='')}"
        resource: dict[str, Any] = {
            "kind": "storage#object",
            "id": f"{self.bucket}/{self.name}/{self.generation}",
            "selfLink": origin + path,
            "mediaLink": f"{origin}/download{path}?generation={self.generation}&alt=media",
            "name": self.name,
            "bucket": self.bucket,
            "generation": str(self.generation),
            "metageneration": str(self.metageneration),
            "contentType": self.content_type,
            "storageClass": "STANDARD",
            "size": str(self.size),
            "md5Hash": self.md5,
            "crc32c": self.crc32c,
            "etag": self.etag,
            "timeCreated": format_time(self.created),
            "updated": format_time(self.updated),
            "timeStorageClassUpdated": format_time(self.created),
            **self.attributes,
        }
        return resource | ({"metadata": dict(self.metadata)} if self.metadata else {})

    def as_dict(self) -> dict[str, Any]:
        """Return the form that lies on disk."""
        return dataclasses.asdict(self)


@dataclass(frozen=True, slots=True)
class BucketRecord:
    """A bucket and its configuration."""

    name: str
    created: float
    """Seconds since the epoch."""
    metageneration: int = 1
    config: Mapping[str, Any] = field(default_factory=dict)
    """The resource's settable part: ``cors``, ``lifecycle``, ``labels`` and so on."""

    @property
    def cors(self) -> list[dict[str, Any]]:
        """The bucket's CORS rules."""
        return list(self.config.get("cors") or [])

    @property
    def lifecycle_rules(self) -> list[dict[str, Any]]:
        """The bucket's lifecycle rules."""
        return list((self.config.get("lifecycle") or {}).get("rule") or [])

    def as_resource(self, origin: str = "") -> dict[str, Any]:
        """Return the ``storage#bucket`` resource."""
        return {
            "location": "US",
            "locationType": "multi-region",
            "storageClass": "STANDARD",
            "iamConfiguration": {
                "uniformBucketLevelAccess": {"enabled": True},
                "publicAccessPrevention": "enforced",
            },
            "softDeletePolicy": {"retentionDurationSeconds": "0"},
            **self.config,
            "kind": "storage#bucket",
            "id": self.name,
            "name": self.name,
            "selfLink": f"{origin}/storage/v1/b/{self.name}",
            "projectNumber": "0",
            "metageneration": str(self.metageneration),
            "etag": base64.b64encode(str(self.metageneration).encode()).decode(),
            "timeCreated": format_time(self.created),
            "updated": format_time(self.created),
        }

    def as_dict(self) -> dict[str, Any]:
        """Return the form that lies on disk."""
        return dataclasses.asdict(self)
