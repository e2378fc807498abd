"""The two official clients of Tinify's API, as they are published, against the local stack at another address."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tinify
from PIL import Image

from local.ports import Ports
from support.node import run_node
from support.supervised import RunningStack
from support.tls import SecureFront, secure_front
from support.uploads import private_exif, saved

SCRIPT = Path(__file__).with_name("tinify_client.cjs")


@pytest.fixture(scope="module")
def photo(china: bytes) -> bytes:
    """Return a photo with author, copyright, dates and position, and things that nobody asks for."""
    return saved(
        Image.open(io.BytesIO(china)).resize((320, 214)), "JPEG", exif=b"Exif\0\0" + private_exif(), quality=95
    )


@pytest.fixture(scope="module")
def front(stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureFront]:
    """Yield HTTPS before the stack, as in the cloud."""
    with secure_front(stack.ports.tinify, tmp_path_factory.mktemp("front")) as running:
        yield running


@pytest.fixture(params=["http", "https"])
def client(
    request: pytest.FixtureRequest, stack: RunningStack, front: SecureFront, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """Yield the Python client with the stack's key; nothing of it is changed but the address."""
    address = front.url if request.param == "https" else f"http://localhost:{stack.ports.tinify}"
    monkeypatch.setattr(tinify.Client, "API_ENDPOINT", address)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(front.certificate))
    tinify.key = (stack.data / "keys" / "tinify").read_text()
    yield tinify
    tinify.get_client().close()
    tinify.key = None


