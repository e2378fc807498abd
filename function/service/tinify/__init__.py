"""The HTTP API of Tinify (TinyPNG), so that programs written for it need another address and nothing else.

Unlike the API of the page, a call here waits for its image: the bytes come in the request, are compressed in the
sandbox, and lie in the results bucket for a day, so that no event of the uploads bucket is ever caused.

References
----------
tinypng.com/developers/reference; the clients `tinify` of PyPI and npm
"""

from __future__ import annotations

from service.tinify.application import Tinify
from service.tinify.keys import open_keys

__all__ = ["Tinify", "open_keys"]
