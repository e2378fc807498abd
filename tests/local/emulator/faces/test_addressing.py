"""Which bucket and object a request speaks of."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.emulator.faces.addressing import parse_address
from local.emulator.refusals import Refusal

HOSTS = ("localhost", "storage.example")


@pytest.mark.parametrize(
    ("path", "host", "api", "bucket", "name"),
    [
        ("/storage/v1/b", "localhost:9199", "json", None, None),
        ("/storage/v1/b/photos", "localhost", "json", "photos", None),
        ("/storage/v1/b/photos/o/a%2Fcat.png", "localhost", "json", "photos", "a/cat.png"),
        ("/upload/storage/v1/b/photos/o", "localhost", "upload", "photos", None),
        ("/resumable/upload/storage/v1/b/photos/o", "localhost", "upload", "photos", None),
        ("/download/storage/v1/b/photos/o/x", "localhost", "download", "photos", "x"),
        ("/photos/a/cat.png", "LOCALHOST:9199", "xml", "photos", "a/cat.png"),
        ("/photos/a%2fcat.png", "localhost", "xml", "photos", "a/cat.png"),
        ("/photos", "localhost", "xml", "photos", None),
        ("/", "localhost", "xml", None, None),
        ("/a/cat.png", "photos.localhost:9199", "xml", "photos", "a/cat.png"),
        ("/storage/v1/b", "photos.storage.example", "xml", "photos", "storage/v1/b"),
        ("/", "my.photos.localhost", "xml", "my.photos", None),
    ],
)
def test_addresses_are_read(path: str, host: str, api: str, bucket: str | None, name: str | None) -> None:
    """Both styles of both APIs lead to a bucket and a name, whatever the port and the spelling of the host."""
    address = parse_address(path, host, HOSTS)
    assert (address.api, address.bucket, address.name) == (api, bucket, name)


@given(name=st.text(min_size=1).filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text)))
def test_a_name_survives_its_encoding(name: str) -> None:
    """Any name, percent-encoded as a client does it, is the same name again in either API."""
    encoded = quote(name, safe="")
    assert parse_address(f"/storage/v1/b/photos/o/{encoded}", "localhost", HOSTS).name == name
    assert parse_address(f"/{encoded}", "photos.localhost", HOSTS).name == name


@pytest.mark.parametrize(("path", "host"), [("/photos/%ff", "localhost"), ("/photos/x", "evil.example"), ("/x", "")])
def test_foreign_hosts_and_broken_paths_are_refused(path: str, host: str) -> None:
    """A path that is no UTF-8 and a host that is not the emulator's are wrong addresses."""
    with pytest.raises(Refusal) as refused:
        parse_address(path, host, HOSTS)
    assert (refused.value.status, refused.value.code) == (400, "InvalidURI")
