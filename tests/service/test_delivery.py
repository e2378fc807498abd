from __future__ import annotations

import gc
import io
from collections.abc import Iterator

import pytest
import requests
from PIL import Image

from service.settings import Settings
from service.signing import open_signer
from support.deployed import Deployed, deploy
from support.stack import RESULTS, UPLOADS

# The client library leaves a refused download's connection to the garbage collector, whenever that runs.
pytestmark = pytest.mark.filterwarnings(
    "ignore:unclosed <socket:ResourceWarning",
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning",
)


def draw(color: int = 0) -> bytes:
    """Return a PNG of 64 x 48 pixels in sixteen colours, larger than it needs to be."""
    image = Image.new("RGB", (64, 48))
    image.putdata([((x // 16) * 80, (y // 12) * 80, color) for y in range(48) for x in range(64)])
    data = io.BytesIO()
    image.save(data, "PNG", compress_level=0)
    return data.getvalue()


@pytest.fixture(autouse=True)
def collect() -> Iterator[None]:
    """Let the garbage collector find what a test left while that test's filters hold."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """Return storage and worker with the real engine, joined by real events."""
    with deploy(tmp_path_factory.mktemp("delivery")) as running:
        yield running


@pytest.mark.parametrize(
    "name", ["shop/cat.png", "../../up.png", "%2e%2e/x", "a b/ü+&?#.png", "web/" + "c" * 32, "n" * 900, "a//b.png"]
)
def test_any_object_put_into_the_bucket_is_compressed(stack: Deployed, name: str) -> None:
    """Under any name, by any program: a smaller result and a finished report, under the right names."""
    data = draw()
    stack.put(name, data, **{"autok-colors": "16"})
    stack.settle()
    report = stack.report(name)
    assert (report["status"], report["source"]["name"], report["options"]["colors"]) == ("done", name, 16)
    result = stack.client.bucket(RESULTS).get_blob(report["output"]["name"])
    assert result is not None
    content = result.download_as_bytes()
    assert len(content) == report["output"]["bytes"] < len(data)
    assert Image.open(io.BytesIO(content)).size == (64, 48)
    assert result.content_type == report["output"]["content_type"]
    assert result.content_disposition.startswith("attachment; ")


def test_events_that_come_again_and_out_of_order_leave_the_newest(stack: Deployed) -> None:
    """Duplicates, lost acknowledgements and reordering of three generations end in one result of the last."""
    stack.storage.inject("duplicate", bucket=UPLOADS, copies=3, times=3)
    stack.storage.inject("drop_ack", bucket=UPLOADS, times=2)
    stack.storage.inject("reorder", bucket=UPLOADS, times=3)
    for color in (10, 20, 30):
        stack.put("many.png", draw(color))
    stack.settle()
    report = stack.report("many.png")
    there = stack.client.bucket(UPLOADS).get_blob("many.png")
    assert there is not None
    assert (report["status"], report["source"]["generation"]) == ("done", str(there.generation))
    assert stack.names("many.png") == ["many.png", "many.png.autok.json"]
    image = Image.open(io.BytesIO(stack.client.bucket(RESULTS).blob("many.png").download_as_bytes()))
    assert image.convert("RGB").getpixel((0, 0)) == (0, 0, 30)


@pytest.mark.parametrize("kind", ["status", "lost_reply", "reset"])
@pytest.mark.parametrize("where", ["cat.png", "cat.png.autok.json"])
def test_faults_of_the_storage_that_pass_are_never_seen(stack: Deployed, kind: str, where: str) -> None:
    """503s, lost replies and resets on result and report, three in a row, end in the same result at attempt one."""
    name = f"fault-{kind}-{len(where)}/{where.removesuffix('.autok.json')}"
    stack.storage.inject(kind, bucket=RESULTS, name=f"{name.rpartition('/')[0]}/{where}", times=3)
    stack.put(name, draw())
    stack.settle()
    assert stack.report(name)["status"] == "done"
    assert stack.report(name)["attempt"] == 1
    assert stack.names(name) == [name, f"{name}.autok.json"]


def test_a_file_that_is_no_image_is_a_report_and_an_acknowledgement(stack: Deployed) -> None:
    """Text under an image's name ends in a failed report with a sentence, after one delivery."""
    stack.put("text.png", b"this is no picture " * 20)
    stack.settle()
    report = stack.report("text.png")
    assert (report["status"], report["error"]["code"]) == ("failed", "unsupported_format")
    assert len(report["error"]["detail"]) > 20
    assert stack.names("text.png") == ["text.png.autok.json"]


def test_what_asks_for_no_work_starts_none(stack: Deployed) -> None:
    """Folders, rules files, and names of reports are acknowledged and leave nothing among the results."""
    before = stack.names()
    for name in ("folder/", "folder/.autok.json", "x.png.autok.json"):
        stack.put(name, b"{}")
    stack.settle()
    assert stack.names() == before


def test_a_signed_download_gives_the_file_under_the_users_name(stack: Deployed) -> None:
    """What the page does last: GET by a signed address, with the name in the answer."""
    stack.put("web/" + "d" * 32, draw(), **{"autok-filename": "K%C3%A4se.bmp"})
    stack.settle()
    report = stack.report("web/" + "d" * 32)
    assert report["input"]["name"] == "Käse.bmp"
    keys = stack.storage.keys
    settings = Settings(UPLOADS, RESULTS, storage_url=stack.storage.url, signing_key_file=str(keys.signing_key))
    signed = open_signer(settings).sign_download(report["output"]["name"], "Käse.png")
    answer = requests.get(signed.url, timeout=10)
    assert answer.status_code == 200
    assert "K%C3%A4se.png" in answer.headers["content-disposition"]
    assert len(answer.content) == report["output"]["bytes"]
