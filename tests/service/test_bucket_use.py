"""The bucket without the page: any program, by the client library or by raw HTTP, gets results, reports and news."""

from __future__ import annotations

import base64
import gc
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import jsonschema
import pytest
import requests
from PIL import Image

from autok.reporting import report_schema
from service.notices import notice_schema
from support.deployed import Deployed, deploy
from support.stack import RESULTS, UPLOADS

TOPIC = "projects/autok-local/topics/reports"

# The client library leaves a refused download's connection to the garbage collector, whenever that runs.
pytestmark = pytest.mark.filterwarnings(
    "ignore:unclosed <socket:ResourceWarning",
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning",
)


def draw(color: int = 0, side: int = 64) -> bytes:
    """Return a PNG in sixteen colours, larger than it needs to be."""
    image = Image.new("RGB", (side, side))
    image.putdata([((4 * x // side) * 80, (4 * y // side) * 80, color) for y in range(side) for x in range(side)])
    data = io.BytesIO()
    image.save(data, "PNG", compress_level=0)
    return data.getvalue()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """Return storage and worker with the real engine, and a topic that is recorded."""
    with deploy(tmp_path_factory.mktemp("bucket"), NOTIFY_TOPIC=TOPIC) as running:
        yield running
    gc.collect()


def post(stack: Deployed, name: str, data: bytes, kind: str) -> None:
    """Upload by one raw HTTP request of the JSON API, as ``curl`` would."""
    url = f"{stack.storage.url}/upload/storage/v1/b/{UPLOADS}/o?uploadType=media&name={quote(name, safe='')}"
    headers = {"authorization": f"Bearer {stack.storage.token}", "content-type": kind}
    requests.post(url, data=data, headers=headers, timeout=30).raise_for_status()


def fetch(stack: Deployed, name: str) -> requests.Response:
    """Download from the results by one raw HTTP request."""
    url = f"{stack.storage.url}/storage/v1/b/{RESULTS}/o/{quote(name, safe='')}?alt=media"
    return requests.get(url, headers={"authorization": f"Bearer {stack.storage.token}"}, timeout=30)


def notices(stack: Deployed) -> dict[str, Mapping[str, Any]]:
    """Return the announcements by the upload's name; each fits the published schema."""
    found = {}
    for each in stack.storage.local("GET", f"messages?topic={TOPIC}")["messages"]:
        notice = json.loads(base64.b64decode(each["message"]["data"]))
        jsonschema.validate(notice, notice_schema())
        found[notice["source"]["name"]] = notice
    return found


def test_a_folder_goes_in_and_comes_out_at_the_same_paths(stack: Deployed) -> None:
    """A tree put by the client library, other files among it, has results and reports at the same paths."""
    files = {"shop/a.png": draw(1), "shop/deep/b c.png": draw(2), "shop/ü.PNG": draw(3)}
    bucket = stack.client.bucket(UPLOADS)
    for name, data in files.items():
        bucket.blob(name).upload_from_string(data, content_type="image/png")
    bucket.blob("shop/prices.csv").upload_from_string("a,b\n1,2\n", content_type="text/csv")
    stack.settle()
    reports = [f"{name}.autok.json" for name in (*files, "shop/prices.csv")]
    assert stack.names("shop/") == sorted([*files, *reports])
    for name, data in files.items():
        report = stack.report(name)
        jsonschema.validate(report, report_schema())
        assert report["input"]["sha256"] == hashlib.sha256(data).hexdigest()
        assert report["output"]["sha256"] == hashlib.sha256(stack.result(name)).hexdigest()
    assert stack.report("shop/prices.csv")["skipped"]["reason"] == "not_an_image"


def test_raw_http_is_enough(stack: Deployed) -> None:
    """One POST puts an image; the result comes back by one GET with its type, cache header and name."""
    post(stack, "raw/cat.png", draw(), "application/octet-stream")
    stack.settle()
    answer = fetch(stack, "raw/cat.png")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "private, max-age=3600"
    assert answer.headers["content-disposition"].startswith('attachment; filename="cat.png"')
    assert json.loads(fetch(stack, "raw/cat.png.autok.json").content)["output"]["bytes"] == len(answer.content)


def test_rules_hold_below_their_folder_and_metadata_wins(stack: Deployed) -> None:
    """Options, cache header and smallest size of a rules file hold; what an object says itself wins."""
    rules = {
        "options": {"colors": 8, "format": "png"},
        "cache_control": "public, max-age=86400",
        "rules": [{"prefix": "icons/", "skip_below": "1MB"}],
    }
    stack.put("site/.autok.json", json.dumps(rules).encode())
    stack.put("site/a.png", draw(4))
    stack.put("site/b.png", draw(5), **{"autok-colors": "4"})
    stack.put("site/icons/c.png", draw(6))
    stack.settle()
    assert stack.report("site/a.png")["decision"]["colors"] == 8
    assert stack.report("site/b.png")["options"]["colors"] == 4
    assert fetch(stack, "site/a.png").headers["cache-control"] == "public, max-age=86400"
    assert stack.report("site/icons/c.png")["skipped"]["reason"] == "already_small"
    assert "site/icons/c.png" not in stack.names("site/")


def test_a_wrong_rules_file_is_a_failed_report_and_no_crash(stack: Deployed) -> None:
    """The report says which file is wrong and where, after one delivery; mended, the next upload goes through."""
    post(stack, "bad/.autok.json", b'{"options": {"quality": 300}}', "application/json")
    post(stack, "bad/a.png", draw(7), "image/png")
    stack.settle()
    error = stack.report("bad/a.png")["error"]
    assert error["code"] == "invalid_rules"
    assert "bad/.autok.json cannot be used: options: quality is 300" in error["detail"]
    assert stack.statuses("bad/a.png") == [200]
    post(stack, "bad/.autok.json", b'{"options": {"quality": 60}}', "application/json")
    post(stack, "bad/a.png", draw(7), "image/png")
    stack.settle()
    assert stack.report("bad/a.png")["status"] == "done"


def test_results_copied_back_among_the_uploads_are_left_alone(stack: Deployed) -> None:
    """A copy inside the storage, metadata and all, ends in a report that says whose the file is."""
    stack.put("ours/a.png", draw(8))
    stack.settle()
    source = stack.client.bucket(RESULTS)
    source.copy_blob(source.blob("ours/a.png"), stack.client.bucket(UPLOADS), "ours/copy.png")
    stack.settle()
    assert stack.report("ours/copy.png")["skipped"]["reason"] == "already_ours"


def test_every_report_is_announced(stack: Deployed) -> None:
    """Done, failed and skipped reports each come as a message that names upload, report and result."""
    stack.put("news/done.png", draw(9))
    stack.put("news/failed.png", b"no picture")
    post(stack, "news/skipped.txt", b"no picture", "text/plain")
    stack.settle()
    told = notices(stack)
    assert {name: told[f"news/{name}"]["status"] for name in ("done.png", "failed.png", "skipped.txt")} == {
        "done.png": "done",
        "failed.png": "failed",
        "skipped.txt": "skipped",
    }
    result = told["news/done.png"]["result"]
    assert hashlib.sha256(fetch(stack, result["name"]).content).hexdigest() == result["sha256"]
    assert told["news/failed.png"]["error"]["code"] == "unsupported_format"
    assert fetch(stack, told["news/failed.png"]["report"]["name"]).json()["status"] == "failed"
