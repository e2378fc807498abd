"""Storage with its sender of events, and a deployed entry point, mostly the worker that takes them, in this process."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import functions_framework
import pytest
from google.cloud import storage
from werkzeug.serving import make_server

import service
from local.emulator.config import EventConfig
from service.targets import Process
from service.worker import Engine
from support.stack import RESULTS, UPLOADS, RunningEmulator

MAIN = Path(service.__file__).parents[1] / "main.py"


@dataclass
class Deployed:
    """A storage whose events reach what is deployed."""

    storage: RunningEmulator
    client: storage.Client
    process: Process
    target: str
    """Address at which it is called."""

    def put(self, name: str, data: bytes, **metadata: str) -> int:
        """Upload as any program would; return the generation."""
        blob = self.client.bucket(UPLOADS).blob(name)
        blob.metadata = metadata or None
        blob.upload_from_string(data, content_type="image/png")
        return int(blob.generation)

    def settle(self, seconds: float = 60) -> None:
        """Wait until every event is acknowledged."""
        self.storage.wait_for_events(len(self.storage.events()), seconds=seconds)

    def statuses(self, name: str) -> list[int]:
        """Return the worker's answers to the deliveries of an object's events."""
        return [
            status
            for event in self.storage.events()
            if event["resource"]["name"] == name
            for status in event["statuses"]
        ]

    def report(self, name: str) -> dict[str, Any]:
        """Return a report."""
        content = json.loads(self.client.bucket(RESULTS).blob(f"{name}.autok.json").download_as_bytes())
        assert isinstance(content, dict)
        return content

    def result(self, name: str) -> bytes:
        """Return the bytes of the result that a report names."""
        return bytes(self.client.bucket(RESULTS).blob(self.report(name)["output"]["name"]).download_as_bytes())

    def names(self, prefix: str = "") -> list[str]:
        """Return the names in the results bucket."""
        return [blob.name for blob in self.client.list_blobs(RESULTS, prefix=prefix)]


@contextmanager
def deploy(
    folder: Path, engine: Engine | None = None, entry: str = "compress_upload", **settings: str
) -> Iterator[Deployed]:
    """Join storage and worker by real events, or put another entry point beside a storage.

    Parameters
    ----------
    folder : Path
        For the data.
    engine : Engine, optional
        Takes the sandbox's place.
    entry : str
        The function of ``main.py``.
    settings
        Variables of its environment, without ``AUTOK_``.
    """
    kind = "cloudevent" if entry == "compress_upload" else "http"
    emulator = RunningEmulator(folder)
    env = {
        "AUTOK_UPLOADS_BUCKET": UPLOADS,
        "AUTOK_RESULTS_BUCKET": RESULTS,
        "AUTOK_STORAGE_TOKEN_FILE": str(emulator.keys.token),
        **{f"AUTOK_{name}": value for name, value in settings.items()},
    }
    with pytest.MonkeyPatch.context() as patch, emulator:
        for name in [each for each in os.environ if each.startswith(("AUTOK_", "FUNCTION_"))]:
            patch.delenv(name)
        patch.setenv("FUNCTION_TARGET", entry)
        patch.setenv("FUNCTION_SIGNATURE_TYPE", kind)
        for name, value in {**env, "AUTOK_STORAGE_URL": emulator.url, "AUTOK_NOTIFY_URL": emulator.url}.items():
            patch.setenv(name, value)
        app = functions_framework.create_app(entry, str(MAIN), kind)
        process = sys.modules["main"].PROCESS
        if engine is not None:
            process._parts["sandbox"] = engine
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        target = f"http://127.0.0.1:{server.port}/"
        emulator.restart(events=EventConfig(target, UPLOADS, 4, 60.0, 0.1, 0.5, 20))
        try:
            with closing(emulator.client()) as client:
                yield Deployed(emulator, client, process, target)
        finally:
            emulator.stop()
            server.shutdown()
            thread.join(20)
            server.server_close()
            if engine is None:
                process.sandbox.close()
            process.storage.close()
