"""Which names Cloud Storage accepts for buckets and objects.

A name is only ever a name: files on disk are named by its hash, so nothing here guards a path.
"""

from __future__ import annotations

import re
from typing import Final

from local.emulator.refusals import Refusal

MAX_NAME_BYTES: Final = 1024
"""Longest object name, in bytes of UTF-8."""

_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{1,61}[a-z0-9]")


def check_bucket_name(name: str) -> str:
    """Return `name` if a bucket may be called so.

    Raises
    ------
    Refusal
        400 ``InvalidBucketName``.
    """
    if not _BUCKET.fullmatch(name):
        raise Refusal(400, "InvalidBucketName", f"Invalid bucket name: '{name[:80]}'")
    return name


def check_object_name(name: str) -> str:
    """Return `name` if an object may be called so.

    Raises
    ------
    Refusal
        400 ``InvalidObjectName`` when it is empty, over 1024 bytes, ``.`` or ``..``, holds a line break, or
        lies under ``.well-known/acme-challenge/``.
    """
    size = len(name.encode("utf-8", "surrogatepass"))
    reserved = name in {".", ".."} or name.startswith(".well-known/acme-challenge/")
    broken = any(c in "\r\n" or "\ud800" <= c <= "\udfff" for c in name)
    if not 1 <= size <= MAX_NAME_BYTES or reserved or broken:
        raise Refusal(400, "InvalidObjectName", f"The specified object name is not valid ({size} bytes).")
    return name
