"""Signed addresses: who signs, what is signed, and the CORS rules that follow from it.

`SIGNED_HEADERS` is the one table: an upload carries exactly these headers and no bucket admits others.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final
from urllib.parse import quote

import google.auth
import google.auth.transport.requests
import requests
from google.api_core.exceptions import GoogleAPIError
from google.auth import iam
from google.auth.credentials import AnonymousCredentials, Signing
from google.auth.exceptions import GoogleAuthError
from google.cloud import storage as cloud
from google.oauth2 import service_account

from autok.errors import SettingsError, SigningError
from autok.options import SPECS
from service.clock import StorageClock
from service.names import FILENAME_METADATA
from service.settings import MAX_EXPIRY, Settings

LENGTH_RANGE: Final = "x-goog-content-length-range"
GENERATION_MATCH: Final = "x-goog-if-generation-match"

SIGNED_HEADERS: Final[tuple[str, ...]] = (
    "content-type",
    LENGTH_RANGE,
    GENERATION_MATCH,
    f"x-goog-meta-{FILENAME_METADATA}",
    *(spec.header for spec in SPECS),
)
"""Every header that a signed upload can carry; the option headers come from the table of the options."""

_EXPOSED: Final = ("x-goog-generation", "x-goog-hash", "etag")
_SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
_PATIENCE: Final = 8.0
"""Seconds for one call of the platform. It is tried three times at most, which ends within the function's timeout of
60 s, so that the caller is told; the storage client on its own would try for two minutes."""


@dataclass(frozen=True, slots=True)
class SignedUrl:
    """An address that is its own permission, for a while."""

    url: str
    headers: Mapping[str, str]
    """To be sent exactly so."""
    expires_at: str
    """RFC 3339, UTC."""

    def __repr__(self) -> str:
        """Show no address: it would be a secret in a log."""
        return f"SignedUrl(expires_at={self.expires_at!r})"


@dataclass(frozen=True, slots=True)
class Identity:
    """What the storage client needs to sign; the same for a key and for the platform's signing call."""

    arguments: Mapping[str, Any]
    """Keyword arguments of ``generate_signed_url``."""


class Signer:
    """Signs addresses of one store."""

    def __init__(self, settings: Settings, identify: Callable[[], Identity], clock: StorageClock | None = None) -> None:
        self._settings = settings
        self._identify = identify
        self._clock = clock or StorageClock()
        # The bucket handles are used for their names alone; a client without credentials can call nobody.
        self._client = cloud.Client(project="signing", credentials=AnonymousCredentials())  # type: ignore[no-untyped-call]

    def sign_upload(
        self, name: str, content_type: str, metadata: Mapping[str, str], max_bytes: int | None = None
    ) -> SignedUrl:
        """Sign one PUT of a new object into the uploads bucket.

        Parameters
        ----------
        name : str
            The object; it must not exist when the upload arrives, which makes the address good for one use.
        content_type : str
            What the upload must declare.
        metadata : mapping
            Custom metadata, keys without ``x-goog-meta-``, each one of `SIGNED_HEADERS`.
        max_bytes : int, optional
            Most bytes the upload may have, at least 1; the default is the setting.

        Returns
        -------
        SignedUrl

        Raises
        ------
        SigningError
            When no signature could be had.
        """
        limit = self._settings.input_limits.max_bytes if max_bytes is None else max_bytes
        headers = {"content-type": content_type, LENGTH_RANGE: f"1,{limit}", GENERATION_MATCH: "0"}
        headers.update({f"x-goog-meta-{key}": value for key, value in metadata.items()})
        # A browser would be refused at its preflight, far from here and without a reason.
        unknown = sorted(set(headers) - set(SIGNED_HEADERS))
        if unknown:
            raise ValueError(f"these headers are in no bucket's CORS list: {', '.join(unknown)}")
        return self._sign("PUT", self._settings.uploads_bucket, name, self._settings.upload_ttl, headers=headers)

    def sign_download(self, name: str, filename: str | None = None, content_type: str | None = None) -> SignedUrl:
        """Sign one GET of an object in the results bucket.

        Parameters
        ----------
        name : str
            The object.
        filename : str, optional
            The name to save it under; without one it is shown in place, as previews are.
        content_type : str, optional
            The type to answer with; the default is the object's own.

        Returns
        -------
        SignedUrl
        """
        disposition = "inline" if filename is None else attach(filename)
        extra = {"response_disposition": disposition, "response_type": content_type}
        return self._sign("GET", self._settings.results_bucket, name, self._settings.download_ttl, **extra)

    def _sign(self, method: str, bucket: str, name: str, ttl: int, **arguments: Any) -> SignedUrl:
        check_expiry(ttl)
        self._clock.check(ttl)
        headers = dict(arguments.pop("headers", {}))
        place = self._settings.storage_url
        if place is not None:
            arguments["api_access_endpoint"] = place
        try:
            url = (
                self._client.bucket(bucket)
                .blob(name)
                .generate_signed_url(
                    version="v4",
                    method=method,
                    expiration=timedelta(seconds=ttl),
                    # The client writes into what it is given.
                    headers=dict(headers),
                    # A bucket as a subdomain needs a name server, which a store on this machine has not.
                    virtual_hosted_style=place is None,
                    scheme="https",
                    **arguments,
                    **self._identify().arguments,
                )
            )
        except (GoogleAuthError, GoogleAPIError, requests.RequestException, OSError) as fault:
            raise SigningError(
                f"No signature could be had ({type(fault).__name__}); trying again in a few seconds helps."
            ) from fault
        # By this machine's clock, since it is what the address is dated with.
        expires = datetime.now(UTC) + timedelta(seconds=ttl)
        return SignedUrl(url, headers, expires.isoformat(timespec="seconds").replace("+00:00", "Z"))


