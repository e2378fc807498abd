"""One line of JSON a job, as Cloud Logging reads it; nothing of the user's in it but the hash of an object's name."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

Severity = Literal["DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL"]
Log = Callable[..., None]
"""``log(severity, message, **fields)``."""


def hash_name(name: str) -> str:
    """Return what stands for an object's name in a log: 16 hex digits of its SHA-256."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def find_trace(headers: Mapping[str, str], project: str | None) -> str | None:
    """Return the trace of a request as Cloud Logging names it, or None.

    Parameters
    ----------
    headers : mapping
        The request's headers: ``traceparent`` (W3C) or ``X-Cloud-Trace-Context`` (Google).
    project : str or None
        The cloud project; without one no trace is named.
    """
    given = {key.lower(): value for key, value in headers.items()}
    w3c = re.match(r"[0-9a-f]{2}-([0-9a-f]{32})-", given.get("traceparent", ""))
    google = re.match(r"([0-9a-f]{32})(/|$)", given.get("x-cloud-trace-context", ""))
    found = w3c or google
    return f"projects/{project}/traces/{found[1]}" if found and project else None


def locate(fault: BaseException) -> dict[str, str]:
    """Return what may be logged of an unexpected error: its kind and where it arose, without its words."""
    frames = traceback.extract_tb(fault.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return {"fault": type(fault).__name__, "where": where}


def make_log(trace: str | None = None, write: Callable[[str], Any] | None = None) -> Log:
    """Return a function that logs.

    Parameters
    ----------
    trace : str, optional
        Joined to every line, so that it is found beside its request.
    write : callable, optional
        Takes a line; the default writes to standard output and flushes.

    Returns
    -------
    callable
        ``log(severity, message, **fields)``; fields that are None are left out.
    """
    sink = write or _write

    def log(severity: Severity, message: str, **fields: Any) -> None:
        line: dict[str, Any] = {"severity": severity, "message": message}
        if trace:
            line["logging.googleapis.com/trace"] = trace
        line.update({key: value for key, value in fields.items() if value is not None})
        sink(json.dumps(line, ensure_ascii=True, separators=(",", ":")) + "\n")

    return log


def _write(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()
