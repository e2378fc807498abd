"""Resumable uploads: sessions that take an object's bytes in several requests."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass, field
from typing import Final

from local.emulator.objects.preconditions import Preconditions
from local.emulator.objects.records import ObjectRecord
from local.emulator.objects.staging import Staging
from local.emulator.refusals import Refusal, invalid

CHUNK_UNIT: Final = 256 * 1024
"""Every chunk but the last is a multiple of so many bytes."""

SESSION_SECONDS: Final = 7 * 86_400.0
"""How long an unfinished session is kept."""


@dataclass(slots=True)
class Session:
    """One resumable upload under way."""

    draft: ObjectRecord
    conditions: Preconditions
    staging: Staging
    checksums: dict[str, str]
    """What the client promised at the start: base64 under ``md5`` and ``crc32c``."""
    total: int | None = None
    """Announced size in bytes."""
    started: float = field(default_factory=time.monotonic)
    turn: int = 0
    """Counts requests: a newer one ends an older one that still trickles in."""
    finished: ObjectRecord | None = None
    """The object, once it is there: a client that lost the answer asks again."""


@dataclass(frozen=True, slots=True)
class ContentRange:
    """The Content-Range of one request; a status query has no first byte."""

    first: int | None
    last: int | None
    total: int | None


class SessionBook:
    """All sessions of one emulator; they do not outlive it."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}

    def open(self, session: Session) -> str:
        """Keep `session` and return its id, which is a secret."""
        self._sweep()
        upload_id = secrets.token_urlsafe(32)
        self._sessions[upload_id] = session
        return upload_id

    def find(self, upload_id: str) -> Session:
        """Return the session; 404 when there is none, upon which a client starts anew."""
        session = self._sessions.get(upload_id)
        if session is None:
            raise Refusal(404, "NoSuchUpload", "No such upload session.")
        return session

    def close(self, upload_id: str) -> None:
        """Discard the session and the bytes it holds."""
        self.find(upload_id).staging.discard()
        del self._sessions[upload_id]

    def close_all(self) -> None:
        """Discard everything that is under way."""
        for upload_id in list(self._sessions):
            self.close(upload_id)

    def _sweep(self) -> None:
        oldest = time.monotonic() - SESSION_SECONDS
        for upload_id in [key for key, session in self._sessions.items() if session.started < oldest]:
            self.close(upload_id)


def parse_content_range(text: str | None) -> ContentRange:
    """Read ``bytes 0-99/100``, ``bytes 0-99/*``, ``bytes */100`` or ``bytes */*``.

    Raises
    ------
    Refusal
        400 for anything else.
    """
    match = re.fullmatch(r"bytes (?:(\d{1,18})-(\d{1,18})|\*)/(?:(\d{1,18})|\*)", text or "")
    if match is None:
        raise invalid(f"The Content-Range '{(text or '')[:60]}' cannot be read.")
    first, last, total = (None if part is None else int(part) for part in match.groups())
    if first is not None and last is not None and (last < first or (total is not None and last >= total)):
        raise invalid("The Content-Range contradicts itself.")
    return ContentRange(first, last, total)
