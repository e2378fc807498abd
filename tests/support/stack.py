"""A storage emulator that a test can start, ask, restart and stop.

`emulator` is a fixture: import it where it is used, ``from support.stack import emulator``.
"""

from __future__ import annotations

import atexit
import dataclasses
import functools
import json
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from google.cloud import storage
from google.oauth2 import credentials as oauth2
from google.oauth2 import service_account

from local.emulator.app import create_server
from local.emulator.config import EmulatorConfig, EventConfig
from local.keys import RunKeys, make_keys

UPLOADS = "autok-uploads"
RESULTS = "autok-results"


@functools.cache
def _shared_keys() -> RunKeys:
    """Return one set of secrets for all emulators of this process: a key costs a quarter of a second."""
    folder = Path(tempfile.mkdtemp(prefix="autok-keys-"))
    atexit.register(shutil.rmtree, folder)
    return make_keys(folder)


class RunningEmulator:
    """An emulator on a free port, served from a thread of this process.

    Parameters
    ----------
    folder : Path
        For the data.
    buckets : mapping, optional
        Buckets with their resources; an uploads and a results bucket by default.
    events : EventConfig, optional
        By default the uploads bucket emits, with quick retries, and there is no target.
    settings
        Further fields of `EmulatorConfig`.
    """

    def __init__(
        self,
        folder: Path,
        buckets: Mapping[str, Mapping[str, Any]] | None = None,
        events: EventConfig | None = None,
        **settings: Any,
    ) -> None:
        self.keys: RunKeys = _shared_keys()
        self.token = self.keys.token.read_text()
        self.config = EmulatorConfig(
            data=folder / "data",
            public_key=self.keys.public_key.read_bytes(),
            token=self.token,
            buckets=buckets if buckets is not None else {UPLOADS: {}, RESULTS: {}},
            events=events or EventConfig(bucket=UPLOADS, backoff_first=0.05, backoff_most=0.2, max_attempts=4),
            **settings,
        )
        self._port = 0
        self._server: Any = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The origin, such as ``http://localhost:41234``; the same after a restart."""
        return f"http://localhost:{self._port}"

    @property
    def key(self) -> dict[str, str]:
        """The content of the service account file that signs."""
        return dict(json.loads(self.keys.signing_key.read_text()))

    @property
    def signing_credentials(self) -> service_account.Credentials:
        """Credentials for `generate_signed_url`; they never ask for a token."""
        return service_account.Credentials.from_service_account_info(self.key)

    def start(self) -> RunningEmulator:
        """Serve; return when requests are answered."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        self._port = listener.getsockname()[1]
        server = create_server(self.config)
        self._server = server
        self._thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        self._thread.start()
        while not server.started:
            if not self._thread.is_alive():
                raise RuntimeError("The emulator ended before it was up.")
            time.sleep(0.005)
        return self

    def stop(self) -> None:
        """Stop serving; data and keys stay."""
        if self._thread is not None:
            self._server.should_exit = True
            self._thread.join(10)
            assert not self._thread.is_alive()
            self._thread = None

    def restart(self, **changes: Any) -> None:
        """Stop, change fields of the configuration, and start on the same port with the same data."""
        self.stop()
        self.config = dataclasses.replace(self.config, **changes)
        self.start()

    def client(self) -> storage.Client:
        """Return the real client library, with the run's bearer token."""
        return storage.Client(
            project="autok-local",
            credentials=oauth2.Credentials(token=self.token),
            client_options={"api_endpoint": self.url},
        )

    def sign(self, bucket: str, name: str, method: str = "PUT", **options: Any) -> str:
        """Return a V4 signed address made by the real client library, in path style unless told otherwise."""
        options = {"version": "v4", "expiration": 600, "api_access_endpoint": self.url, **options}
        blob = self.client().bucket(bucket).blob(name)
        return str(blob.generate_signed_url(method=method, credentials=self.signing_credentials, **options))

    def local(self, method: str, path: str, body: Any = None) -> Any:
        """Call ``/_local/<path>`` and return the JSON of the answer."""
        headers = {"authorization": f"Bearer {self.token}"}
        answer = requests.request(method, f"{self.url}/_local/{path}", json=body, headers=headers, timeout=10)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def inject(self, kind: str, **fields: Any) -> None:
        """Order a fault; fields are those of `local.emulator.faults.Fault`."""
        self.local("POST", "faults", {"kind": kind, **fields})

    def events(self, state: str | None = None) -> list[dict[str, Any]]:
        """Return the known events, of one state or all."""
        return list(self.local("GET", "events" + (f"?state={state}" if state else ""))["events"])

    def wait_for_events(self, count: int, state: str = "delivered", seconds: float = 20.0) -> list[dict[str, Any]]:
        """Return the events of `state` once there are `count` of them; fail after `seconds`."""
        end = time.monotonic() + seconds
        while len(found := self.events(state)) < count:
            if time.monotonic() > end:
                others = [(each["state"], each["statuses"][-3:]) for each in self.events() if each["state"] != state]
                raise AssertionError(f"{len(found)} of {count} events became {state}; of the others: {others[:5]}")
            time.sleep(0.02)
        return found

    def __enter__(self) -> RunningEmulator:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[RunningEmulator]:
    """Return a running emulator with an uploads bucket that emits events, and a results bucket."""
    with RunningEmulator(tmp_path / "storage") as running:
        yield running
