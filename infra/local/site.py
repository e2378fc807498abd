"""The static pages with the headers that the deployment stamps on them, and `config.js` made for this machine."""

from __future__ import annotations

import argparse
import json
from pathlib import Path, PurePosixPath

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FRONTEND = Path(__file__).parents[2] / "frontend"

PUBLIC_SUFFIXES = frozenset(
    (".html", ".css", ".js", ".json", ".svg", ".png", ".jpg", ".webp", ".avif", ".ico", ".txt", ".webmanifest")
)
"""Kinds of files that belong to the site."""

PRIVATE_NAMES = frozenset(
    ("node_modules", "package.json", "package-lock.json", "tsconfig.json", "jsconfig.json", "eslint.config.js")
)
"""What lies in the folder of the pages for those who work on them, not for their readers."""


def is_public(path: str) -> bool:
    """Return whether a path, relative to the pages' folder, belongs to the site."""
    parts = PurePosixPath(path).parts
    hidden = any(part.startswith(".") or part in PRIVATE_NAMES for part in parts)
    return not hidden and PurePosixPath(path).suffix in PUBLIC_SUFFIXES


def security_headers(api: str, storage: str) -> dict[str, str]:
    """Return the headers of every answer.

    Parameters
    ----------
    api, storage : str
        Origins that the page talks to, such as ``http://localhost:8101``.

    Returns
    -------
    dict
        Values by the names of the headers.
    """
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": f"'self' blob: {storage}",
        "connect-src": f"'self' {api} {storage}",
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-cache",
    }


class HeaderMiddleware:
    """Puts fixed headers on every answer."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self._app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
            await send(message)

        await self._app(scope, receive, send_with_headers)


class Pages(StaticFiles):
    """The files of the site, and nothing else of its folder."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, or 404 for what is not public; a folder's address means its index.html."""
        page = str(PurePosixPath(path) / "index.html") if Path(self.directory or "", path).is_dir() else path
        if not is_public(page):
            raise HTTPException(404)
        return await super().get_response(page, scope)


def create_app(api: str, storage: str, folder: Path = FRONTEND) -> Starlette:
    """Return the site as an ASGI application.

    Parameters
    ----------
    api, storage : str
        Origins of the API and of the storage.
    folder : Path
        Where the pages lie.

    Returns
    -------
    starlette.applications.Starlette
    """
    script = f"window.AUTOK = {json.dumps({'api': api})};\n"

    def config(_: Request) -> Response:
        return Response(script, media_type="text/javascript")

    return Starlette(
        routes=[Route("/config.js", config), Mount("/", Pages(directory=folder))],
        middleware=[Middleware(HeaderMiddleware, headers=security_headers(api, storage))],
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="local.site", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--api", required=True)
    parser.add_argument("--storage", required=True)
    given = parser.parse_args()
    uvicorn.run(
        create_app(given.api, given.storage), host="127.0.0.1", port=given.port, access_log=False, log_level="warning"
    )
