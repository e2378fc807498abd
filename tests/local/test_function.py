"""One function under the cloud's own server, on this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from local.ports import Ports

ROOT = Path(__file__).parents[2]


@pytest.fixture
def served(free_ports: Ports) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Yield the process of the API, and the port on which it answers."""
    words = ("--target", "api", "--signature", "http", "--port", str(free_ports.api))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AUTOK_", "FUNCTION_"))}
    kept |= {"PYTHONPATH": f"{ROOT / 'function'}:{ROOT / 'infra'}"}
    kept |= {"AUTOK_UPLOADS_BUCKET": "uploads", "AUTOK_RESULTS_BUCKET": "results"}
    kept |= {"AUTOK_STORAGE_URL": "http://localhost:9"}
    process = subprocess.Popen([sys.executable, "-m", "local.function", *words], env=kept, stderr=subprocess.DEVNULL)
    yield process, free_ports.api
    process.kill()
    process.wait()


def test_it_serves_its_target_until_it_is_told_to_end(served: tuple[subprocess.Popen[bytes], int]) -> None:
    """The target answers on the loopback interface, and a signal ends the server in good order."""
    process, port = served
    deadline = time.monotonic() + 30
    while True:
        try:
            answer = requests.get(f"http://127.0.0.1:{port}/v1/nothing", timeout=10)
            break
        except requests.ConnectionError:
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.05)
    assert answer.status_code >= 400
    assert answer.headers["content-type"] == "application/problem+json"
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


@pytest.mark.parametrize("words", [(), ("--target", "api"), ("--target", "x", "--signature", "other", "--port", "1")])
def test_wrong_words_are_refused(words: tuple[str, ...]) -> None:
    """It says what it takes, and ends with 2."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "infra")}
    done = subprocess.run([sys.executable, "-m", "local.function", *words], env=env, capture_output=True, check=False)
    assert (done.returncode, b"usage: local.function" in done.stderr) == (2, True)
