"""Signatures that the platform makes, since on Cloud Run there is no key: how its answers become ours."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import google.auth
import pytest
import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from flask import Flask, request
from google.auth import _exponential_backoff as backoff
from google.auth import iam
from google.oauth2.credentials import Credentials
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import service.signing
from service.targets import Process
from support.serving import serve
from support.stack import RESULTS, UPLOADS, RunningEmulator


@dataclass
class Platform:
    """The platform's signing call, with the run's key, and whatever it is told to answer before."""

    key: rsa.RSAPrivateKey
    statuses: list[int] = field(default_factory=list)
    """Of the next answers; 0 answers nothing until `gate` opens; after them it signs."""
    gate: threading.Event = field(default_factory=threading.Event)
    calls: list[tuple[str, str]] = field(default_factory=list)
    """Account and token of each."""

    async def sign(self, asked: Request) -> Response:
        """Answer one call."""
        self.calls.append((asked.path_params["account"], asked.headers["authorization"]))
        status = self.statuses.pop(0) if self.statuses else 200
        if status != 200:
            return JSONResponse({"error": {"message": "secret words of the platform"}}, status)
        payload = base64.b64decode((await asked.json())["payload"])
        signature = self.key.sign(payload, padding.PKCS1v15(), hashes.SHA256())
        return JSONResponse({"keyId": "1", "signedBlob": base64.b64encode(signature).decode()})

    def stall(self, asked: Any) -> None:
        """Answer nothing for as long as a test runs."""
        self.calls.append((asked.path_params["account"], ""))
        self.gate.wait(20)


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Platform, Process]]:
    """Yield the platform, and a service that runs as an account of its without a key."""
    with RunningEmulator(tmp_path) as storage:
        key = load_pem_private_key(storage.key["private_key"].encode(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        made, email = Platform(key), storage.key["client_email"]
        routes = [
            Route("/sign/{account}", made.sign, methods=["POST"]),
            Route("/stall/{account}", made.stall, methods=["POST"]),
        ]
        with serve(Starlette(routes=routes)) as port:
            monkeypatch.setattr(iam, "_IAM_SIGN_ENDPOINT", f"http://127.0.0.1:{port}/sign/{{}}")
            monkeypatch.setattr(google.auth, "default", lambda scopes: (Credentials(token="mine"), "project"))
            monkeypatch.setattr(backoff.time, "sleep", lambda _: None)
            service = Process(
                {
                    "AUTOK_UPLOADS_BUCKET": UPLOADS,
                    "AUTOK_RESULTS_BUCKET": RESULTS,
                    "AUTOK_STORAGE_URL": storage.url,
                    "AUTOK_STORAGE_TOKEN_FILE": str(storage.keys.token),
                    "AUTOK_SIGNER": email,
                }
            )
            try:
                yield made, service
            finally:
                made.gate.set()
                service.storage.close()  # type: ignore[attr-defined]


def ask_for_upload(service: Process) -> Any:
    """Ask for an address for a PNG of five bytes."""
    body = {"content_type": "image/png", "size": 5}
    with Flask("platform").test_request_context("/v1/uploads", method="POST", json=body):
        return service.answer(request)


@pytest.mark.parametrize("before", [[], [503], [500, 504]])
def test_what_the_platform_signs_is_taken(platform: tuple[Platform, Process], before: list[int]) -> None:
    """The storage takes an upload that the platform signed for, also when the platform first stumbled."""
    made, service = platform
    made.statuses = list(before)
    answer = ask_for_upload(service)
    assert answer.status_code == 201, answer.get_json()
    upload = answer.get_json()["upload"]
    assert requests.put(upload["url"], b"bytes", headers=upload["headers"], timeout=10).status_code == 200
    assert made.calls == [(service.settings.signer, "Bearer mine")] * (1 + len(before))


@pytest.mark.parametrize("statuses", [[403], [429], [503, 503, 503]], ids=str)
def test_a_platform_that_signs_nothing_is_told_in_a_sentence(
    platform: tuple[Platform, Process], capsys: pytest.CaptureFixture[str], statuses: list[int]
) -> None:
    """403, 429 and a lasting 503 become 503 with Retry-After, and the platform's words reach neither caller nor log."""
    made, service = platform
    made.statuses = list(statuses)
    answer = ask_for_upload(service)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.get_json()["code"] == "signing_unavailable"
    assert len(made.calls) == len(statuses)
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 1
    assert not any(word in answer.get_data(as_text=True) + out + err for word in ("secret", "Traceback", "mine"))
    assert ask_for_upload(service).status_code == 201


def test_a_platform_that_never_answers_is_given_up_in_time(
    platform: tuple[Platform, Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call without an answer ends after its patience, once, so that the caller hears of it before the timeout."""
    made, service = platform
    monkeypatch.setattr(iam, "_IAM_SIGN_ENDPOINT", iam._IAM_SIGN_ENDPOINT.replace("/sign/", "/stall/"))
    monkeypatch.setattr("service.signing._PATIENCE", 0.2)
    answer = ask_for_upload(service)
    assert (answer.status_code, answer.get_json()["code"]) == (503, "signing_unavailable")
    assert len(made.calls) == 1


def test_the_patience_fits_into_the_timeout() -> None:
    """Three calls of the platform, and the pauses between them, are over before the function's 60 s."""
    assert 3 * service.signing._PATIENCE + 2 * 4 < 60
