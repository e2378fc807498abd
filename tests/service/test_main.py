from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import functions_framework
import pytest
from cloudevents.http import CloudEvent
from flask.testing import FlaskClient

import service
from service.targets import Process
from support.memory_storage import MemoryStorage

MAIN = Path(service.__file__).parents[1] / "main.py"
EVENT = {"bucket": "uploads", "name": "note.txt/", "generation": "1", "size": "3"}
HEADERS = {
    "ce-id": "1",
    "ce-specversion": "1.0",
    "ce-source": "//storage.googleapis.com/projects/_/buckets/uploads",
    "ce-type": "google.cloud.storage.object.v1.finalized",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the process an environment of its own."""
    for name in [each for each in os.environ if each.startswith(("AUTOK_", "FUNCTION_"))]:
        monkeypatch.delenv(name)
    # What functions-framework sets is unset again with the test.
    for name in ("FUNCTION_TARGET", "FUNCTION_SIGNATURE_TYPE"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("AUTOK_UPLOADS_BUCKET", "uploads")
    monkeypatch.setenv("AUTOK_RESULTS_BUCKET", "results")


@pytest.fixture
def worker() -> FlaskClient:
    """Return a client of the worker as it is deployed."""
    return functions_framework.create_app("compress_upload", str(MAIN), "cloudevent").test_client()


@pytest.mark.parametrize("form", ["binary", "structured"])
def test_an_event_that_asks_for_nothing_is_acknowledged(
    worker: FlaskClient, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A CloudEvent in either form reaches the worker, and a reason to skip it is logged and acknowledged."""
    if form == "binary":
        answer = worker.post("/", json=EVENT, headers=HEADERS)
    else:
        body = {key.removeprefix("ce-"): value for key, value in HEADERS.items()} | {"data": EVENT}
        answer = worker.post("/", data=json.dumps(body), content_type="application/cloudevents+json")
    assert answer.status_code == 200
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (line["message"], line["reason"]) == ("skipped", "folder")


def test_a_request_that_is_no_event_is_refused(worker: FlaskClient) -> None:
    """A body without the attributes of a CloudEvent is a bad request, not a crash."""
    assert worker.post("/", json=EVENT).status_code == 400


def test_a_storage_that_cannot_be_reached_asks_for_the_event_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Without a way to the storage the answer is a server error, so that the event comes again; no log has details."""
    monkeypatch.setenv("AUTOK_STORAGE_TOKEN_FILE", str(tmp_path / "absent"))
    worker = functions_framework.create_app("compress_upload", str(MAIN), "cloudevent").test_client()
    answer = worker.post("/", json={**EVENT, "name": "cat.png"}, headers=HEADERS)
    assert answer.status_code == 503
    assert b"absent" not in answer.data
    said = capfd.readouterr()
    assert "Traceback" not in said.out + said.err
    assert "absent" not in said.out + said.err


def test_an_api_that_is_not_set_up_says_so_without_details(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A token file that is missing gives a problem with a code, and the file's name stays in the log."""
    monkeypatch.setenv("AUTOK_STORAGE_TOKEN_FILE", str(tmp_path / "absent"))
    answer = functions_framework.create_app("api", str(MAIN), "http").test_client().get("/v1/limits")
    assert (answer.status_code, answer.content_type) == (500, "application/problem+json")
    assert answer.get_json(force=True)["code"] == "invalid_settings"
    assert b"absent" not in answer.data


@pytest.mark.parametrize("target", ["api", "compress_upload", "tinify"])
def test_wrong_settings_refuse_to_start(target: str) -> None:
    """One bucket for uploads and results ends the start with one sentence and no stack trace."""
    code = f"import functions_framework as f; f.create_app({target!r}, {str(MAIN)!r}, 'http')"
    env = {"PATH": os.environ["PATH"], "AUTOK_UPLOADS_BUCKET": "one", "AUTOK_RESULTS_BUCKET": "one"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "AUTOK_RESULTS_BUCKET is the same as AUTOK_UPLOADS_BUCKET" in done.stderr
    assert "Traceback" not in done.stderr


def test_tinify_stays_off_without_keys() -> None:
    """Without a file of keys its entry point ends with the sentence that says what is missing."""
    code = f"import functions_framework as f; f.create_app('tinify', {str(MAIN)!r}, 'http')"
    env = {"PATH": os.environ["PATH"], "AUTOK_UPLOADS_BUCKET": "uploads", "AUTOK_RESULTS_BUCKET": "results"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "AUTOK_TINIFY_KEYS_FILE is missing" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("target", "path"), [("api", "/v1/openapi.json"), ("tinify", "/output/none")])
def test_processes_that_serve_never_load_the_engine(target: str, path: str, tmp_path: Path) -> None:
    """After a call of either API neither numpy nor scikit-learn nor Pillow is in its process."""
    (tmp_path / "keys").write_text("0123456789abcdef")
    (tmp_path / "token").write_text("token")
    code = f"""
import sys, functions_framework as f
answer = f.create_app({target!r}, {str(MAIN)!r}, 'http').test_client().get({path!r}, auth=('api', '0123456789abcdef'))
assert answer.status_code in (200, 404), answer.status_code
print(sorted({{'numpy', 'scipy', 'sklearn', 'skimage', 'PIL', 'autok.pipeline', 'autok.models'}} & set(sys.modules)))
"""
    env = {"PATH": os.environ["PATH"], "AUTOK_UPLOADS_BUCKET": "uploads", "AUTOK_RESULTS_BUCKET": "results"}
    env |= {"AUTOK_TINIFY_KEYS_FILE": str(tmp_path / "keys"), "AUTOK_STORAGE_TOKEN_FILE": str(tmp_path / "token")}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_an_upload_is_compressed(china: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    """The worker, the sandbox and the engine make a smaller photo, a finished report, and a line without a name."""
    storage = MemoryStorage()
    generation = storage.put("uploads", "trip/china.jpg", china, kind="image/jpeg")
    data = {**EVENT, "name": "trip/china.jpg", "generation": str(generation), "size": str(len(china))}
    process = Process(os.environ, storage)
    try:
        process.take_event(CloudEvent({"type": HEADERS["ce-type"], "source": HEADERS["ce-source"]}, data))
    finally:
        process.sandbox.close()
    report = json.loads(storage.objects["results", "trip/china.jpg.autok.json"].data)
    assert report["status"] == "done"
    result = storage.objects["results", report["output"]["name"]].data
    assert len(result) == report["output"]["bytes"] < len(china)
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert line["message"] == "done"
    assert "china" not in json.dumps(line)
