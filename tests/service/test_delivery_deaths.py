"""The deployed worker, killed at every point of its work; and what its children die of."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from google.cloud import storage

from autok.options import Options
from autok.pipeline import compress
from local.emulator.config import EventConfig
from local.stack import ROOT
from support.life import descendants, survivors
from support.mortal import POINTS
from support.ports import find_free_ports
from support.stack import RESULTS, UPLOADS, RunningEmulator
from support.uploads import chunk, corner_picture, drawn_png, saved

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the helper of the sandbox is forked on Linux alone"),
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]

OPTIONS = {"colors": 16}
RESERVE = 50 * 1024**2


@dataclass
class Mortal:
    """Storage and a worker that dies when it is told to."""

    storage: RunningEmulator
    client: storage.Client
    server: subprocess.Popen[bytes]
    orders: Path
    log: Path

    def put(self, name: str, data: bytes) -> None:
        """Upload with the options of these tests."""
        blob = self.client.bucket(UPLOADS).blob(name)
        blob.metadata = {"autok-colors": "16"}
        blob.upload_from_string(data, content_type="image/png")
        blob.reload()

    def statuses(self, name: str) -> list[int]:
        """Wait until an object's event is acknowledged; return all answers to it, 0 for none."""
        end = time.monotonic() + 120
        while time.monotonic() < end:
            (event,) = (each for each in self.storage.events() if each["resource"]["name"] == name)
            if event["state"] == "delivered":
                return list(event["statuses"])
            time.sleep(0.05)
        raise AssertionError(f"{name} is {event['state']} after {event['statuses']}: {self.log.read_text()[-2000:]}")

    def report(self, name: str) -> dict[str, Any]:
        """Return a report."""
        content = json.loads(self.client.bucket(RESULTS).blob(f"{name}.autok.json").download_as_bytes())
        assert isinstance(content, dict)
        return content

    def results(self, name: str) -> dict[str, str]:
        """Return the SHA-256 of everything beside the report that an upload has in the results bucket."""
        blobs = [each for each in self.client.list_blobs(RESULTS, prefix=name) if not each.name.endswith(".autok.json")]
        return {each.name: hashlib.sha256(each.download_as_bytes()).hexdigest() for each in blobs}

    def resident(self) -> int:
        """Return the bytes in memory of server and worker, without the sandbox's processes."""
        pids = [self.server.pid, *descendants(self.server.pid)]
        servers = [pid for pid in pids if b"support.mortal" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        pages = (int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in servers)
        return sum(pages) * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    """Yield a running worker; its lease is a second, so that who died is soon replaced."""
    folder, port = tmp_path_factory.mktemp("mortal"), find_free_ports().worker
    orders = folder / "orders"
    orders.mkdir()
    events = EventConfig(f"http://127.0.0.1:{port}/", UPLOADS, 2, 60.0, 0.2, 0.5, 60)
    with RunningEmulator(folder, events=events) as emulator, (folder / "log").open("wb") as log:
        env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT / 'function'}:{ROOT / 'infra'}:{ROOT / 'tests'}",
            "AUTOK_UPLOADS_BUCKET": UPLOADS,
            "AUTOK_RESULTS_BUCKET": RESULTS,
            "AUTOK_STORAGE_URL": emulator.url,
            "AUTOK_STORAGE_TOKEN_FILE": str(emulator.keys.token),
            "AUTOK_LEASE": "2",
            "AUTOK_CHILD_MEMORY": str(128 * 1024**2),
        }
        command = [sys.executable, "-m", "support.mortal", "--port", str(port), "--orders", str(orders)]
        server = subprocess.Popen(command, env=env, stdout=log, stderr=log, cwd=ROOT)
        try:
            while socket.socket().connect_ex(("127.0.0.1", port)) != 0:
                assert server.poll() is None, (folder / "log").read_text()
                time.sleep(0.05)
            with closing(emulator.client()) as client:
                yield Mortal(emulator, client, server, orders, folder / "log")
        finally:
            below = descendants(server.pid)
            server.send_signal(signal.SIGTERM)
            server.wait(20)
            assert not survivors(below)


@pytest.fixture(scope="module")
def picture() -> bytes:
    """Return a PNG with some hundred colours."""
    y, x = np.mgrid[0:60, 0:80]
    rows = np.stack([3 * x, 4 * y, (x + y) % 7 * 20], -1).astype(np.uint8)
    return drawn_png([row.tobytes() for row in rows], 80, 60, 8, 2, level=0)


