"""The parts of the stack: the command and the environment of each, as values."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.keys import RunKeys
from local.ports import Ports

ROOT = Path(__file__).parents[2]

UPLOADS_BUCKET = "autok-uploads"
RESULTS_BUCKET = "autok-results"
TOPIC = "projects/autok-local/topics/reports"
"""Where reports are announced; the storage emulator records the messages."""


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the stack."""

    name: str
    command: tuple[str, ...]
    port: int


def origin(port: int) -> str:
    """Return an origin on this machine; one name everywhere, because signed URLs carry the host."""
    return f"http://localhost:{port}"


def describe_parts(ports: Ports, data: Path, keys: RunKeys) -> tuple[Part, ...]:
    """Return the processes of the stack, slowest to start first.

    Parameters
    ----------
    ports : Ports
        Where they listen.
    data : Path
        The folder of this stack.
    keys : RunKeys
        The secrets of the run.

    Returns
    -------
    tuple of Part
    """
    api, storage = origin(ports.api), origin(ports.storage)
    site = ("--port", str(ports.page), "--api", api, "--storage", storage)
    emulator = (
        *("--port", str(ports.storage), "--data", str(data / "storage")),
        *("--key", str(keys.public_key), "--token-file", str(keys.token)),
        *("--event-target", origin(ports.worker), "--uploads-bucket", UPLOADS_BUCKET),
        *("--results-bucket", RESULTS_BUCKET, "--origin", origin(ports.page)),
    )
    return (
        _function("worker", "compress_upload", "cloudevent", ports.worker),
        _function("api", "api", "http", ports.api),
        _function("tinify", "tinify", "http", ports.tinify),
        Part("storage", (sys.executable, "-m", "local.emulator", *emulator), ports.storage),
        Part("site", (sys.executable, "-m", "local.site", *site), ports.page),
    )


def _function(name: str, target: str, signature: str, port: int) -> Part:
    options = ("--target", target, "--signature", signature, "--port", str(port))
    return Part(name, (sys.executable, "-m", "local.function", *options), port)


def environment(ports: Ports, keys: RunKeys, inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of every process of the stack.

    Parameters
    ----------
    ports : Ports
        Where the parts listen.
    keys : RunKeys
        The secrets of the run.
    inherited : mapping
        The environment of the supervisor; a setting of Auto-K in it wins over its default here, except for what ties
        the parts together.

    Returns
    -------
    dict
        Values by the names of the variables.
    """
    path = (ROOT / "function", ROOT / "infra")
    # A proxy of this machine reaches none of the parts, which speak with each other on the loopback interface alone.
    given = inherited.get("no_proxy") or inherited.get("NO_PROXY")
    direct = ",".join(filter(None, (given, "localhost", "127.0.0.1")))
    return {
        **inherited,
        "NO_PROXY": direct,
        "no_proxy": direct,
        "PYTHONPATH": ":".join(str(folder) for folder in path),
        "PYTHONUNBUFFERED": "1",
        "AUTOK_UPLOADS_BUCKET": UPLOADS_BUCKET,
        "AUTOK_RESULTS_BUCKET": RESULTS_BUCKET,
        "AUTOK_SITE_ORIGINS": origin(ports.page),
        "AUTOK_SIGNING_KEY_FILE": str(keys.signing_key),
        "AUTOK_STORAGE_TOKEN_FILE": str(keys.token),
        "AUTOK_STORAGE_URL": origin(ports.storage),
        "AUTOK_NOTIFY_TOPIC": TOPIC,
        "AUTOK_NOTIFY_URL": origin(ports.storage),
        "AUTOK_TINIFY_KEYS_FILE": str(keys.tinify),
    }
