"""The service that these tests call, with a stand-in for the engine and with the engine itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from service.sandbox import open_sandbox
from service.settings import ChildLimits
from support.tinify_service import Service


@pytest.fixture
def service() -> Service:
    """Return a service whose engine is a stand-in."""
    return Service()


@pytest.fixture(scope="module")
def real() -> Iterator[Service]:
    """Yield a service with the sandbox and the engine."""
    sandbox = open_sandbox(ChildLimits())
    yield Service(sandbox)
    sandbox.close()
