"""An engine without images: the result is a function of the bytes alone, as the real one's is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from autok.errors import AutokError
from service.sandbox import Answer, Usage


def small(data: bytes) -> bytes:
    """Return what the engine makes of an upload."""
    return b"small " + hashlib.sha256(data).digest()


@dataclass
class FakeEngine:
    """`service.worker.Engine`; ``during`` is called with the job in the middle of it, and may raise."""

    kind: str = "png"
    preview: bytes | None = None
    during: Callable[[Mapping[str, Any]], None] = lambda job: None
    error: AutokError | None = None
    jobs: list[Mapping[str, Any]] = field(default_factory=list)

    def run(self, job: Mapping[str, Any], data: bytes, progress: Callable[[str], None]) -> Answer:
        self.jobs.append(job)
        progress("decoding")
        self.during(job)
        progress("encoding")
        if self.error is not None:
            raise self.error
        result = small(data)
        report = {
            "version": "0",
            "status": "done",
            "source": None,
            "input": {
                "name": job["name"],
                "bytes": len(data),
                "format": "png",
                "sha256": hashlib.sha256(data).hexdigest(),
            },
            "output": {
                "name": None,
                "bytes": len(result),
                "width": 40,
                "height": 30,
                "format": self.kind,
                "content_type": f"image/{self.kind}",
                "sha256": hashlib.sha256(result).hexdigest(),
                "saved": 0.5,
            },
            "options": job["options"],
        }
        return Answer({"report": report}, [result, *([self.preview] if self.preview else [])], Usage(0.5, 1 << 20, 1.0))