def opened(data: bytes) -> Image.Image:
    """Return a picture, loaded."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def test_files_and_buffers(client: Any, photo: bytes, tmp_path: Path) -> None:
    """A file becomes a smaller one of its own format, a buffer likewise, and each counts as one compression."""
    assert client.validate() is True
    before = client.compression_count
    (tmp_path / "in.jpg").write_bytes(photo)
    client.from_file(str(tmp_path / "in.jpg")).to_file(str(tmp_path / "out.jpg"))
    assert client.compression_count == before + 1
    small = (tmp_path / "out.jpg").read_bytes()
    result = client.from_buffer(photo).result()
    assert client.compression_count == before + 2
    assert result.to_buffer() == small
    assert (result.media_type, result.extension, result.size) == ("image/jpeg", "jpeg", len(small))
    assert (result.width, result.height) == opened(small).size == (320, 214)
    assert len(small) < len(photo) / 2
    assert b"SECRET" not in small


def test_every_way_of_resizing(client: Any, photo: bytes) -> None:
    """To scale keeps the proportions, to fit stays in the box, cover and thumb fill it; nothing is enlarged."""
    source = client.from_buffer(photo)
    wanted = {"scale": (100, 67), "fit": (150, 100), "cover": (150, 120), "thumb": (150, 120)}
    for method, size in wanted.items():
        sides = {"width": 100} if method == "scale" else {"width": 150, "height": 120}
        before = client.compression_count
        result = source.resize(method=method, **sides).result()
        assert client.compression_count == before + 1
        assert (result.width, result.height) == opened(result.to_buffer()).size == size, method
    assert opened(source.resize(method="fit", width=5000, height=5000).to_buffer()).size == (320, 214)


def test_conversions(client: Any, photo: bytes) -> None:
    """The answer has the one type asked for, the smallest of several, or the smallest of all."""
    source = client.from_buffer(photo)
    sizes = {}
    for kind in ("png", "jpeg", "webp", "avif"):
        result = source.convert(type=f"image/{kind}").result()
        assert result.media_type == f"image/{kind}"
        assert opened(result.to_buffer()).format == kind.upper()
        sizes[kind] = result.size
    assert source.convert(type=["image/png", "image/webp"]).result().media_type == "image/webp"
    assert source.convert(type="*/*").result().size == min(sizes.values())


def test_a_background_shows_where_the_picture_is_translucent(client: Any) -> None:
    """A transparent PNG becomes a JPEG on the colour that was named."""
    clear = saved(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), "PNG")
    source = client.from_buffer(clear).convert(type="image/jpeg").transform(background="#ff0000")
    red, green, blue = opened(source.to_buffer()).getpixel((32, 32))  # type: ignore[misc]
    assert red > 240 > 30 > max(green, blue)


@pytest.mark.parametrize("group", ["copyright", "creation", "location"])
def test_what_is_preserved_is_what_was_asked_for(client: Any, photo: bytes, group: str) -> None:
    """One group of entries survives, the others and all that is private do not."""
    exif = opened(client.from_buffer(photo).preserve(group).to_buffer()).getexif()
    found = {
        "copyright": 33432 in exif,
        "creation": 306 in exif,
        "location": bool(exif.get_ifd(0x8825)),
    }
    assert found == {name: name == group for name in found}


def test_errors_are_those_of_the_clients(client: Any, photo: bytes) -> None:
    """A wrong key is an account's error; what is no image, an address and a store are a client's."""
    refused = {
        "Unsupported media type": lambda: client.from_buffer(b"no image at all"),
        "Input missing": lambda: client.from_buffer(b""),
        "Source not found": lambda: client.from_url("https://example.org/cat.png"),
        "Bad request": lambda: client.from_buffer(photo).store(service="s3", path="a/b.png"),
    }
    for kind, call in refused.items():
        with pytest.raises(tinify.ClientError) as caught:
            call()
        assert caught.value.kind == kind
    source = client.from_buffer(photo)
    client.get_client().close()
    client.key = "0123456789abcdef-wrong"
    for call in (lambda: client.from_buffer(photo), source.to_buffer, client.validate):
        with pytest.raises(tinify.AccountError) as denied:
            call()
        assert (denied.value.kind, denied.value.status) == ("Unauthorized", 401)


def test_the_client_for_node(stack: RunningStack, front: SecureFront, photo: bytes, tmp_path: Path) -> None:
    """The client of npm is served as that of PyPI is: files, buffers, commands, counts, and its kinds of errors."""
    (tmp_path / "in.jpg").write_bytes(photo)
    (tmp_path / "in.txt").write_text("no image at all")
    key = (stack.data / "keys" / "tinify").read_text()
    words = (front.url, front.certificate, key, tmp_path / "in.jpg", tmp_path / "in.txt", tmp_path)
    done = run_node(str(SCRIPT), *map(str, words))
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["count"] == seen["countAtStart"] + 1
    assert seen["file"] == seen["plain"]["bytes"] == seen["plain"]["size"] < len(photo)
    assert (seen["plain"]["type"], seen["plain"]["extension"]) == ("image/jpeg", "jpeg")
    sizes = {name: (seen[name]["width"], seen[name]["height"]) for name in ("plain", "fit", "cover", "thumb", "scale")}
    assert sizes == {
        "plain": (320, 214),
        "fit": (150, 100),
        "cover": (150, 120),
        "thumb": (150, 120),
        "scale": (100, 67),
    }
    assert seen["webp"]["type"] == seen["several"]["type"] == "image/webp"
    assert seen["webp"]["head"].startswith("RIFF")
    assert seen["any"]["bytes"] <= seen["webp"]["bytes"]
    assert seen["preserved"]["bytes"] > seen["plain"]["bytes"]
    kinds = {name: seen[name]["kind"] for name in seen if isinstance(seen[name], dict) and "kind" in seen[name]}
    assert kinds == {
        **dict.fromkeys(("noUrl", "noStore", "noImage", "bothSides"), "ClientError"),
        **dict.fromkeys(("wrongKey", "invalid"), "AccountError"),
    }
    assert seen["noImage"]["message"].endswith("(HTTP 415/Unsupported media type)")


def test_what_the_readme_shows_is_what_happens(
    stack: RunningStack, photo: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lines of the README run as printed, beside a running stack and a photo of the name they use."""
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    (lines,) = re.findall(r"```python\n([^`]*?import tinify.*?)```", readme, re.DOTALL)
    assert f"http://localhost:{Ports(8080).tinify}" in lines
    (tmp_path / "photo.jpg").write_bytes(photo)
    (tmp_path / ".local").symlink_to(stack.data)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tinify.Client, "API_ENDPOINT", None)
    exec(lines.replace(str(Ports(8080).tinify), str(stack.ports.tinify)), {})
    tinify.get_client().close()
    tinify.key = None
    assert opened((tmp_path / "smaller.jpg").read_bytes()).format == "JPEG"
    small = opened((tmp_path / "small.webp").read_bytes())
    assert (small.format, small.size) == ("WEBP", (299, 200))


def test_what_lies_in_the_buckets_tells_nothing(client: Any, stack: RunningStack, photo: bytes) -> None:
    """Nothing reaches the uploads bucket, no id is a name, and no key or id is in the log."""
    import requests

    key = (stack.data / "keys" / "tinify").read_text()
    source = client.from_buffer(photo)
    given = source.url.rpartition("/")[2]
    headers = {"Authorization": f"Bearer {stack.token}"}
    listed = {
        bucket: requests.get(f"{stack.storage_url}/storage/v1/b/{bucket}/o", headers=headers, timeout=10).json()
        for bucket in ("autok-uploads", "autok-results")
    }
    names = [each["name"] for each in listed["autok-results"]["items"]]
    assert any(name.startswith("web/tinify/") for name in names)
    assert not [name for name in names if given in name]
    assert not [each for each in listed["autok-uploads"].get("items", []) if "tinify" in each["name"]]
    log = (stack.logs / "tinify.log").read_text()
    assert '"message":"shrunk"' in log
    for secret in (key, given, "/output/", "in.jpg"):
        assert secret not in log
