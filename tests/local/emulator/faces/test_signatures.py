"""Signed addresses: made by the real client library, then changed in one place at a time."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from local.keys import make_keys
from support.stack import UPLOADS, RunningEmulator

HEADERS = {
    "content-type": "image/png",
    "x-goog-content-length-range": "1,100",
    "x-goog-if-generation-match": "0",
    "x-goog-meta-autok-colors": "16",
}
OPTIONS = {"response-content-type": "image/png"}


@dataclass(frozen=True)
class Call:
    """One signed request, in parts that a test can change."""

    method: str
    origin: str
    host: str
    path: str
    query: str
    headers: Mapping[str, str]

    def send(self, data: bytes = b"bytes") -> requests.Response:
        """Send it as it is, without any client mending its address."""
        request = requests.Request(self.method, self.origin, headers={**self.headers, "host": self.host}, data=data)
        prepared = request.prepare()
        prepared.url = f"{self.origin}{self.path}?{self.query}"
        with requests.Session() as session:
            return session.send(prepared, timeout=10)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEmulator]:
    """Return one emulator for all tests here; refused requests leave no trace in it."""
    with RunningEmulator(tmp_path_factory.mktemp("storage")) as running:
        yield running


def _sign(emulator: RunningEmulator, style: str, name: str = "web/photo", **options: object) -> Call:
    host = urlsplit(emulator.url).netloc
    if style == "virtual":
        host = f"{UPLOADS}.{host}"
        options |= {"bucket_bound_hostname": host, "scheme": "http", "api_access_endpoint": None}
    method = str(options.pop("method", "PUT"))
    headers = dict(options.pop("headers", HEADERS))  # type: ignore[call-overload]
    url = urlsplit(emulator.sign(UPLOADS, name, method, headers=dict(headers), **options))
    return Call(method, emulator.url, host, url.path, url.query, headers)


def _code(answer: requests.Response) -> str:
    return answer.text.partition("<Code>")[2].partition("</Code>")[0]


def _query(name: str, value: str) -> Callable[[Call], Call]:
    """Return a change of the value of one query parameter."""

    def change(call: Call) -> Call:
        parts = [part.partition("=") for part in call.query.split("&")]
        assert name in [key for key, _, _ in parts]
        return replace(call, query="&".join(f"{key}={value if key == name else old}" for key, _, old in parts))

    return change


def _header(name: str, value: str | None) -> Callable[[Call], Call]:
    """Return a change of one header; None leaves it out."""

    def change(call: Call) -> Call:
        rest = {key: old for key, old in call.headers.items() if key != name}
        return replace(call, headers=rest if value is None else {**rest, name: value})

    return change


def _forge(call: Call) -> Call:
    """Sign the same string with another key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return _query("X-Goog-Signature", key.sign(b"x", padding.PKCS1v15(), hashes.SHA256()).hex())(call)


def _flip_signature(call: Call) -> Call:
    last = call.query[-1]
    return replace(call, query=call.query[:-1] + ("0" if last != "0" else "1"))


TAMPERINGS: dict[str, Callable[[Call], Call]] = {
    "method": lambda call: replace(call, method="DELETE"),
    "path": lambda call: replace(call, path=call.path + "x"),
    "path encoding": lambda call: replace(call, path=call.path.replace("photo", "%70hoto")),
    "host": lambda call: replace(call, host=call.host.replace("localhost", "127.0.0.1")),
    "content type": _header("content-type", "text/html"),
    "content type missing": _header("content-type", None),
    "length range": _header("x-goog-content-length-range", "1,1000"),
    "length range missing": _header("x-goog-content-length-range", None),
    "generation": _header("x-goog-if-generation-match", "1"),
    "generation missing": _header("x-goog-if-generation-match", None),
    "option": _header("x-goog-meta-autok-colors", "17"),
    "option missing": _header("x-goog-meta-autok-colors", None),
    "unsigned extension header": _header("x-goog-meta-autok-quality", "1"),
    "unsigned copy": _header("x-goog-copy-source", "/autok-results/secret"),
    "algorithm": _query("X-Goog-Algorithm", "GOOG4-HMAC-SHA256"),
    "credential": _query("X-Goog-Credential", "other%40x/20200101/auto/storage/goog4_request"),
    "credential account": lambda call: replace(call, query=call.query.replace("signer%40", "other%40")),
    "date": _query("X-Goog-Date", "20200101T000000Z"),
    "expiry": _query("X-Goog-Expires", "604800"),
    "expiry beyond a week": _query("X-Goog-Expires", "604801"),
    "expiry zero": _query("X-Goog-Expires", "0"),
    "expiry negative": _query("X-Goog-Expires", "-1"),
    "signed headers": _query("X-Goog-SignedHeaders", "host"),
    "signed headers without host": _query("X-Goog-SignedHeaders", "content-type"),
    "parameter": _query("response-content-type", "text/html"),
    "parameter added": lambda call: replace(call, query=f"generation=1&{call.query}"),
    "parameter removed": lambda call: replace(call, query=call.query.replace("response-content-type=image%2Fpng", "")),
    "parameter doubled": lambda call: replace(call, query=f"{call.query}&X-Goog-Expires=600"),
    "signature": _flip_signature,
    "signature empty": _query("X-Goog-Signature", ""),
    "signature no hex": _query("X-Goog-Signature", "zz"),
    "key": _forge,
}


