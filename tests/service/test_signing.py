from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from google.auth.exceptions import TransportError

from autok.errors import SettingsError, SigningError
from autok.options import SPECS, Options
from service.settings import Settings
from service.signing import SIGNED_HEADERS, Identity, Signer, attach, check_expiry, cors_policy, main, open_signer
from support.stack import RESULTS, UPLOADS, RunningEmulator

ORIGIN = "http://localhost:8080"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEmulator]:
    """Return an emulator whose buckets have the CORS rules made here."""
    buckets: dict[str, dict[str, Any]] = {
        UPLOADS: {"cors": cors_policy([ORIGIN])},
        RESULTS: {"cors": cors_policy([ORIGIN], results=True)},
    }
    with RunningEmulator(tmp_path_factory.mktemp("signing"), buckets=buckets) as emulator:
        yield emulator


@pytest.fixture
def settings(running: RunningEmulator) -> Settings:
    """Return settings for the emulator."""
    return Settings(UPLOADS, RESULTS, storage_url=running.url, signing_key_file=str(running.keys.signing_key))


@pytest.fixture
def signer(settings: Settings) -> Signer:
    """Return a signer with the run's key."""
    return open_signer(settings)


def test_a_signed_upload_is_taken_once_with_its_metadata(running: RunningEmulator, signer: Signer) -> None:
    """The address takes the file with exactly the signed headers, keeps the options, and refuses a second use."""
    metadata = Options.parse({"quality": "high", "pin": ["#ff0000", "#00ff00"]}).as_metadata()
    signed = signer.sign_upload("web/one", "image/png", metadata | {"autok-filename": "M%C3%BCll.png"})
    assert requests.put(signed.url, data=b"bytes", headers=dict(signed.headers), timeout=5).status_code == 200
    assert requests.put(signed.url, data=b"bytes", headers=dict(signed.headers), timeout=5).status_code == 412
    with closing(running.client()) as client:
        blob = client.bucket(UPLOADS).get_blob("web/one")
    assert blob is not None
    assert blob.metadata == metadata | {"autok-filename": "M%C3%BCll.png"}


@pytest.mark.parametrize("change", ["absent", "other"])
@pytest.mark.parametrize("header", ["content-type", "x-goog-content-length-range", "x-goog-if-generation-match"])
def test_every_header_is_signed(signer: Signer, header: str, change: str) -> None:
    """An upload that leaves a signed header out, or changes it, is refused."""
    signed = signer.sign_upload("web/two", "image/png", {})
    headers = {**signed.headers, header: "1,999999999"}
    if change == "absent":
        del headers[header]
    assert requests.put(signed.url, data=b"bytes", headers=headers, timeout=5).status_code in (400, 403)


@pytest.mark.parametrize(("size", "status"), [(0, 400), (1, 200), (10, 200), (11, 400)])
def test_sizes_outside_the_range_are_refused(signer: Signer, size: int, status: int) -> None:
    """Nothing at all and one byte too many are refused by the storage itself; the bounds are taken."""
    signed = signer.sign_upload(f"web/size-{size}", "image/png", {}, max_bytes=10)
    assert requests.put(signed.url, data=b"x" * size, headers=dict(signed.headers), timeout=5).status_code == status


def test_a_download_saves_under_the_users_name(running: RunningEmulator, signer: Signer) -> None:
    """The address answers with the name as an attachment, in ASCII and in full."""
    with closing(running.client()) as client:
        client.bucket(RESULTS).blob("web/x.png").upload_from_string(b"result", content_type="image/png")
    signed = signer.sign_download("web/x.png", 'Mü"ll.png', "image/png")
    answer = requests.get(signed.url, timeout=5)
    assert answer.content == b"result"
    assert (
        answer.headers["content-disposition"] == "attachment; filename=\"M__ll.png\"; filename*=UTF-8''M%C3%BC%22ll.png"
    )
    assert answer.headers["content-type"] == "image/png"


