"""What the package hands out, and the whole way of a client through it."""

from __future__ import annotations

import subprocess
import sys

from service import tinify
from service.sandbox.launching import describe_environment
from service.tinify import Tinify, application, keys, open_keys
from support.fake_engine import small
from support.tinify_service import OTHER, Service, refusal


def test_what_is_handed_out_is_what_the_modules_define() -> None:
    """Two names are all that an entry point needs."""
    assert tinify.__all__ == ["Tinify", "open_keys"]
    assert Tinify is application.Tinify
    assert open_keys is keys.open_keys


def test_a_picture_is_shrunk_and_fetched_without_any_event() -> None:
    """The way of the clients: send, follow the address, get the bytes; the uploads bucket is never touched."""
    service = Service()
    place = service.shrink(b"picture")
    answer = service.call("GET", place)
    assert (answer.status_code, answer.data) == (200, small(b"picture"))
    assert service.storage.names("uploads") == []
    assert {bucket for _, bucket, _ in service.storage.log} == {"results"}


def test_what_one_key_made_another_cannot_see() -> None:
    """An address that leaks is of no use to whoever has another key: to them there is nothing."""
    service = Service()
    place = service.shrink(b"picture")
    refusal(service.call("GET", place, OTHER), 404, "Not found")


def test_the_api_loads_no_engine() -> None:
    """It holds pictures as bytes alone; what knows pixels runs in the sandbox."""
    code = "import sys, service.tinify; print([n for n in ('numpy', 'PIL', 'autok.pipeline') if n in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], env=describe_environment(), capture_output=True, check=True)
    assert said.stdout.strip() == b"[]"
