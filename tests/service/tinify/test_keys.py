"""Who may call by Tinify's API."""

from __future__ import annotations

import base64
import hmac
from pathlib import Path
from typing import Any

import pytest

from autok.errors import AccessError, SettingsError
from service.settings import Settings
from service.tinify.keys import Keys, open_keys

ONE, TWO = "0123456789abcdef", "fedcba9876543210"


def basic(text: str) -> str:
    """Return the header that presents a user and a password."""
    return "Basic " + base64.b64encode(text.encode()).decode()


def test_each_key_lets_in_as_itself() -> None:
    """Every key is found, whatever its place, and each has a digest of its own."""
    keys = Keys([ONE, TWO, ONE])
    assert len(keys.digests) == 2
    assert [keys.find(basic(f"api:{key}")) for key in (ONE, TWO)] == list(keys.digests)


@pytest.mark.parametrize(
    "header",
    [
        *(None, "", "Basic", "Basic ", "Basic !!!", "Basic YXBp", f"Bearer {ONE}", ONE),
        *(
            basic(text)
            for text in (ONE, f"api:{ONE}x", f"api:{ONE[:-1]}", "api:", f"user:{ONE}", f":{ONE}", f"API:{ONE}")
        ),
        "Basic " + base64.b64encode(b"api:\xff\xfe").decode(),
    ],
)
def test_anything_else_is_refused(header: str | None) -> None:
    """Another scheme, user or key, and what is no header at all, are refused in one sentence."""
    with pytest.raises(AccessError, match="Credentials are invalid"):
        Keys([ONE]).find(header)


def test_every_key_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison neither stops at the key that fits nor looks at bytes one by one."""
    compared: list[Any] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return original(one, other)

    original = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", compare)
    Keys([ONE, TWO]).find(basic(f"api:{ONE}"))
    assert len(compared) == 2


def test_no_key_is_remembered(tmp_path: Path) -> None:
    """Of a file with two keys the process keeps what is not they."""
    (tmp_path / "keys").write_text(f"{ONE}\n\n  {TWO}\n")
    keys = open_keys(Settings("u", "r", tinify_keys_file=str(tmp_path / "keys")))
    assert len(keys.digests) == 2
    assert not [key for key in (ONE, TWO) if key in repr(vars(keys)) or key.encode() in b"".join(keys.digests)]


@pytest.mark.parametrize(
    ("content", "words"),
    [("", "it is empty"), (" \n", "it is empty"), (f"{ONE}\nshort", "number 2"), (f"{ONE}é", "number 1")],
)
def test_a_wrong_file_is_refused_without_a_key_in_the_sentence(tmp_path: Path, content: str, words: str) -> None:
    """The complaint counts the keys, and shows none."""
    (tmp_path / "keys").write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=words) as caught:
        open_keys(Settings("u", "r", tinify_keys_file=str(tmp_path / "keys")))
    assert "AUTOK_TINIFY_KEYS_FILE" in str(caught.value)
    assert not [key for key in (ONE, "short") if key in str(caught.value)]


def test_a_missing_file_is_named_by_its_setting(tmp_path: Path) -> None:
    """Without a file, and with one that is not there, the setting is named and the path is not."""
    for path, words in ((None, "is missing"), (str(tmp_path / "absent"), "FileNotFoundError")):
        with pytest.raises(SettingsError, match=words) as caught:
            open_keys(Settings("u", "r", tinify_keys_file=path))
        assert "absent" not in str(caught.value)
