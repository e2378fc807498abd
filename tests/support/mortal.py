"""The deployed worker under its own server, which is killed like by ``kill -9`` where a file orders it.

``python -m support.mortal --port P --orders DIR``: before it passes a point, the worker looks for a file of the
point's name in DIR, and where there is one, removes it and dies. The server starts another worker, as the cloud does.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from functions_framework import create_app
from functions_framework._http import create_server

from local.function import SOURCE
from service.names import REPORT_SUFFIX
from service.sandbox import Answer, open_sandbox
from service.settings import Settings
from service.storage import Attributes, Storage, Stored, open_storage
from service.targets import Process

POINTS: Final = ("before read", "after read", "after decode", "before write", "after write", "before ack")
"""Where a worker can be told to die."""


@dataclass(frozen=True)
class Orders:
    """The folder of orders."""

    folder: Path

    def obey(self, point: str) -> None:
        """Die, if that is wanted here."""
        for order in sorted(self.folder.glob(f"{point}*")):
            order.unlink()
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class MortalStorage:
    """A storage in front of which, and behind which, one can die."""

    storage: Storage
    orders: Orders

    def stat(self, bucket: str, name: str) -> Stored | None:
        return self.storage.stat(bucket, name)

    def read(self, bucket: str, name: str, generation: int | None = None) -> bytes | None:
        if name.endswith(REPORT_SUFFIX):
            return self.storage.read(bucket, name, generation)
        self.orders.obey("before read")
        data = self.storage.read(bucket, name, generation)
        self.orders.obey("after read")
        return data

    def write(self, bucket: str, name: str, data: bytes, attributes: Attributes, expected: int) -> int | None:
        is_report = name.endswith(REPORT_SUFFIX)
        if not is_report:
            self.orders.obey("before write")
        generation = self.storage.write(bucket, name, data, attributes, expected)
        if not is_report:
            self.orders.obey("after write")
        elif b'"status":"done"' in data:
            self.orders.obey("before ack")
        return generation

    def delete(self, bucket: str, name: str, generation: int | None = None) -> bool:
        return self.storage.delete(bucket, name, generation)

    def copy(self, bucket: str, name: str, new_name: str, attributes: Attributes) -> int | None:
        return self.storage.copy(bucket, name, new_name, attributes)

    def list(self, bucket: str, prefix: str = "") -> Iterator[Stored]:
        return self.storage.list(bucket, prefix)


@dataclass(frozen=True)
class MortalEngine:
    """The sandbox, during whose work one can die."""

    sandbox: Any
    orders: Orders

    def start(self) -> None:
        self.sandbox.start()

    def run(self, job: Mapping[str, Any], data: bytes, progress: Callable[[str], None]) -> Answer:
        def pass_on(stage: str) -> None:
            progress(stage)
            if stage not in ("starting", "decoding"):
                self.orders.obey("after decode")

        answer: Answer = self.sandbox.run(job, data, pass_on)
        return answer


def main() -> None:
    """Serve until a signal ends it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--orders", type=Path, required=True)
    given = parser.parse_args()
    os.environ.update(FUNCTION_TARGET="compress_upload", FUNCTION_SIGNATURE_TYPE="cloudevent")
    app = create_app("compress_upload", str(SOURCE), "cloudevent")
    settings, orders = Settings.from_env(os.environ), Orders(given.orders)
    process = Process(os.environ, MortalStorage(open_storage(settings), orders))
    process._parts["sandbox"] = MortalEngine(open_sandbox(settings.child_limits), orders)
    sys.modules["main"].PROCESS = process
    server = create_server(app, debug=False, control_socket_disable=True, graceful_timeout=1)
    server.run("127.0.0.1", given.port)


if __name__ == "__main__":
    main()