def check_expiry(seconds: int) -> None:
    """Refuse a life that the storage would refuse; the client library lets 0 and negative ones pass."""
    if not 1 <= seconds <= MAX_EXPIRY:
        raise SettingsError(f"A signature lives from 1 to {MAX_EXPIRY} seconds, not {seconds}.")


def attach(filename: str) -> str:
    """Return a ``Content-Disposition`` that saves under a name (RFC 6266): an ASCII form and the true one."""
    # Old readers decode percent signs here, and a quote or backslash would end the value early.
    plain = "".join(char if char.isascii() and char.isprintable() and char not in '"\\%' else "_" for char in filename)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def open_signer(settings: Settings, clock: StorageClock | None = None) -> Signer:
    """Make the signer that the settings describe: with a key file, else through the platform's signing call.

    Parameters
    ----------
    settings : Settings
    clock : StorageClock, optional
        Knows whether this machine's clock will do; without one it is taken to.

    Returns
    -------
    Signer

    Raises
    ------
    SettingsError
        When the key file cannot be read.
    """
    if settings.signing_key_file is None:
        return Signer(settings, _PlatformIdentity(settings.signer), clock)
    try:
        read = service_account.Credentials.from_service_account_file
        key = read(settings.signing_key_file)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, GoogleAuthError) as fault:
        raise SettingsError(
            f"AUTOK_SIGNING_KEY_FILE cannot be used ({type(fault).__name__}); it takes a service account's key in JSON."
        ) from fault
    identity = Identity({"credentials": key})
    return Signer(settings, lambda: identity, clock)


class _PlatformIdentity:
    """The service account a process runs as; it holds no key, so a signature is a call of the platform."""

    def __init__(self, email: str | None) -> None:
        self._email = email
        self._account: _Account | None = None

    def __call__(self) -> Identity:
        if self._account is None:
            request = partial(google.auth.transport.requests.Request(), timeout=_PATIENCE)
            credentials, _ = google.auth.default(scopes=[_SCOPE])
            if not credentials.valid:
                credentials.refresh(request)  # type: ignore[no-untyped-call]
            # The platform gives the address with the first token; before it the account is called default.
            email = self._email or getattr(credentials, "service_account_email", None)
            signer = iam.Signer(request, credentials, email)  # type: ignore[no-untyped-call]
            self._account = _Account(signer, email)
        return Identity({"credentials": self._account})


class _Account(Signing):
    """What signs through the platform, in the form that the storage client takes a key in."""

    def __init__(self, signer: Any, email: str | None) -> None:
        self._signer = signer
        self._email = email

    @property
    def signer(self) -> Any:
        return self._signer

    @property
    def signer_email(self) -> str | None:
        return self._email

    def sign_bytes(self, message: bytes) -> bytes:
        return bytes(self._signer.sign(message))


def cors_policy(origins: Sequence[str], *, results: bool = False) -> list[dict[str, Any]]:
    """Return the CORS rules of a bucket, in the form that Cloud Storage takes.

    Parameters
    ----------
    origins : sequence of str
        The site's origins, exact.
    results : bool
        The rules of the results bucket, which is only read; the default is those of the uploads bucket.

    Returns
    -------
    list of dict
        One rule: ``origin``, ``method``, ``responseHeader`` and ``maxAgeSeconds``.
    """
    if results:
        methods, headers = ["GET", "HEAD"], ["content-type", "content-length", "content-disposition", *_EXPOSED]
    else:
        methods, headers = ["PUT"], [*SIGNED_HEADERS, *_EXPOSED]
    return [{"origin": list(origins), "method": methods, "responseHeader": headers, "maxAgeSeconds": 3600}]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a bucket's CORS rules as JSON: ``python -m service.signing --cors ORIGIN...``."""
    parser = argparse.ArgumentParser(prog="service.signing", description="Prints a bucket's CORS rules as JSON.")
    parser.add_argument("--cors", nargs="+", metavar="ORIGIN", required=True, help="origins of the site")
    parser.add_argument("--results", action="store_true", help="the rules of the results bucket")
    given = parser.parse_args(arguments)
    sys.stdout.write(json.dumps(cors_policy(given.cors, results=given.results), indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
