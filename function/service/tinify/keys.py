"""Who may call: keys of which the process remembers hashes alone."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from autok.errors import AccessError, SettingsError
from service.settings import Settings

USER: Final = "api"
"""The user name of every caller; the password is the key."""

_REFUSAL: Final = "Credentials are invalid: send the user api and a key of this service by HTTP Basic authentication."


class Keys:
    """The keys of a service.

    Parameters
    ----------
    keys : iterable of str
        Kept as SHA-256 alone.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self.digests: tuple[bytes, ...] = tuple(dict.fromkeys(hashlib.sha256(key.encode()).digest() for key in keys))

    def find(self, authorization: str | None) -> bytes:
        """Return the digest of the key that a request presents.

        Parameters
        ----------
        authorization : str or None
            The header ``Authorization``.

        Returns
        -------
        bytes
            SHA-256 of the key, 32 bytes.

        Raises
        ------
        AccessError
            When it is none, malformed, or holds another key. How long that takes tells nothing of the keys.
        """
        given = hashlib.sha256(_read_password(authorization or "")).digest()
        found = None
        for digest in self.digests:
            if hmac.compare_digest(digest, given):
                found = digest
        if found is None:
            raise AccessError(_REFUSAL)
        return found


def _read_password(authorization: str) -> bytes:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise AccessError(_REFUSAL)
    try:
        user, _, password = base64.b64decode(token.strip(), validate=True).partition(b":")
    except (binascii.Error, ValueError):
        raise AccessError(_REFUSAL) from None
    if user != USER.encode():
        raise AccessError(_REFUSAL)
    return password


def open_keys(settings: Settings) -> Keys:
    """Read the keys from the file that the settings name: one a line, 16 to 256 printable characters without spaces.

    Parameters
    ----------
    settings : Settings

    Returns
    -------
    Keys

    Raises
    ------
    SettingsError
        When no file is named, or it cannot be read, holds no key or a wrong one; no key is in the sentence.
    """
    name = "AUTOK_TINIFY_KEYS_FILE"
    if settings.tinify_keys_file is None:
        raise SettingsError(f"{name} is missing; without keys nobody may call, so this entry point stays off.")
    try:
        text = Path(settings.tinify_keys_file).read_text(encoding="utf-8")
    except (OSError, ValueError) as fault:
        raise SettingsError(f"{name} cannot be read ({type(fault).__name__}); it takes a file with keys.") from fault
    keys = text.split()
    wrong = [number for number, key in enumerate(keys, 1) if not re.fullmatch(r"[\x21-\x7e]{16,256}", key)]
    if wrong or not keys:
        what = f"number {wrong[0]} of {len(keys)} is not one" if wrong else "it is empty"
        raise SettingsError(f"{name} takes keys of 16 to 256 printable ASCII characters, one a line; {what}.")
    return Keys(keys)
