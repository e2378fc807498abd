"""One target of function/main.py under functions-framework's own server, as the cloud runs it.

The framework's command line cannot switch off gunicorn's control socket, whose path every gunicorn of a user shares;
its server takes the same setting as an option.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from functions_framework import create_app
from functions_framework._http import create_server

KEEPALIVE = 75
"""Seconds an idle connection stays open; gunicorn's own 2 are about the pause between two questions of a waiting page,
whose next one would meet a connection that is just being closed."""

SOURCE = Path(__file__).parents[2] / "function" / "main.py"


def serve(target: str, signature: str, port: int) -> None:
    """Serve a target on the loopback interface until a signal ends it.

    Parameters
    ----------
    target : str
        Name of a function in function/main.py.
    signature : str
        ``http`` or ``cloudevent``.
    port : int
        Port on 127.0.0.1.
    """
    # The cloud tells a function by these variables what it is; the entry points read them.
    os.environ.update(FUNCTION_TARGET=target, FUNCTION_SIGNATURE_TYPE=signature)
    app = create_app(target, str(SOURCE), signature)  # type: ignore[no-untyped-call]
    server = create_server(  # type: ignore[no-untyped-call]
        app, debug=False, control_socket_disable=True, graceful_timeout=1, keepalive=KEEPALIVE
    )
    server.run("127.0.0.1", port)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="local.function", description=__doc__)
    parser.add_argument("--target", required=True)
    parser.add_argument("--signature", choices=("http", "cloudevent"), required=True)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    serve(given.target, given.signature, given.port)
