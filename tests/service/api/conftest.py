"""A service for the tests of the API."""

from __future__ import annotations

import pytest

from local.keys import make_keys
from service.settings import InputLimits, Settings
from support.api_service import SITE, Service


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings with a key to sign with."""
    keys = make_keys(tmp_path_factory.mktemp("keys"))
    return Settings(
        "uploads",
        "results",
        site_origins=(SITE,),
        input_limits=InputLimits(max_bytes=1_000_000),
        storage_url="http://localhost:9199",
        signing_key_file=str(keys.signing_key),
    )


@pytest.fixture
def service(settings: Settings) -> Service:
    """Return a service."""
    return Service(settings)
