"""The one door: who may come in, and in which shape a refusal goes out."""

from __future__ import annotations

import pytest
import requests
from starlette.requests import Request

from local.emulator.faces.gateway import has_token
from support.stack import UPLOADS, RunningEmulator

XML = f"/{UPLOADS}/x"
JSON = f"/storage/v1/b/{UPLOADS}/o/x"
UPLOAD = f"/upload/storage/v1/b/{UPLOADS}/o?uploadType=media&name=x"


def asked(header: str | None) -> Request:
    """Return a request with an Authorization header."""
    headers = [] if header is None else [(b"authorization", header.encode("latin-1"))]
    return Request({"type": "http", "headers": headers})


@pytest.mark.parametrize(
    ("header", "admitted"),
    [
        ("Bearer secret", True), ("bearer secret", True), ("Bearer secret ", False), ("Bearer  secret", False),
        ("Bearer ", False), ("Basic secret", False), ("secret", False), ("", False), (None, False),
        ("Bearer \xfc", False),
    ],
)  # fmt: skip
def test_a_token_is_the_whole_of_it(header: str | None, admitted: bool) -> None:
    """The scheme is read in either case, and the token to the letter."""
    assert has_token(asked(header), "secret") == admitted


@pytest.mark.parametrize(("path", "kind"), [(XML, "xml"), (JSON, "json"), (UPLOAD, "json"), ("//", "xml")])
def test_a_refusal_has_the_shape_of_its_api(emulator: RunningEmulator, path: str, kind: str) -> None:
    """XML for addresses of objects and for what is no address, JSON for the others; each with a date."""
    answer = requests.post(emulator.url + path, data=b"x", timeout=10)
    assert answer.status_code >= 400
    assert kind in answer.headers["content-type"]
    assert "GMT" in answer.headers["date"]


@pytest.mark.parametrize("path", [XML, JSON, UPLOAD])
@pytest.mark.parametrize("header", [None, "Bearer wrong"])
def test_nobody_gets_in_without_a_token_or_signature(emulator: RunningEmulator, path: str, header: str | None) -> None:
    """Every API refuses, and nothing is stored; without any credential an object's address says 403 as the real one."""
    headers = {} if header is None else {"authorization": header}
    method = "POST" if path == UPLOAD else "PUT" if path == XML else "GET"
    answer = requests.request(method, emulator.url + path, data=b"x", headers=headers, timeout=10)
    assert answer.status_code == (403 if path == XML and header is None else 401)
    assert [*emulator.client().list_blobs(UPLOADS)] == []


def test_a_token_opens_every_api(emulator: RunningEmulator) -> None:
    """The same object is put by one and read by the others."""
    headers = {"authorization": f"Bearer {emulator.token}"}
    assert requests.post(emulator.url + UPLOAD, data=b"bytes", headers=headers, timeout=10).status_code == 200
    assert requests.get(emulator.url + XML, headers=headers, timeout=10).content == b"bytes"
    assert requests.get(emulator.url + JSON, headers=headers, timeout=10).json()["size"] == "5"


def test_the_answer_to_a_large_refused_upload_arrives(emulator: RunningEmulator) -> None:
    """Its body is read away, so that the client hears the refusal instead of a broken connection."""
    answer = requests.put(emulator.url + XML, data=bytes(4 << 20), timeout=30)
    assert answer.status_code == 403
