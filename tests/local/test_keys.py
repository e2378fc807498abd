"""The secrets of a run."""

from __future__ import annotations

import stat
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from google.oauth2 import service_account

from local.keys import SIGNER, make_keys


def test_the_key_signs_and_the_public_half_checks(tmp_path: Path) -> None:
    """google-auth reads the key file, and what it signs is good under the public key."""
    keys = make_keys(tmp_path / "keys")
    credentials = service_account.Credentials.from_service_account_file(str(keys.signing_key))
    assert credentials.signer_email == SIGNER
    public = load_pem_public_key(keys.public_key.read_bytes())
    assert isinstance(public, rsa.RSAPublicKey)
    assert public.key_size == 2048
    public.verify(credentials.sign_bytes(b"text"), b"text", padding.PKCS1v15(), hashes.SHA256())


def test_secrets_are_for_their_owner_only(tmp_path: Path) -> None:
    """Private key, token and the programs' key are readable by no one else, nor is their folder."""
    keys = make_keys(tmp_path / "keys")
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in (keys.signing_key, keys.token, keys.tinify)] == [0o600] * 3
    assert len(keys.token.read_text()) >= 32
    assert len(keys.tinify.read_text()) == 32


def test_a_second_call_keeps_the_secrets(tmp_path: Path) -> None:
    """Secrets stay over a restart, and another folder has others."""
    first = make_keys(tmp_path / "a")
    token = first.token.read_text()
    assert make_keys(tmp_path / "a").token.read_text() == token
    assert make_keys(tmp_path / "b").token.read_text() != token
