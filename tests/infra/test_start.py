"""How an instance starts: what it loads, and what it holds."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import requests

from support.ports import find_free_ports
from support.stack import RESULTS, UPLOADS, RunningEmulator
from support.terraform import INFRA

MOST: Final = 80_000_000
"""Bytes of memory for the API, all its processes together."""


@pytest.fixture
def api(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """Yield address and process of the API under functions-framework, as the cloud starts it, beside a storage."""
    with RunningEmulator(tmp_path) as storage:
        yield from serve(storage)


def serve(storage: RunningEmulator) -> Iterator[tuple[str, int]]:
    """Yield address and process of an API that uses a storage, and end it."""
    port = find_free_ports().api
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{INFRA.parent / 'function'}:{INFRA}",
        "AUTOK_UPLOADS_BUCKET": UPLOADS,
        "AUTOK_RESULTS_BUCKET": RESULTS,
        "AUTOK_SITE_ORIGINS": "https://a-site.storage.googleapis.com",
        "AUTOK_SIGNING_KEY_FILE": str(storage.keys.signing_key),
        "AUTOK_STORAGE_TOKEN_FILE": str(storage.keys.token),
        "AUTOK_STORAGE_URL": storage.url,
        "THREADS": "16",
    }
    command = [sys.executable, "-m", "local.function", "--target", "api", "--signature", "http", "--port", str(port)]
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://localhost:{port}"
    try:
        wait_for_answer(address, process)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait()


def wait_for_answer(address: str, process: subprocess.Popen[bytes]) -> None:
    """Return once the server answers; fail when its process ends before."""
    while process.poll() is None:
        try:
            requests.get(f"{address}/v1/limits", timeout=60)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"the API ended with status {process.returncode}")


def count_memory(pid: int) -> int:
    """Return the bytes that a process and its children hold, what they share counted once."""
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    own = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return own * 1024 + sum(count_memory(child) for child in children)


def test_the_api_fits_into_80_megabytes(api: tuple[str, int]) -> None:
    """After its first calls, signatures included, the API holds less than 80 MB."""
    address, pid = api
    for _ in range(20):
        answer = requests.post(f"{address}/v1/uploads", json={"content_type": "image/png", "size": 3}, timeout=60)
        assert answer.status_code == 201, answer.text
    assert 20_000_000 < count_memory(pid) < MOST
