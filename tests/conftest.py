"""What every test may use: photos that an installed package carries, and the folder of test images."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from local.ports import Ports
from support.ports import find_free_ports

# The same examples on every run, and no clock: a busy machine is no failure.
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


def _photo(name: str) -> bytes:
    sklearn = find_spec("sklearn")
    assert sklearn is not None
    assert sklearn.origin is not None
    return (Path(sklearn.origin).parent / "datasets" / "images" / name).read_bytes()


@pytest.fixture(scope="session")
def china() -> bytes:
    """Return a JPEG photo of a temple, 640 x 427."""
    return _photo("china.jpg")


@pytest.fixture(scope="session")
def flower() -> bytes:
    """Return a JPEG photo of a flower before a blurred ground, 640 x 427."""
    return _photo("flower.jpg")


@pytest.fixture(scope="session")
def images() -> Path:
    """Return the folder named by IMAGES; tests that need it are skipped without it."""
    folder = os.environ.get("IMAGES")
    if not folder:
        pytest.skip("IMAGES names no folder")
    return Path(folder)


@pytest.fixture
def free_ports() -> Ports:
    """Return ports on which nothing listens."""
    return find_free_ports()
