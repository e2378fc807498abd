"""Terraform's outputs as the addresses of a deployment."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from autok.errors import SettingsError
from service.smoke.deployment import Deployment

VALUES = {
    "address": "https://page/index.html", "api": "https://api", "site_origin": "https://page", "results_bucket": "r",
    "project": "p", "project_number": "12", "trigger": "projects/p/locations/l/triggers/t", "worker": "w",
    "dead_letter_topic": "projects/p/topics/t", "worker_timeout": "120",
}  # fmt: skip


def outputs(values: dict[str, str]) -> str:
    """Return values as ``terraform output -json`` prints them."""
    return json.dumps({name: {"sensitive": False, "type": "string", "value": value} for name, value in values.items()})


def test_every_output_has_its_place() -> None:
    """The values come out under their names, seconds as a number, further outputs are passed over."""
    found = Deployment.from_outputs(outputs({**VALUES, "other": "x"}))
    assert found == Deployment(**{**VALUES, "worker_timeout": 120})


@pytest.mark.parametrize("name", sorted(VALUES))
def test_a_missing_output_is_named(name: str) -> None:
    """What an older version did not print is told by its name, with what to do."""
    with pytest.raises(SettingsError, match=f"lack {name}; deploy with this version first"):
        Deployment.from_outputs(outputs({key: value for key, value in VALUES.items() if key != name}))


@pytest.mark.parametrize("text", ["", "no json", "[]", '"text"', '{"api": "https://api"}', '{"api": null}'])
def test_other_texts_are_refused_in_a_sentence(text: str) -> None:
    """What terraform did not print is an error of the settings, never a traceback."""
    with pytest.raises(SettingsError, match="deploy"):
        Deployment.from_outputs(text)


def test_objects_have_the_address_of_their_storage() -> None:
    """Google's own names the bucket in the host, another one in the path."""
    found = Deployment.from_outputs(outputs(VALUES))
    assert found.address_of("b", "web/x") == "https://b.storage.googleapis.com/web/x"
    assert replace(found, storage="http://localhost:9").address_of("b", "web/x") == "http://localhost:9/b/web/x"
    assert Deployment.from_outputs(outputs({**VALUES, "storage": "http://s"})).storage == "http://s"
