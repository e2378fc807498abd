"""The secrets of one run: a signing key in the form of a service account, a bearer token, and a key for programs.

``python -m local.keys FOLDER`` makes them; a folder that has them keeps them.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

SIGNER: Final = "signer@autok-local.iam.gserviceaccount.com"
"""The account that local signed addresses name."""


@dataclass(frozen=True, slots=True)
class RunKeys:
    """Where the secrets of a run lie."""

    signing_key: Path
    """Service account file with the private key; readable by its owner only."""
    public_key: Path
    """PEM for whoever checks signatures."""
    token: Path
    """The bearer token; readable by its owner only."""
    tinify: Path
    """The key of programs that speak Tinify's API; readable by its owner only."""


def make_keys(folder: Path) -> RunKeys:
    """Make the secrets of a run in `folder`, or find those that are there.

    Parameters
    ----------
    folder : Path
        Made when absent, for its owner only.

    Returns
    -------
    RunKeys
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = RunKeys(folder / "signing-key.json", folder / "signing-key.pub.pem", folder / "token", folder / "tinify")
    if not keys.tinify.exists():
        _write_secret(keys.tinify, secrets.token_urlsafe(24).encode())
    if not all(path.exists() for path in (keys.signing_key, keys.public_key, keys.token)):
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        _write_secret(keys.signing_key, json.dumps(_describe_account(private)).encode())
        _write_secret(keys.token, secrets.token_urlsafe(32).encode())
        public = private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        keys.public_key.write_bytes(public)
    return keys


def _describe_account(private: rsa.RSAPrivateKey) -> dict[str, str]:
    """Return the fields that google-auth reads from a service account file."""
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "type": "service_account",
        "project_id": "autok-local",
        "private_key_id": secrets.token_hex(20),
        "private_key": pem.decode(),
        "client_email": SIGNER,
        "client_id": "0",
        "token_uri": "http://localhost/token",
    }


def _write_secret(path: Path, data: bytes) -> None:
    """Write `data` to a file that never was readable by others."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def main() -> None:
    """Make the secrets of a run from the command line."""
    parser = argparse.ArgumentParser(prog="local.keys", description=main.__doc__)
    parser.add_argument("folder", type=Path)
    make_keys(parser.parse_args().folder)


if __name__ == "__main__":
    main()