@pytest.mark.parametrize("style", ["path", "virtual"])
@pytest.mark.parametrize("part", TAMPERINGS)
def test_a_change_of_any_signed_part_is_refused(shared: RunningEmulator, part: str, style: str) -> None:
    """A signed upload with one part changed is refused, stores nothing and emits nothing; untouched it would pass."""
    call = TAMPERINGS[part](_sign(shared, style, query_parameters=dict(OPTIONS)))
    answer = call.send()
    assert answer.status_code in (400, 403), answer.text
    assert _code(answer) in ("SignatureDoesNotMatch", "MalformedSecurityHeader", "ExpiredToken", "AccessDenied")
    assert list(shared.client().list_blobs(UPLOADS)) == []
    assert shared.events() == []


@pytest.mark.parametrize("style", ["path", "virtual"])
@pytest.mark.parametrize("name", ["web/photo", "ü/日本 %2F+&=~.png", "a" * 1024, "nul\0l", "../up/./a//b.png", "/.."])
def test_an_untouched_address_works(emulator: RunningEmulator, style: str, name: str) -> None:
    """What was signed goes in by PUT, comes out by GET and is deleted by DELETE, in both styles of address."""
    put = _sign(emulator, style, name, query_parameters=dict(OPTIONS)).send()
    assert put.status_code == 200, put.text
    assert put.headers["x-goog-generation"].isdigit()
    assert put.headers["etag"] == f'"{hashlib.md5(b"bytes").hexdigest()}"'
    stored = emulator.client().bucket(UPLOADS).get_blob(name)
    assert (stored.content_type, stored.metadata) == ("image/png", {"autok-colors": "16"})
    get = _sign(emulator, style, name, method="GET", headers={}).send(b"")
    assert (get.status_code, get.content) == (200, b"bytes")
    assert _sign(emulator, style, name, method="DELETE", headers={}).send(b"").status_code == 204
    assert not stored.exists()


@pytest.mark.parametrize(("age", "status"), [(0, 200), (599, 200), (601, 400), (-899, 200), (-901, 403)])
def test_an_address_lives_as_long_as_it_says(tmp_path: Path, age: int, status: int) -> None:
    """An address of 600 seconds works until then and not a second longer, nor when signed far in the future."""
    import time

    with RunningEmulator(tmp_path, clock=lambda: time.time() + age) as emulator:
        answer = _sign(emulator, "path", expiration=600).send()
    assert answer.status_code == status, answer.text
    assert _code(answer) == {200: "", 400: "ExpiredToken", 403: "RequestTimeTooSkewed"}[status]


def test_the_key_of_another_run_is_refused(shared: RunningEmulator, tmp_path: Path) -> None:
    """An address signed with another run's key, account and all else alike, is 403."""
    from google.oauth2 import service_account

    stranger = service_account.Credentials.from_service_account_file(str(make_keys(tmp_path).signing_key))
    blob = shared.client().bucket(UPLOADS).blob("x")
    url = blob.generate_signed_url(
        version="v4", expiration=60, method="PUT", credentials=stranger, api_access_endpoint=shared.url
    )
    answer = requests.put(url, b"x", timeout=10)
    assert (answer.status_code, _code(answer)) == (403, "SignatureDoesNotMatch")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_no_signature_is_no_access(shared: RunningEmulator, method: str) -> None:
    """An address without signature and token is 403."""
    assert requests.request(method, f"{shared.url}/{UPLOADS}/web/photo", timeout=10).status_code == 403


def test_a_signed_body_hash_is_checked(emulator: RunningEmulator) -> None:
    """When the body's SHA-256 is signed, another body is refused."""
    headers = {"x-goog-content-sha256": hashlib.sha256(b"right").hexdigest()}
    call = _sign(emulator, "path", headers=headers)
    assert call.send(b"wrong").status_code == 400
    assert call.send(b"right").status_code == 200


def test_a_foreign_host_is_refused(shared: RunningEmulator) -> None:
    """A request under a name that is not ours is refused, whatever it is signed for."""
    answer = replace(_sign(shared, "path"), host="evil.example").send()
    assert (answer.status_code, _code(answer)) == (400, "InvalidURI")


def test_the_checksums_are_those_of_the_bytes(emulator: RunningEmulator) -> None:
    """An upload with a wrong Content-MD5 is refused, with the right one it passes."""
    for body, status in ((b"wrong", 400), (b"right", 200)):
        headers = {"content-md5": base64.b64encode(hashlib.md5(b"right").digest()).decode()}
        assert _sign(emulator, "path", headers=headers).send(body).status_code == status
