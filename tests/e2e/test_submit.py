"""``autok-cloud`` and the bucket alone, against the whole local stack."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import requests
from PIL import Image

from local.stack import ROOT, TOPIC
from support.supervised import RunningStack


def submit(stack: RunningStack, *words: str) -> subprocess.CompletedProcess[str]:
    """Run ``autok-cloud submit`` as its users do."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "function"), "AUTOK_API": stack.api_url}
    command = [sys.executable, "-m", "service.commands", "submit", *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def test_files_are_sent_awaited_and_saved(stack: RunningStack, tmp_path: Path, china: bytes, flower: bytes) -> None:
    """Two photos come back smaller under their names, with the report's hashes; a letter fails in a sentence."""
    files = {"china.jpg": china, "flower.jpg": flower, "letter.jpg": b"no picture"}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    done = submit(stack, *(str(tmp_path / name) for name in files), "-o", f"{tmp_path}/out", "--json")
    assert done.returncode == 1
    assert "letter.jpg" in done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert sorted(line["status"] for line in lines) == ["done", "done", "failed"]
    for line in lines:
        if line["status"] == "done":
            saved = (tmp_path / "out" / Path(line["file"]).name).read_bytes()
            assert hashlib.sha256(saved).hexdigest() == line["report"]["output"]["sha256"]
            assert Image.open(io.BytesIO(saved)).size == (640, 427)


def test_the_stack_announces_its_reports(stack: RunningStack, tmp_path: Path) -> None:
    """What went through the API is announced on the stack's topic."""
    (tmp_path / "dot.png").write_bytes(_dot())
    done = submit(stack, str(tmp_path / "dot.png"), "--wait", "--json")
    assert done.returncode == 0, done.stderr
    url = f"{stack.storage_url}/_local/messages?topic={TOPIC}"
    answer = requests.get(url, headers={"authorization": f"Bearer {stack.token}"}, timeout=10).json()
    told = [each["message"]["attributes"]["name"] for each in answer["messages"]]
    assert f"web/{json.loads(done.stdout)['id']}" in told


def _dot() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (32, 32), "#808000").save(data, "PNG")
    return data.getvalue()
