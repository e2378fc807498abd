from __future__ import annotations

import pytest

from autok.errors import SettingsError
from service.settings import ChildLimits, InputLimits, Settings

NEEDED = {"AUTOK_UPLOADS_BUCKET": "uploads", "AUTOK_RESULTS_BUCKET": "results"}


def test_two_buckets_are_enough() -> None:
    """Everything else has the defaults that the documents state."""
    settings = Settings.from_env(NEEDED | {"PATH": "/bin", "AUTOK_ACCESS_KEY": " "})
    assert settings == Settings("uploads", "results")
    assert settings.input_limits == InputLimits(33_554_432, 64_000_000, 16_384, 100, 50)
    assert settings.child_limits == ChildLimits(1_610_612_736, 60, 90)
    assert (settings.upload_ttl, settings.download_ttl, settings.max_attempts) == (600, 900, 3)


def test_every_variable_is_read() -> None:
    """Each setting has its variable."""
    settings = Settings.from_env(
        NEEDED
        | {
            "AUTOK_SITE_ORIGINS": "http://localhost:8080, https://Example.org",
            "AUTOK_MAX_BYTES": "1000",
            "AUTOK_MAX_PIXELS": "2000",
            "AUTOK_MAX_SIDE": "3000",
            "AUTOK_MAX_SCANS": "4",
            "AUTOK_MAX_TEXT_CHUNKS": "0",
            "AUTOK_CHILD_MEMORY": "268435456",
            "AUTOK_CHILD_CPU": "7",
            "AUTOK_CHILD_WALL": "8",
            "AUTOK_UPLOAD_TTL": "9",
            "AUTOK_DOWNLOAD_TTL": "10",
            "AUTOK_ACCESS_KEY": "0123456789abcdef",
            "AUTOK_RATE_LIMIT": "0",
            "AUTOK_SIGNER": "signer@project.iam.gserviceaccount.com",
            "AUTOK_SIGNING_KEY_FILE": "/keys/k.json",
            "AUTOK_STORAGE_TOKEN_FILE": "/keys/token",
            "AUTOK_STORAGE_URL": "http://localhost:9199/",
            "AUTOK_MAX_ATTEMPTS": "5",
            "AUTOK_LEASE": "11",
            "AUTOK_VCPU": "0.5",
            "AUTOK_MEMORY_GIB": "4",
            "GOOGLE_CLOUD_PROJECT": "p",
            "AUTOK_NOTIFY_TOPIC": "projects/p/topics/images",
            "AUTOK_NOTIFY_URL": "localhost:8085",
            "AUTOK_TINIFY_KEYS_FILE": "/keys/tinify",
        }
    )
    assert settings == Settings(
        "uploads",
        "results",
        ("http://localhost:8080", "https://example.org"),
        InputLimits(1000, 2000, 3000, 4, 0),
        ChildLimits(268_435_456, 7, 8),
        9,
        10,
        "0123456789abcdef",
        0,
        "signer@project.iam.gserviceaccount.com",
        "/keys/k.json",
        "/keys/token",
        "http://localhost:9199",
        5,
        11,
        0.5,
        4.0,
        "p",
        "projects/p/topics/images",
        "http://localhost:8085",
        "/keys/tinify",
    )


def test_the_emulators_own_variable_is_heeded() -> None:
    """STORAGE_EMULATOR_HOST, with or without a scheme, is the storage's address unless another is set."""
    assert Settings.from_env(NEEDED | {"STORAGE_EMULATOR_HOST": "localhost:1"}).storage_url == "http://localhost:1"
    both = NEEDED | {"STORAGE_EMULATOR_HOST": "localhost:1", "AUTOK_STORAGE_URL": "http://localhost:2"}
    assert Settings.from_env(both).storage_url == "http://localhost:2"


def test_all_mistakes_are_told_at_once() -> None:
    """One error names every wrong variable and what each takes."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(
            {
                "AUTOK_UPLOADS_BUCKET": "UPPER",
                "AUTOK_MAX_BYTES": "-1",
                "AUTOK_UPLOAD_TTL": "604801",
                "AUTOK_VCPU": "many",
                "AUTOK_SITE_ORIGINS": "https://a.example/path",
                "AUTOK_STORAGE_URL": "ftp://x",
                "AUTOK_NOTIFY_TOPIC": "images",
                "AUTOK_SIGNER": "nobody",
            }
        )
    said = str(caught.value)
    for words in (
        "AUTOK_UPLOADS_BUCKET is 'UPPER'",
        "AUTOK_RESULTS_BUCKET is missing",
        "AUTOK_MAX_BYTES is '-1'; it takes a whole number from 1",
        "AUTOK_UPLOAD_TTL is '604801'; it takes a whole number from 1 to 604800",
        "AUTOK_VCPU is 'many'",
        "AUTOK_SITE_ORIGINS",
        "AUTOK_STORAGE_URL",
        "AUTOK_NOTIFY_TOPIC",
        "AUTOK_SIGNER",
    ):
        assert words in said


def test_one_bucket_for_both_is_refused() -> None:
    """Results in the uploads bucket would start the work again for ever."""
    with pytest.raises(SettingsError, match="start the work again"):
        Settings.from_env({"AUTOK_UPLOADS_BUCKET": "one", "AUTOK_RESULTS_BUCKET": "one"})


def test_the_origin_that_all_public_buckets_share_is_refused() -> None:
    """A page under storage.googleapis.com shares its origin with every bucket of the world."""
    with pytest.raises(SettingsError, match=r"https://storage\.googleapis\.com"):
        Settings.from_env(NEEDED | {"AUTOK_SITE_ORIGINS": "https://storage.googleapis.com"})


def test_the_access_key_is_never_shown() -> None:
    """Neither the repr of the settings nor the complaint about a wrong key holds the key."""
    assert "0123456789abcdef" not in repr(Settings.from_env(NEEDED | {"AUTOK_ACCESS_KEY": "0123456789abcdef"}))
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(NEEDED | {"AUTOK_ACCESS_KEY": "short secret"})
    assert "AUTOK_ACCESS_KEY" in str(caught.value)
    assert "short" not in str(caught.value)
