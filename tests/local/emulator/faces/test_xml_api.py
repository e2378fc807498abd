"""The XML API behind signed addresses: sizes, replays, downloads, CORS."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest
import requests

from support.stack import RESULTS, UPLOADS, RunningEmulator

ORIGIN = "http://localhost:8080"
HEADERS = {
    "content-type": "image/png",
    "x-goog-content-length-range": "1,1000",
    "x-goog-if-generation-match": "0",
}
CORS = [
    {"origin": [ORIGIN], "method": ["PUT"], "responseHeader": [*HEADERS, "x-goog-generation"], "maxAgeSeconds": 60},
    {"origin": ["http://reader"], "method": ["GET"], "responseHeader": ["Content-Type"]},
]


def _put(
    emulator: RunningEmulator, data: bytes | Iterator[bytes], name: str = "web/1", **more: str
) -> requests.Response:
    url = emulator.sign(UPLOADS, name, headers={**HEADERS})
    return requests.put(url, data, headers={**HEADERS, **more}, timeout=10)


def _code(answer: requests.Response) -> str | None:
    return ET.fromstring(answer.text).findtext("Code")


def _pieces(size: int) -> Iterator[bytes]:
    """Yield a body that goes out in chunks, without a length."""
    yield b"a" * (size // 2)
    yield b"a" * (size - size // 2)


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(
    ("size", "code"),
    [(0, "EntityTooSmall"), (1, None), (1000, None), (1001, "EntityTooLarge"), (300_000, "EntityTooLarge")],
)
def test_the_length_range_counts_bytes(emulator: RunningEmulator, size: int, code: str | None, chunked: bool) -> None:
    """Bodies below or above the signed range are 400, at its ends they pass, with and without a Content-Length."""
    answer = _put(emulator, _pieces(size) if chunked and size else b"a" * size)
    stored = emulator.client().bucket(UPLOADS).get_blob("web/1")
    if code is None:
        assert (answer.status_code, stored.size) == (200, size)
    else:
        assert (answer.status_code, _code(answer)) == (400, code)
        assert stored is None
        assert emulator.events() == []
    assert list((emulator.config.data / "incoming").iterdir()) == []


def test_an_address_is_used_once(emulator: RunningEmulator) -> None:
    """The second use of an address that asks for generation 0 is 412 and changes nothing."""
    assert _put(emulator, b"first").status_code == 200
    replay = _put(emulator, b"second")
    assert (replay.status_code, _code(replay)) == (412, "PreconditionFailed")
    assert emulator.client().bucket(UPLOADS).blob("web/1").download_as_bytes() == b"first"


@pytest.mark.parametrize("header", ["x-goog-acl", "x-goog-copy-source", "x-goog-resumable"])
def test_headers_that_mean_more_are_refused(emulator: RunningEmulator, header: str) -> None:
    """ACLs, copies and sessions are refused even when they are signed."""
    headers = {header: "start"}
    url = emulator.sign(UPLOADS, "x", headers=dict(headers))
    assert requests.put(url, b"x", headers=headers, timeout=10).status_code in (400, 501)
    assert not emulator.client().bucket(UPLOADS).blob("x").exists()


@pytest.mark.parametrize("text", ["1", "a,b", "5,1", "-1,5", "", "1," + "9" * 5000])
def test_a_malformed_length_range_is_refused(emulator: RunningEmulator, text: str) -> None:
    """A length range that is no range is 400."""
    headers = {"x-goog-content-length-range": text}
    url = emulator.sign(UPLOADS, "x", headers=dict(headers))
    assert requests.put(url, b"x", headers=headers, timeout=10).status_code == 400


def test_a_download_sets_its_own_headers(emulator: RunningEmulator) -> None:
    """Disposition and type that are signed into the query replace those of the object; ranges and HEAD work."""
    blob = emulator.client().bucket(RESULTS).blob("r")
    blob.upload_from_string(b"0123456789", content_type="image/png")
    disposition = "attachment; filename=\"k_.png\"; filename*=UTF-8''k%C3%BC.png"
    url = emulator.sign(RESULTS, "r", "GET", response_disposition=disposition, response_type="image/jpeg")
    answer = requests.get(url, headers={"range": "bytes=2-4"}, timeout=10)
    assert (answer.status_code, answer.content, answer.headers["content-range"]) == (206, b"234", "bytes 2-4/10")
    assert answer.headers["content-disposition"] == disposition
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"].startswith("private")
    head = requests.head(emulator.sign(RESULTS, "r", "HEAD"), timeout=10)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, "10", b"")
    seen = requests.get(emulator.sign(RESULTS, "r", "GET"), headers={"if-none-match": head.headers["etag"]}, timeout=10)
    assert seen.status_code == 304


def test_a_header_cannot_be_split(emulator: RunningEmulator) -> None:
    """A signed disposition with a line break is refused instead of becoming another header."""
    emulator.client().bucket(RESULTS).blob("r").upload_from_string(b"x")
    url = emulator.sign(RESULTS, "r", "GET", response_disposition="attachment\r\nset-cookie: a=b")
    answer = requests.get(url, timeout=10)
    assert answer.status_code == 400
    assert "set-cookie" not in answer.headers


def test_metadata_of_any_kind_comes_out(emulator: RunningEmulator) -> None:
    """Custom metadata with line breaks or beyond ASCII leaves as one percent-encoded header."""
    blob = emulator.client().bucket(RESULTS).blob("r")
    blob.metadata = {"a key": "ü\r\nset-cookie: a=b"}
    blob.upload_from_string(b"x")
    answer = requests.get(emulator.sign(RESULTS, "r", "GET"), timeout=10)
    assert answer.headers["x-goog-meta-a-key"] == "%C3%BC%0D%0Aset-cookie: a=b"


def test_what_is_not_there_is_no_such_key(emulator: RunningEmulator) -> None:
    """A signed read of a missing object is 404 NoSuchKey, in a missing bucket NoSuchBucket."""
    for bucket, code in ((RESULTS, "NoSuchKey"), ("no-such-bucket", "NoSuchBucket")):
        answer = requests.get(emulator.sign(bucket, "x\0<y>", "GET"), timeout=10)
        assert (answer.status_code, _code(answer)) == (404, code)


def _preflight(emulator: RunningEmulator, origin: str, method: str, headers: str) -> requests.Response:
    asked = {"origin": origin, "access-control-request-method": method, "access-control-request-headers": headers}
    return requests.options(f"{emulator.url}/{UPLOADS}/web/1?X-Goog-Signature=x", headers=asked, timeout=10)


def test_a_preflight_follows_the_bucket(emulator: RunningEmulator) -> None:
    """The site's origin may PUT with the listed headers; another origin, method or header may not."""
    emulator.restart(buckets={UPLOADS: {"cors": CORS}, RESULTS: {}})
    allowed = _preflight(emulator, ORIGIN, "PUT", ", ".join(HEADERS))
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == ORIGIN
    assert "PUT" in allowed.headers["access-control-allow-methods"]
    assert set(allowed.headers["access-control-allow-headers"].split(",")) == set(HEADERS)
    refused = [
        _preflight(emulator, "http://evil.example", "PUT", "content-type"),
        _preflight(emulator, f"{ORIGIN}0", "PUT", "content-type"),
        _preflight(emulator, ORIGIN, "DELETE", "content-type"),
        _preflight(emulator, ORIGIN, "PUT", "content-type,x-goog-acl"),
    ]
    for answer in refused:
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def test_only_success_carries_cors(emulator: RunningEmulator) -> None:
    """The answer to an allowed origin can be read by its page, a refusal and another origin's cannot."""
    emulator.restart(buckets={UPLOADS: {"cors": CORS}, RESULTS: {}})
    assert "access-control-allow-origin" not in _put(emulator, b"x", origin="http://evil.example", name="web/0").headers
    answer = _put(emulator, b"x", origin=ORIGIN)
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "x-goog-generation" in answer.headers["access-control-expose-headers"]
    assert answer.headers["vary"] == "Origin"
    replay = _put(emulator, b"x", origin=ORIGIN)
    assert replay.status_code == 412
    assert "access-control-allow-origin" not in replay.headers


def test_the_runs_token_opens_the_xml_api_too(emulator: RunningEmulator) -> None:
    """A bearer token stands in for a signature, as it does in the cloud; a wrong one does not."""
    emulator.client().bucket(RESULTS).blob("r").upload_from_string(b"x")
    for token, status in ((emulator.token, 200), ("wrong", 401)):
        headers = {"authorization": f"Bearer {token}"}
        assert requests.get(f"{emulator.url}/{RESULTS}/r", headers=headers, timeout=10).status_code == status
