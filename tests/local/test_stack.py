"""The parts of the stack: what each is told, and what ties them together."""

from __future__ import annotations

from pathlib import Path

import pytest
from requests.utils import get_environ_proxies

from local.keys import RunKeys
from local.ports import Ports
from local.stack import RESULTS_BUCKET, UPLOADS_BUCKET, describe_parts, environment, origin
from service.settings import Settings

PORTS = Ports(8080)
KEYS = RunKeys(Path("/k/signing"), Path("/k/public"), Path("/k/token"), Path("/k/tinify"))


def test_every_part_has_a_port_of_its_own() -> None:
    """The five parts listen where the ports say, and each is told so on its command line."""
    parts = {part.name: part for part in describe_parts(PORTS, Path("/d"), KEYS)}
    assert {part.port for part in parts.values()} == {port for _, port in PORTS}
    assert set(parts) == {"worker", "api", "tinify", "storage", "site"}
    for part in parts.values():
        assert part.command[part.command.index("--port") + 1] == str(part.port)


def test_events_go_to_the_worker_and_pages_to_the_api() -> None:
    """The storage delivers uploads to the worker and admits the page; the page knows the API and the storage."""
    parts = {part.name: part.command for part in describe_parts(PORTS, Path("/d"), KEYS)}
    said = dict(zip(parts["storage"][3::2], parts["storage"][4::2], strict=False))
    assert said["--event-target"] == origin(PORTS.worker)
    assert (said["--uploads-bucket"], said["--results-bucket"]) == (UPLOADS_BUCKET, RESULTS_BUCKET)
    assert (said["--origin"], said["--data"]) == (origin(PORTS.page), "/d/storage")
    assert {origin(PORTS.api), origin(PORTS.storage)} <= set(parts["site"])
    assert ("cloudevent" in parts["worker"], "http" in parts["api"]) == (True, True)


def test_no_secret_stands_on_a_command_line() -> None:
    """Commands and environment name the files of the secrets, which any process of the machine may list."""
    words = [word for part in describe_parts(PORTS, Path("/d"), KEYS) for word in part.command]
    assert {"/k/public", "/k/token"} <= set(words)
    assert "/k/signing" not in words


def test_the_service_starts_with_its_environment(tmp_path: Path) -> None:
    """The settings are read without a mistake, and point to the local storage."""
    settings = Settings.from_env(environment(PORTS, KEYS, {}))
    assert (settings.uploads_bucket, settings.results_bucket) == (UPLOADS_BUCKET, RESULTS_BUCKET)
    assert settings.site_origins == (origin(PORTS.page),)
    folders = environment(PORTS, KEYS, {})["PYTHONPATH"].split(":")
    assert (Path(folders[0]) / "service").is_dir()
    assert (Path(folders[1]) / "local").is_dir()


@pytest.mark.parametrize(
    ("name", "wins"), [("AUTOK_MAX_PIXELS", True), ("AUTOK_UPLOADS_BUCKET", False), ("PATH", True)]
)
def test_a_users_setting_wins_unless_it_ties_the_parts(name: str, wins: bool) -> None:
    """What is inherited stays, but no part may look for another's bucket, port or key."""
    assert (environment(PORTS, KEYS, {name: "mine"})[name] == "mine") == wins


@pytest.mark.parametrize("given", [{}, {"no_proxy": "corp"}, {"NO_PROXY": "corp"}, {"no_proxy": "a", "NO_PROXY": "b"}])
def test_no_proxy_stands_between_the_parts(given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever proxies the user's environment names, the storage is spoken with directly, and the others as before."""
    made = environment(PORTS, KEYS, {"HTTP_PROXY": "http://proxy:3128", "http_proxy": "http://proxy:3128", **given})
    for name in ("HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, made[name])
    assert not get_environ_proxies(made["AUTOK_STORAGE_URL"])
    assert not get_environ_proxies("http://127.0.0.1:9199/")
    assert get_environ_proxies("http://example.org/")["http"] == "http://proxy:3128"
    assert all(next(iter(given.values()), "localhost") in made[name].split(",") for name in ("NO_PROXY", "no_proxy"))
