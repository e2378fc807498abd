"""Bytes on their way in: a temporary file that is counted and hashed as it grows."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import google_crc32c

from local.emulator.refusals import Refusal

_CHECKSUM_NAMES: Final[Mapping[str, str]] = {"md5": "MD5 hash", "crc32c": "CRC32C"}


class Staging:
    """One upload that no one sees yet; leaving its ``with`` block discards what was not committed.

    Parameters
    ----------
    folder : Path
        Where the temporary file lies; on the file system of the store, so that a commit is a rename.
    max_bytes : int
        Cap on the size.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self.path = folder / secrets.token_hex(12)
        self.size = 0
        self._max_bytes = max_bytes
        self._file = self.path.open("xb")
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha256 = hashlib.sha256()
        self._crc32c: Any = google_crc32c.Checksum()  # type: ignore[no-untyped-call]

    @property
    def md5(self) -> str:
        """MD5 of the bytes so far, base64."""
        return base64.b64encode(self._md5.digest()).decode()

    @property
    def crc32c(self) -> str:
        """CRC32C of the bytes so far, base64 of the big-endian value."""
        return base64.b64encode(self._crc32c.digest()).decode()

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes so far, hexadecimal."""
        return self._sha256.hexdigest()

    def write(self, chunk: bytes) -> None:
        """Append `chunk`.

        Raises
        ------
        Refusal
            400 ``EntityTooLarge`` once the cap is passed.
        """
        self.size += len(chunk)
        if self.size > self._max_bytes:
            raise Refusal(400, "EntityTooLarge", f"The upload is larger than the limit of {self._max_bytes} bytes.")
        self._file.write(chunk)
        for digest in (self._md5, self._sha256, self._crc32c):
            digest.update(chunk)

    def check(self, promised: Mapping[str, str]) -> None:
        """Compare with the checksums that came along.

        Parameters
        ----------
        promised : mapping
            Base64 values under ``md5`` and ``crc32c``, either or none.

        Raises
        ------
        Refusal
            400 ``BadDigest``.
        """
        for kind, actual in (("md5", self.md5), ("crc32c", self.crc32c)):
            given = promised.get(kind)
            if given is not None and given != actual:
                label = _CHECKSUM_NAMES[kind]
                message = f'Provided {label} "{given[:40]}" doesn\'t match calculated {label} "{actual}".'
                raise Refusal(400, "BadDigest", message)

    def seal(self) -> None:
        """Hand every byte to the file system; nothing is written afterwards."""
        self._file.close()

    def discard(self) -> None:
        """Forget the bytes; without effect after a commit."""
        self._file.close()
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()
