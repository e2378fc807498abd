"""Uploads that are left alone, each for a reason that the report names; pure.

None of it holds for the page's uploads: who uses the page waits for an answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from autok.errors import AutokError
from autok.formats import ALL_EXTENSIONS
from service.events import Upload
from service.names import CONTENT_HASH, PAGE_PREFIX, SOURCE_HASH
from service.rules import Rule, is_option
from service.storage import Stored

_FOREIGN: Final = frozenset({"unsupported_format", "empty_file"})
"""Codes of the errors that a file which is no image ends in."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Why an upload is left alone."""

    reason: str
    """``rule``, ``already_small``, ``already_ours`` or ``not_an_image``."""
    detail: str
    """The sentence for the user."""
    result: str | None = None
    """Name of the result that holds these very bytes, where there is one; it stays."""

    def as_dict(self) -> dict[str, str | None]:
        """Return the form that the report carries."""
        return {"reason": self.reason, "detail": self.detail, "result": self.result}


def judge_upload(upload: Upload, rule: Rule, max_bytes: int) -> Skipped | None:
    """Judge by what the event and the rules say, before a byte is read.

    Parameters
    ----------
    upload : Upload
    rule : Rule
        The one that holds for it.
    max_bytes : int
        Size up to which uploads are read.

    Returns
    -------
    Skipped or None
        None where it is to be compressed.
    """
    if upload.name.startswith(PAGE_PREFIX):
        return None
    source = f"The rule for {rule.prefix or 'everything'} in {rule.file}"
    if rule.skip:
        return Skipped("rule", f"{source} leaves such files alone.")
    if upload.size < rule.skip_below:
        size = f"{upload.size:,} bytes"
        return Skipped(
            "already_small", f"{source} leaves alone what is below {rule.skip_below:,} bytes; this has {size}."
        )
    if upload.size > max_bytes and not claims_image(upload):
        return _foreign(upload)
    return None


def judge_bytes(upload: Upload, data: bytes, earlier: Iterable[Stored]) -> Skipped | None:
    """Judge by the bytes: what this service made is not made smaller again, unless the object's options ask for it.

    Parameters
    ----------
    upload : Upload
    data : bytes
    earlier : iterable of Stored
        The results of this upload's earlier generations.

    Returns
    -------
    Skipped or None
        None where it is to be compressed.
    """
    if upload.name.startswith(PAGE_PREFIX) or any(map(is_option, upload.metadata)):
        return None
    digest = hashlib.sha256(data).hexdigest()
    for stored in earlier:
        if stored.metadata.get(CONTENT_HASH) == digest:
            return Skipped(
                "already_ours", "The file is the result that was made before; it stays as it is.", stored.name
            )
    if SOURCE_HASH in upload.metadata and upload.metadata.get(CONTENT_HASH) == digest:
        return Skipped("already_ours", "The file is a result of Auto-K, put among the uploads; it stays as it is.")
    return None


def judge_error(upload: Upload, error: AutokError) -> Skipped | None:
    """Judge a file that the engine refused: one that never claimed to be an image is skipped, not failed.

    Parameters
    ----------
    upload : Upload
    error : AutokError
        Why the engine refused it.

    Returns
    -------
    Skipped or None
        None where it is a failure, to be reported as one.
    """
    if error.code not in _FOREIGN or upload.name.startswith(PAGE_PREFIX) or claims_image(upload):
        return None
    return _foreign(upload)


def claims_image(upload: Upload) -> bool:
    """Tell whether an object's type or name says that it is an image."""
    return upload.content_type.startswith("image/") or upload.name.lower().endswith(ALL_EXTENSIONS)


def _foreign(upload: Upload) -> Skipped:
    kind = upload.content_type[:60] or "unknown"
    return Skipped("not_an_image", f"The file is no image (its type is {kind}), so there is nothing to compress.")