@pytest.fixture(scope="module")
def clean(picture: bytes) -> str:
    """Return the SHA-256 of what the engine makes of the picture when nobody disturbs it."""
    result, _ = compress(picture, Options.parse(OPTIONS), clock=time.perf_counter)
    return hashlib.sha256(result).hexdigest()


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_at_any_point_loses_nothing(mortal: Mortal, picture: bytes, clean: str, point: str) -> None:
    """After kill -9 at any of six points the redelivery ends in one result with the bytes of a clean run."""
    name = f"{point}.png"
    (mortal.orders / point).touch()
    mortal.put(name, picture)
    statuses = mortal.statuses(name)
    assert not (mortal.orders / point).exists()
    assert statuses[0] == 0
    assert statuses[-1] == 200
    assert set(statuses[1:-1]) <= {0, 503}
    (result,) = mortal.results(name).values()
    assert result == clean
    report = mortal.report(name)
    assert (report["status"], report["output"]["sha256"]) == ("done", clean)
    assert report["attempt"] == (1 if point == "before ack" else 2)


def test_an_upload_that_kills_three_workers_is_a_failed_report(mortal: Mortal, picture: bytes, clean: str) -> None:
    """After the third death the report says poison, the event is acknowledged, and the next image is compressed."""
    for number in range(5):
        (mortal.orders / f"after read{number}").touch()
    mortal.put("poison.png", picture)
    statuses = mortal.statuses("poison.png")
    assert statuses.count(0) == 3
    report = mortal.report("poison.png")
    assert (report["status"], report["error"]["code"]) == ("failed", "poison")
    assert mortal.results("poison.png") == {}
    for order in mortal.orders.iterdir():
        order.unlink()
    mortal.put("next.png", picture)
    assert mortal.statuses("next.png") == [200]
    assert list(mortal.results("next.png").values()) == [clean]


def _bombs() -> dict[str, tuple[bytes, set[str]]]:
    wide = drawn_png([bytes(9)], 16_000, 3_900, 8, 2)
    scans = saved(corner_picture(), "JPEG", progressive=True)
    at = scans.index(b"\xff\xda")
    texts = drawn_png([b"\0\0\0"], 1, 1, 8, 2, *[chunk(b"tEXt", b"k\0v")] * 51)
    return {
        "pixels": (drawn_png([bytes(3)], 16_000, 16_000, 8, 2), {"too_many_pixels"}),
        "memory": (wide, {"truncated_image", "corrupt_image", "memory_limit"}),
        "scans": (scans[:at] + scans[at:-2] * 101 + scans[-2:], {"too_many_scans"}),
        "texts": (texts, {"too_many_chunks"}),
        "large": (_zeros(15_000, 4_200), {"memory_limit"}),
    }


def _zeros(width: int, height: int) -> bytes:
    return drawn_png((bytes(3 * width) for _ in range(height)), width, height, 8, 2, level=1)


def test_no_bomb_takes_the_worker_down(mortal: Mortal, picture: bytes, clean: str) -> None:
    """Bombs of every kind, one beyond the child's memory too, are refused by their code and leave nothing in memory."""
    mortal.put("before.png", picture)
    mortal.statuses("before.png")
    before = mortal.resident()
    for name, (data, codes) in _bombs().items():
        mortal.put(f"bomb {name}", data)
        assert mortal.statuses(f"bomb {name}") == [200]
        report = mortal.report(f"bomb {name}")
        assert report["status"] == "failed"
        assert report["error"]["code"] in codes, name
        assert report["error"]["detail"].endswith(".")
    assert mortal.resident() - before < RESERVE
    mortal.put("after.png", picture)
    assert mortal.statuses("after.png") == [200]
    assert list(mortal.results("after.png").values()) == [clean]


def test_the_log_of_all_this_tells_nothing_of_the_uploads(mortal: Mortal, picture: bytes) -> None:
    """Every line of the worker's log is one JSON object or the server's own, with no name, address or stack trace."""
    mortal.put("my secret holiday.png", picture)
    mortal.statuses("my secret holiday.png")
    log = mortal.log.read_text()
    told = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert {"done"} <= {line["message"] for line in told}
    for word in ("secret", "holiday", ".png", "http", "Traceback", mortal.storage.token):
        assert word not in log