def test_no_bucket_admits_a_header_that_is_not_signed_or_lacks_one_that_is() -> None:
    """The CORS list of the uploads bucket and the headers of an upload with every option are one table."""
    every: dict[str, object] = {
        "quality": 61,
        "colors": 3,
        "target": "60%",
        "format": "png",
        "scale": 0.5,
        "max_size": 9,
    }
    every |= {"dither": 0.5, "space": "rgb", "metadata": "all", "pin": ["#123456"]}
    assert set(every) == {spec.key for spec in SPECS}
    identity = Identity({"service_account_email": "a@b", "access_token": "t"})
    sent = {f"x-goog-meta-{key}" for key in Options.parse(every).as_metadata()} | {"x-goog-meta-autok-filename"}
    sent |= {"content-type", "x-goog-content-length-range", "x-goog-if-generation-match"}
    assert sent == set(SIGNED_HEADERS)
    (rule,) = cors_policy([ORIGIN])
    assert set(SIGNED_HEADERS) <= set(rule["responseHeader"])
    assert rule["method"] == ["PUT"]
    with pytest.raises(ValueError, match="x-goog-meta-other"):
        Signer(Settings("uploads", "results"), lambda: identity).sign_upload("n", "image/png", {"other": "1"})


@pytest.mark.parametrize(("origin", "allowed"), [(ORIGIN, True), ("https://evil.example", False)])
def test_a_browser_of_the_site_may_upload_and_no_other(
    running: RunningEmulator, signer: Signer, origin: str, allowed: bool
) -> None:
    """The preflight of an upload with its very headers passes for the site's origin alone."""
    signed = signer.sign_upload("web/cors", "image/png", {"autok-colors": "8"})
    asked = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    asked["Access-Control-Request-Headers"] = ",".join(signed.headers)
    answer = requests.options(signed.url, headers=asked, timeout=5)
    assert (answer.headers.get("access-control-allow-origin") == origin) is allowed


def test_the_cors_rules_are_printed_for_other_tools(capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints exactly the rules that the code makes."""
    assert main(["--cors", ORIGIN, "https://a.example"]) == 0
    assert json.loads(capsys.readouterr().out) == cors_policy([ORIGIN, "https://a.example"])
    main(["--results", "--cors", ORIGIN])
    assert json.loads(capsys.readouterr().out) == cors_policy([ORIGIN], results=True)


@pytest.mark.parametrize("seconds", [0, -1, 604_801])
def test_a_life_that_the_storage_refuses_is_refused_here(settings: Settings, seconds: int) -> None:
    """The client library lets 0 and -1 pass; here they are wrong settings."""
    with pytest.raises(SettingsError, match=str(seconds)):
        check_expiry(seconds)
    with pytest.raises(SettingsError):
        open_signer(replace(settings, upload_ttl=seconds)).sign_upload("n", "image/png", {})


def test_expiry_and_style_follow_the_settings(settings: Settings, signer: Signer) -> None:
    """Locally the path names the bucket; against Google the host does, and the life is the one set."""
    local = urlsplit(signer.sign_upload("web/a b", "image/png", {}).url)
    assert local.path == f"/{UPLOADS}/web/a%20b"
    cloud = urlsplit(open_signer(replace(settings, storage_url=None)).sign_download("web/a b").url)
    assert (cloud.scheme, cloud.netloc, cloud.path) == ("https", f"{RESULTS}.storage.googleapis.com", "/web/a%20b")
    assert parse_qs(cloud.query)["X-Goog-Expires"] == ["900"]
    assert parse_qs(local.query)["X-Goog-Algorithm"] == ["GOOG4-RSA-SHA256"]


def test_a_signer_that_is_away_is_worth_another_try() -> None:
    """A platform that gives no signature is one kind of error, retryable, without details."""

    def fail() -> Identity:
        raise TransportError("https://secret")

    with pytest.raises(SigningError) as caught:
        Signer(Settings("uploads", "results"), fail).sign_download("n")
    assert caught.value.retryable
    assert "secret" not in str(caught.value)


def test_a_key_that_is_none_is_a_wrong_setting(tmp_path: Any) -> None:
    """A key file without a key is told by its variable."""
    (tmp_path / "key.json").write_text("{}")
    with pytest.raises(SettingsError, match="AUTOK_SIGNING_KEY_FILE"):
        open_signer(Settings("uploads", "results", signing_key_file=str(tmp_path / "key.json")))


def test_an_address_never_shows_itself(signer: Signer) -> None:
    """The repr of a signed address, as a log would show it, holds no signature."""
    assert "Signature" not in repr(signer.sign_download("n"))


@pytest.mark.parametrize("name", ["a\r\nSet-Cookie: x.png", 'a";b.png', "日本語.png", "a\\b.png", "%41.png"])
def test_no_file_name_breaks_out_of_the_header(name: str) -> None:
    """Whatever the name, the header is printable ASCII with one quoted part."""
    header = attach(name)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
