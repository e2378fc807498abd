"""The deployed entry points: `compress_upload` takes the uploads bucket's events, `api` and `tinify` take HTTP."""

from __future__ import annotations

import os
import threading
from typing import Any

import functions_framework
from flask import Request, Response

from service.targets import Process

PROCESS = Process(os.environ)


@functions_framework.cloud_event
def compress_upload(event: Any) -> None:
    """Compress the upload that an event announces; to return acknowledges it, to raise asks for it again."""
    PROCESS.take_event(event)


@functions_framework.http
def api(request: Request) -> Response:
    """Answer one call of the HTTP API."""
    return PROCESS.answer(request)


@functions_framework.http
def tinify(request: Request) -> Response:
    """Answer one call of a program that was written for Tinify (TinyPNG)."""
    return PROCESS.answer_tinify(request)


if "FUNCTION_TARGET" in os.environ:
    PROCESS.check()
if os.environ.get("FUNCTION_TARGET") == "compress_upload" and hasattr(os, "register_at_fork"):
    # The server loads this file before it forks its workers; each warms its own helper, beside its first request.
    os.register_at_fork(after_in_child=lambda: threading.Thread(target=PROCESS.warm_up, daemon=True).start())
