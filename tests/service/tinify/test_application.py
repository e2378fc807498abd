"""Tinify's API through its application: shapes, addresses, counts, owners and the log."""

from __future__ import annotations

import json

import pytest

from autok.options import Options
from autok.options.edits import Edit, Frame
from autok.pipeline import compress
from support.fake_engine import FakeEngine
from support.tinify_service import KEY, OTHER, Service, refusal


def test_an_image_becomes_an_address_with_both_sizes(service: Service) -> None:
    """The answer to an image says what came and what is there, and where."""
    answer = service.call("POST", "/shrink", data=b"picture")
    assert answer.status_code == 201
    assert answer.get_json() == {
        "input": {"size": 7, "type": "image/png"},
        "output": {
            "size": 38,
            "type": "image/png",
            "width": 40,
            "height": 30,
            "ratio": round(38 / 7, 4),
            "url": answer.headers["Location"],
        },
    }
    headers = {name: answer.headers[name] for name in ("Compression-Count", "Image-Width", "Image-Height")}
    assert headers == {"Compression-Count": "1", "Image-Width": "40", "Image-Height": "30"}
    kept = service.call("GET", answer.headers["Location"])
    assert (kept.status_code, kept.content_type, kept.content_length) == (200, "image/png", 38)
    assert (kept.headers["Image-Width"], kept.headers["Compression-Count"]) == ("40", "1")
    assert kept.headers["X-Content-Type-Options"] == "nosniff"
    assert kept.data.startswith(b"small ")


@pytest.mark.parametrize(
    ("headers", "start"),
    [
        ({}, "/output/"),
        ({"X-Forwarded-Proto": "https", "Host": "tiny.example.org"}, "https://tiny.example.org/output/"),
        ({"X-Forwarded-Proto": "https,http", "Host": "a.example:8443"}, "https://a.example:8443/output/"),
        ({"X-Forwarded-Proto": "https", "Host": "a b"}, "/output/"),
        ({"X-Forwarded-Proto": "ftp"}, "/output/"),
    ],
)
def test_the_address_is_one_that_the_clients_can_use(service: Service, headers: dict[str, str], start: str) -> None:
    """Over HTTPS the address is whole; else it is a path, before which the clients put the address they know."""
    answer = service.call("POST", "/shrink", data=b"picture", headers=headers)
    assert answer.headers["Location"].startswith(start)
    assert answer.get_json()["output"]["url"] == answer.headers["Location"]


def test_nothing_reaches_the_uploads_bucket(service: Service) -> None:
    """Upload and result lie privately in the results bucket, in the folder of a day, under names without the id."""
    path = service.shrink()
    assert service.storage.names("uploads") == []
    names = service.storage.names("results")
    assert [name.rpartition(".")[2] for name in names] == ["result", "source"]
    assert all(name.startswith("web/tinify/") and len(name) == 11 + 32 + 7 for name in names)
    assert not [name for name in names if path.rpartition("/")[2] in name]
    held = service.storage.objects.values()
    assert {each.attributes.cache_control for each in held} == {"private, no-store"}
    assert {verb for verb, _, _ in service.storage.log} == {"write"}


def test_an_id_is_good_for_its_own_key_alone(service: Service) -> None:
    """With another key that is valid, an id finds nothing, neither to read nor to make something of."""
    path = service.shrink()
    refusal(service.call("GET", path, OTHER), 404, "Not found")
    refusal(service.call("POST", path, OTHER, json={}), 404, "Not found")
    assert service.call("GET", path).status_code == 200


def test_commands_reach_the_engine_with_the_upload(service: Service) -> None:
    """The upload, not its result, is what another image is made of; a resize and a conversion count."""
    assert isinstance(service.engine, FakeEngine)
    path = service.shrink(b"the upload")
    body = {"resize": {"method": "fit", "width": 5, "height": 6}, "convert": {"type": "image/webp"}}
    answer = service.call("POST", path, json=body)
    assert (answer.status_code, answer.headers["Compression-Count"]) == (200, "3")
    edit = Edit(Frame("fit", 5, 6), formats=("webp",))
    assert [Edit.parse(job["edit"]) for job in service.engine.jobs] == [Edit(), edit]
    assert answer.data == service.call("GET", path).data
    assert service.call("POST", path, json={"preserve": ["copyright"]}).headers["Compression-Count"] == "3"


def test_counts_are_of_each_key(service: Service) -> None:
    """One key's compressions are not another's, and refusals do not count."""
    service.shrink()
    service.shrink(key=OTHER)
    assert service.call("POST", "/shrink", data=b"").headers["Compression-Count"] == "1"


def test_the_log_names_nothing_of_the_user(service: Service) -> None:
    """A line an image has sizes, format and time; no key, id, address or byte."""
    path = service.shrink(b"a picture of a cat")
    service.call("POST", path, json={"resize": {"method": "scale", "width": 5}})
    lines = [json.loads(line) for line in service.lines]
    assert [line["message"] for line in lines] == ["shrunk", "remade"]
    assert {"bytes_in", "bytes_out", "format", "ms", "peak_bytes"} <= set(lines[0])
    for secret in (KEY, path, path.rpartition("/")[2], "cat"):
        assert secret not in "".join(service.lines)


def test_the_engine_is_the_one_of_the_worker(real: Service, china: bytes) -> None:
    """The bytes that come back are those that the engine makes by itself, of the upload and of every command."""
    path = real.shrink(china)
    plain, _ = compress(china, Options(format="keep"))
    assert real.call("GET", path).data == plain
    answer = real.call(
        "POST", path, json={"resize": {"method": "scale", "width": 80}, "convert": {"type": "image/png"}}
    )
    assert answer.data == compress(china, Options(format="keep"), edit=Edit(Frame("scale", 80), formats=("png",)))[0]
    assert (answer.content_type, answer.headers["Image-Width"]) == ("image/png", "80")
