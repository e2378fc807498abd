"""The HTTP API: a request in, a response out; signs addresses, reads reports, and never touches an image."""

from __future__ import annotations

from service.api.application import Api

__all__ = ["Api"]
