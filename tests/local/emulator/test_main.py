"""The emulator as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from local.keys import make_keys
from support.ports import find_free_ports
from support.receiver import EventReceiver
from support.stack import UPLOADS

ROOT = Path(__file__).parents[3]


class Process:
    """``python -m local.emulator`` on a free port, with keys and data under `folder`."""

    def __init__(self, folder: Path, *more: str) -> None:
        self.keys = make_keys(folder / "keys")
        self.port = find_free_ports().storage
        self.url = f"http://localhost:{self.port}"
        self.command = [
            *(sys.executable, "-m", "local.emulator", "--port", str(self.port), "--data", str(folder / "data")),
            *("--key", str(self.keys.public_key), "--token-file", str(self.keys.token)),
            *("--uploads-bucket", UPLOADS, "--results-bucket", "autok-results", *more),
        ]
        self.start()

    def start(self) -> None:
        path = f"{ROOT / 'infra'}:{ROOT / 'function'}"
        self.process = subprocess.Popen(self.command, env={**os.environ, "PYTHONPATH": path}, stderr=subprocess.PIPE)
        end = time.monotonic() + 20
        while True:
            try:
                assert requests.get(f"{self.url}/_local/health", timeout=5).ok
                return
            except requests.ConnectionError:
                assert self.process.poll() is None, "the emulator ended"
                assert time.monotonic() < end, "the emulator did not start"
                time.sleep(0.02)

    def kill(self, number: int = signal.SIGKILL) -> bytes:
        self.process.send_signal(number)
        return self.process.communicate(timeout=10)[1]

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        headers = {"authorization": f"Bearer {self.keys.token.read_text()}"}
        return requests.request(method, f"{self.url}/{path}", headers=headers, timeout=10, **more)

    def put(self, name: str, data: bytes) -> None:
        path = f"upload/storage/v1/b/{UPLOADS}/o?uploadType=media&name={name}"
        assert self.call("POST", path, data=data).status_code == 200


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    running = Process(tmp_path, "--origin", "http://localhost:8080")
    yield running
    if running.process.poll() is None:
        running.kill()


def test_its_buckets_fit_the_page(process: Process) -> None:
    """The buckets of the arguments are there, with the service's CORS rules and the page's one-day rule."""
    bucket = process.call("GET", f"storage/v1/b/{UPLOADS}").json()
    assert bucket["cors"][0]["origin"] == ["http://localhost:8080"]
    assert "x-goog-if-generation-match" in bucket["cors"][0]["responseHeader"]
    assert bucket["lifecycle"]["rule"][0]["condition"] == {"age": 1, "matchesPrefix": ["web/"]}
    results = process.call("GET", "storage/v1/b/autok-results").json()
    assert "GET" in results["cors"][0]["method"]


def test_a_kill_loses_no_object_and_no_event(process: Process, receiver: EventReceiver) -> None:
    """After kill -9 and a start, objects are whole, and events that were pending are delivered."""
    for index in range(5):
        process.put(f"n{index}", b"%d" % index * 1000)
    process.kill()
    process.command += ["--event-target", receiver.url]
    process.start()
    for index in range(5):
        path = f"download/storage/v1/b/{UPLOADS}/o/n{index}?alt=media"
        assert process.call("GET", path).content == b"%d" % index * 1000
    receiver.wait(5)
    assert sorted(receiver.names) == [f"n{index}" for index in range(5)]


def test_it_listens_on_the_loopback_interface_only(process: Process) -> None:
    """No other machine can reach the emulator."""
    sockets = Path("/proc/net/tcp").read_text().splitlines()[1:]
    listening = [line.split()[1] for line in sockets if line.split()[3] == "0A"]
    ours = [address for address in listening if address.endswith(f":{process.port:04X}")]
    assert ours == [f"0100007F:{process.port:04X}"]


def test_it_writes_no_secret(process: Process) -> None:
    """Refused and served requests leave neither address nor name nor token on its standard error."""
    requests.get(f"{process.url}/{UPLOADS}/secret-name?X-Goog-Signature=secret-signature", timeout=10)
    process.put("secret-name", b"x")
    text = process.kill(signal.SIGTERM)
    assert b"secret" not in text
    assert process.keys.token.read_bytes() not in text


@pytest.mark.parametrize("argument", [["--key", "absent.pem"], ["--bucket", "NO"], ["--cors", "x=nonsense"]])
def test_wrong_settings_are_a_sentence(tmp_path: Path, argument: list[str]) -> None:
    """A missing key, a bad bucket name or malformed JSON ends the start with a sentence and status 2."""
    keys = make_keys(tmp_path / "keys")
    command = [
        *(sys.executable, "-m", "local.emulator", "--port", "1", "--data", str(tmp_path / "data")),
        *("--key", str(keys.public_key), "--token-file", str(keys.token), *argument),
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "infra")}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("The storage emulator cannot start: ")
    assert "Traceback" not in ended.stderr
