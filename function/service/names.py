"""The names of objects: how a result, a report and a preview are called after their upload."""

from __future__ import annotations

import re
import secrets
from typing import Final
from urllib.parse import quote, unquote

from autok.formats import ALL_EXTENSIONS, FORMATS

REPORT_SUFFIX: Final = ".autok.json"
"""Ends the name of every report; ``.autok.json`` alone, or as the last part of a path, is a rules file."""

PAGE_PREFIX: Final = "web/"
"""The page's objects lie here; the bucket deletes them after a day."""

FILENAME_METADATA: Final = "autok-filename"
"""Custom metadata: the user's own name of the file, percent-encoded UTF-8."""

SOURCE_GENERATION: Final = "autok-source-generation"
"""Custom metadata of a result: the generation of the upload it was made from."""

SOURCE_HASH: Final = "autok-source-name-sha256"
"""Custom metadata of a result: SHA-256 of the upload's name, in hex."""

CONTENT_HASH: Final = "autok-sha256"
"""Custom metadata of a result: SHA-256 of its bytes, in hex."""

ACCEPTED_TYPES: Final[tuple[str, ...]] = (
    *(row.content_type for row in FORMATS.values()),
    "image/heif",
    "application/octet-stream",
)
"""Content types that an upload may declare; the true format is read from its bytes, whatever is declared."""

MAX_NAME: Final = 1024
"""Bytes of UTF-8 in the name of an object."""


def make_id() -> str:
    """Return a new id: 128 random bits as 32 hex digits."""
    return secrets.token_hex(16)


def is_id(text: str) -> bool:
    """Tell whether a text has the form of an id."""
    return re.fullmatch(r"[0-9a-f]{32}", text) is not None


def is_name(text: str) -> bool:
    """Tell whether an object can have this name; the storage answers any other with an error, not with an absence."""
    if text in (".", "..") or re.search(r"[\r\n\ud800-\udfff]", text):
        return False
    return 1 <= len(text.encode()) <= MAX_NAME


def name_report(upload: str) -> str:
    """Return the name of an upload's report.

    Parameters
    ----------
    upload : str
        Name of the upload.

    Returns
    -------
    str
        That name with `REPORT_SUFFIX`, whatever the result is called.
    """
    return upload + REPORT_SUFFIX


def name_preview(upload: str, data: bytes) -> str:
    """Return the name of an upload's preview, with the extension that its bytes ask for (PNG, else JPEG)."""
    jpeg, png = possible_previews(upload)
    return png if data.startswith(b"\x89PNG") else jpeg


def name_result(upload: str, kind: str, *, taken: int = 0) -> str:
    """Return the name of an upload's result.

    Parameters
    ----------
    upload : str
        Name of the upload.
    kind : str
        Format of the result; a key of `FORMATS`.
    taken : int
        How many of the names that come first belong to other uploads' results; the default is 0.

    Returns
    -------
    str
        The upload's own name where its extension fits the format, else that name with the extension appended;
        for each name that is taken, the extension once more.
    """
    fits = upload.lower().endswith(FORMATS[kind].extensions)
    return upload + FORMATS[kind].extension * (taken + (0 if fits else 1))


def possible_results(upload: str) -> tuple[str, ...]:
    """Return every name that a result of an upload can have, however it was made.

    Parameters
    ----------
    upload : str
        Name of the upload.

    Returns
    -------
    tuple of str
        Its own name where that ends as an image's does, and that name with the extension of every format.
    """
    own = [upload] if upload.lower().endswith(ALL_EXTENSIONS) else []
    return (*own, *(upload + row.extension for row in FORMATS.values()))


def possible_previews(upload: str) -> tuple[str, ...]:
    """Return every name that a preview of an upload can have."""
    return (f"{upload}.preview.jpg", f"{upload}.preview.png")


def encode_filename(filename: str) -> str:
    """Return a file name as metadata carries it: percent-encoded UTF-8, so that it is plain ASCII."""
    return quote(filename, safe="")


def decode_filename(text: str) -> str:
    """Return the file name that `encode_filename` encoded; bytes that are no UTF-8 become replacement characters."""
    return unquote(text, errors="replace")


def download_name(filename: str | None, kind: str) -> str:
    """Return the name under which a result is saved: the user's own stem and the true extension.

    Parameters
    ----------
    filename : str or None
        The user's own name of the file; directories and control characters in it are dropped.
    kind : str
        Format of the result; a key of `FORMATS`.

    Returns
    -------
    str
        At most 120 characters and the extension; without a name the stem is ``image``.
    """
    last = re.split(r"[/\\]", filename or "")[-1]
    clean = "".join(char for char in last if char.isprintable() and char not in '<>:"|?*')
    stem = clean.rpartition(".")[0] if "." in clean else clean
    # Windows drops dots and spaces at the end of a name, and a leading dot hides the file elsewhere.
    return (stem.strip(" .")[:120] or "image") + FORMATS[kind].extension
