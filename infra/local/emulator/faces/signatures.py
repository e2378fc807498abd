"""V4 signatures: the canonical request is rebuilt from what came over the wire and checked with the run's key.

Source: Cloud Storage, "V4 signing process" and "Canonical requests". Path, query and headers are taken raw, so
that a byte that was changed anywhere in the signed part is a byte that breaks the signature.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from local.emulator.refusals import Refusal

MAX_EXPIRES: Final = 604_800
"""Longest life of a signed address, in seconds: seven days."""

MAX_SKEW: Final = 900
"""How far in the future, in seconds, an address may have been signed."""

_ALGORITHM: Final = "GOOG4-RSA-SHA256"
_FIELDS: Final = ("Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature")
_CREDENTIAL: Final = re.compile(r"(?P<email>.+)/(?P<scope>(?P<day>\d{8})/[^/]+/storage/goog4_request)")


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """The parts of a request that a signature covers, as they came over the wire."""

    method: str
    path: str
    """Percent-encoded."""
    query: str
    """Percent-encoded, without the question mark."""
    headers: Sequence[tuple[str, str]]
    """Names in lower case, in the order of arrival, repeated where repeated."""


class SignatureVerifier:
    """Checks signed requests.

    Parameters
    ----------
    public_key : bytes
        PEM of an RSA key.
    signer : str or None
        Account that the credential must name; None admits any.
    """

    def __init__(self, public_key: bytes, signer: str | None = None) -> None:
        key = load_pem_public_key(public_key)
        if not isinstance(key, rsa.RSAPublicKey):
            raise TypeError("Signatures are checked with an RSA key; the given key is of another kind.")
        self._key = key
        self._signer = signer

    def verify(self, request: SignedRequest, now: float) -> str:
        """Admit `request` or refuse it.

        Parameters
        ----------
        request : SignedRequest
        now : float
            Seconds since the epoch.

        Returns
        -------
        str
            The hash that the signature promises of the body: hexadecimal SHA-256, or ``UNSIGNED-PAYLOAD``.

        Raises
        ------
        Refusal
            400 ``MalformedSecurityHeader`` or ``ExpiredToken``, 403 ``SignatureDoesNotMatch`` or
            ``RequestTimeTooSkewed``.
        """
        pairs = _split_query(request.query)
        fields = _read_fields(pairs)
        scope = self._check_credential(fields)
        _check_time(fields, now)
        headers = _collect_headers(request.headers)
        names = fields["SignedHeaders"].split(";")
        _check_headers(headers, names)
        payload = headers["x-goog-content-sha256"] if "x-goog-content-sha256" in names else "UNSIGNED-PAYLOAD"
        canonical = _canonical_request(request, pairs, headers, names, payload)
        self._check_signature(fields, scope, canonical)
        return payload

    def _check_credential(self, fields: Mapping[str, str]) -> str:
        match = _CREDENTIAL.fullmatch(fields["Credential"])
        if match is None or match["day"] != fields["Date"][:8]:
            raise _malformed("X-Goog-Credential", "Credential is not ACCOUNT/DATE/LOCATION/storage/goog4_request.")
        if self._signer is not None and match["email"] != self._signer:
            raise Refusal(403, "AccessDenied", "Access denied.", {"Details": "The signing account is not known."})
        return match["scope"]

    def _check_signature(self, fields: Mapping[str, str], scope: str, canonical: str) -> None:
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        message = "\n".join((_ALGORITHM, fields["Date"], scope, digest))
        try:
            signature = binascii.unhexlify(fields["Signature"])
            self._key.verify(signature, message.encode(), padding.PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError) as error:
            details = {
                "Details": "The request signature we calculated does not match the signature you provided.",
                "StringToSign": message,
                "CanonicalRequest": canonical,
            }
            raise Refusal(403, "SignatureDoesNotMatch", "Access denied.", details) from error


def is_signed(query: str) -> bool:
    """Tell whether `query` claims a V4 signature."""
    return any(name.startswith("X-Goog-") for name, _ in _split_query(query))


def _split_query(query: str) -> list[tuple[str, str]]:
    """Return the decoded pairs of a raw query; a plus sign stands for itself."""
    parts = (part.partition("=") for part in query.split("&") if part)
    return [(_decode(name), _decode(value)) for name, _, value in parts]


def _decode(text: str) -> str:
    # The signature is over bytes: any of them must survive the way through text and back.
    return unquote_to_bytes(text).decode("utf-8", "surrogateescape")


def _encode(text: str) -> str:
    return quote(text.encode("utf-8", "surrogateescape"), safe="~")


def _read_fields(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return the ``X-Goog-*`` parameters, each of which must be there exactly once."""
    fields: dict[str, str] = {}
    for field in _FIELDS:
        values = [value for name, value in pairs if name == f"X-Goog-{field}"]
        if len(values) != 1 or not values[0]:
            raise _malformed(f"X-Goog-{field}", f"The parameter must be given once; it is there {len(values)} times.")
        fields[field] = values[0]
    if fields["Algorithm"] != _ALGORITHM:
        raise _malformed("X-Goog-Algorithm", f"The algorithm must be {_ALGORITHM}.")
    return fields


def _check_time(fields: Mapping[str, str], now: float) -> None:
    date, expires = fields["Date"], fields["Expires"]
    if not re.fullmatch(r"\d{8}T\d{6}Z", date):
        raise _malformed("X-Goog-Date", "Date is not of the form YYYYMMDDTHHMMSSZ.")
    if not re.fullmatch(r"\d{1,9}", expires) or not 1 <= int(expires) <= MAX_EXPIRES:
        raise _malformed("X-Goog-Expires", f"Expires must be from 1 to {MAX_EXPIRES} seconds.")
    try:
        signed = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError as error:
        raise _malformed("X-Goog-Date", "Date names no moment.") from error
    if signed > now + MAX_SKEW:
        raise Refusal(403, "RequestTimeTooSkewed", f"The address is signed {signed - now:.0f} seconds in the future.")
    if now > signed + int(expires):
        ended = datetime.fromtimestamp(signed + int(expires), UTC).isoformat()
        details = {"Details": f"Request signature expired at: {ended}"}
        raise Refusal(400, "ExpiredToken", "The provided token has expired.", details)


def _collect_headers(headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Join repeated headers by commas and fold runs of white space, as the signer did."""
    collected: dict[str, list[str]] = {}
    for name, value in headers:
        collected.setdefault(name, []).append(" ".join(value.split()))
    return {name: ",".join(values) for name, values in collected.items()}


def _check_headers(headers: Mapping[str, str], names: Sequence[str]) -> None:
    if "host" not in names:
        raise _malformed("host", "The host header must be signed.")
    for name in names:
        if name not in headers:
            raise _malformed(name, "Header was included in signedheaders, but not in the request.")
    for name in headers:
        if name.startswith("x-goog-") and name not in names:
            raise _malformed(name, "Header was included in the request, but not in signedheaders.")


def _canonical_request(
    request: SignedRequest,
    pairs: Sequence[tuple[str, str]],
    headers: Mapping[str, str],
    names: Sequence[str],
    payload: str,
) -> str:
    query = sorted(f"{_encode(name)}={_encode(value)}" for name, value in pairs if name != "X-Goog-Signature")
    lines = (f"{name}:{headers[name]}\n" for name in names)
    return "\n".join((request.method, request.path, "&".join(query), "".join(lines), ";".join(names), payload))


def _malformed(parameter: str, details: str) -> Refusal:
    message = "Your request has a malformed header."
    return Refusal(400, "MalformedSecurityHeader", message, {"ParameterName": parameter, "Details": details})
