from __future__ import annotations

import hashlib
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from local.ports import Ports
from local.stack import ROOT
from support.life import survivors
from support.ports import find_free_ports
from support.supervised import RunningStack, launch, start_stack


@pytest.fixture
def own_stack(free_ports: Ports, tmp_path: Path) -> Iterator[RunningStack]:
    """Yield a stack that the test may end."""
    running = start_stack(free_ports, tmp_path)
    yield running
    if running.supervisor.poll() is None:
        running.stop()


def call(method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Any:
    """Send one request as any program would; return status, headers and body."""
    request = urllib.request.Request(url, data=body, method=method, headers=dict(headers or {}))
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.headers, refusal.read()


def send(stack: RunningStack, data: bytes, name: str, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Upload bytes through the API and the signed address; return the finished result."""
    wish = {"content_type": "image/jpeg", "size": len(data), "filename": name, "options": dict(options or {})}
    json_type = {"Content-Type": "application/json"}
    status, _, body = call("POST", f"{stack.api_url}/v1/uploads", json.dumps(wish).encode(), json_type)
    assert status == 201, body
    ticket = json.loads(body)
    upload = ticket["upload"]
    status, _, body = call(upload["method"], upload["url"], data, upload["headers"])
    assert status == 200, body
    return wait_for_result(stack, ticket["result"])


def wait_for_result(stack: RunningStack, path: str) -> dict[str, Any]:
    """Poll until a result is done or failed."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        status, _, body = call("GET", f"{stack.api_url}{path}")
        assert status == 200, body
        result: dict[str, Any] = json.loads(body)
        if result["status"] in ("done", "failed"):
            return result
        time.sleep(0.2)
    raise AssertionError(f"no result in time; the worker says: {(stack.logs / 'worker.log').read_text()[-2000:]}")


def test_a_photo_goes_in_and_comes_out_smaller(stack: RunningStack, china: bytes) -> None:
    """A photo sent by the signed address comes back smaller, whole, under its own name, with a true report."""
    result = send(stack, china, "temple garden.jpg")
    assert result["status"] == "done", result
    report = result["report"]
    status, headers, body = call("GET", result["download"]["url"])
    assert status == 200
    assert len(body) < len(china)
    assert Image.open(io.BytesIO(body)).size == (640, 427)
    assert headers["content-type"] == report["output"]["content_type"]
    assert "temple%20garden" in headers["content-disposition"]
    assert report["input"]["sha256"] == hashlib.sha256(china).hexdigest()
    assert report["output"]["sha256"] == hashlib.sha256(body).hexdigest()
    assert report["output"]["bytes"] == len(body)
    assert report["output"]["saved"] == pytest.approx(1 - len(body) / len(china), abs=1e-3)


def test_the_same_photo_gives_the_same_bytes(stack: RunningStack, flower: bytes) -> None:
    """Two uploads of one file with the same options end in the same bytes."""
    hashes = {send(stack, flower, "flower.jpg", {"colors": 16})["report"]["output"]["sha256"] for _ in range(2)}
    assert len(hashes) == 1


def test_a_file_that_is_no_image_ends_in_a_sentence(stack: RunningStack) -> None:
    """Bytes that are no image end in a failed result that says so, and the event is not repeated for ever."""
    result = send(stack, b"This is not an image." * 50, "letter.jpg")
    assert result["status"] == "failed"
    assert result["error"]["code"] == "unsupported_format"
    assert result["error"]["detail"].endswith(".")


def test_an_upload_is_private(stack: RunningStack, china: bytes) -> None:
    """Without its signature, a result cannot be read."""
    url = send(stack, china, "china.jpg", {"colors": 8})["download"]["url"]
    assert call("GET", url.partition("?")[0])[0] in (401, 403)


def test_the_page_is_served_with_its_api(stack: RunningStack) -> None:
    """The tool's page is there, and config.js names this stack's API."""
    assert call("GET", f"{stack.page_url}/compress.html")[0] == 200
    assert stack.api_url in call("GET", f"{stack.page_url}/config.js")[2].decode()


def test_the_stack_prints_one_line(own_stack: RunningStack) -> None:
    """All that the supervisor prints, from start to end, is the page's address."""
    assert own_stack.first_line == f"http://localhost:{own_stack.ports.page}\n"
    assert own_stack.stop() == (0, "", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_no_process_is_left(own_stack: RunningStack, flower: bytes, number: signal.Signals) -> None:
    """However the supervisor ends, its parts, their workers and the sandbox end too, and the ports are free again."""
    send(own_stack, flower, "flower.jpg", {"colors": 4})
    below = own_stack.processes
    assert len(below) >= 8
    own_stack.stop(number)
    assert not survivors(below)
    for _, port in own_stack.ports:
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.parametrize("part", ["local.emulator", "local.site", "api", "compress_upload"])
def test_the_crash_of_a_part_ends_the_stack(own_stack: RunningStack, part: str) -> None:
    """When a part dies, the stack ends with status 1 and one sentence that names the part and its log."""
    below = own_stack.processes
    victim = next(pid for pid in below if part.encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"))
    os.kill(victim, signal.SIGKILL)
    status, _, errors = own_stack.wait()
    assert status == 1
    assert re.search(r"The \w+ was ended by signal 9, so the stack stops\. See \S+\.log\.", errors)
    assert "Traceback" not in errors
    assert not survivors(below)


def test_a_busy_port_is_a_sentence(free_ports: Ports, tmp_path: Path) -> None:
    """A taken port ends the start with status 1 and one sentence that names it and the cure."""
    with socket.create_server(("127.0.0.1", free_ports.storage)):
        supervisor = launch(free_ports, tmp_path)
        output, errors = supervisor.communicate(timeout=30)
    assert supervisor.returncode == 1
    assert output == ""
    assert errors.count("\n") == 1
    assert f"Port {free_ports.storage}," in errors
    assert "PORT=" in errors


def test_a_folder_serves_one_stack(own_stack: RunningStack) -> None:
    """A second stack on the same folder is refused in one sentence, and the first goes on."""
    supervisor = launch(find_free_ports(), own_stack.data)
    _, errors = supervisor.communicate(timeout=30)
    assert supervisor.returncode == 1
    assert errors.count("\n") == 1
    assert str(own_stack.data) in errors
    assert own_stack.supervisor.poll() is None


def test_objects_survive_a_restart(free_ports: Ports, tmp_path: Path, flower: bytes) -> None:
    """What a stack holds is there again after it was killed and started anew."""
    first = start_stack(free_ports, tmp_path)
    sent = send(first, flower, "flower.jpg", {"colors": 4})
    below = first.processes
    first.stop(signal.SIGKILL)
    assert not survivors(below)
    second = start_stack(free_ports, tmp_path)
    try:
        result = wait_for_result(second, f"/v1/results/{sent['id']}" if "id" in sent else _path_of(sent))
        assert result["report"]["output"]["sha256"] == sent["report"]["output"]["sha256"]
    finally:
        second.stop()


def _path_of(result: Mapping[str, Any]) -> str:
    return "/v1/results/" + result["report"]["source"]["name"].removeprefix("web/")


def test_a_wrong_port_is_a_sentence(tmp_path: Path) -> None:
    """A port outside the range ends the start with status 1 and one sentence with the range."""
    command = [sys.executable, "-m", "local.supervisor", "--port", "70000", "--data", str(tmp_path)]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "infra")}
    ended = subprocess.run(command, env=env, capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("PORT is 70000; ")
