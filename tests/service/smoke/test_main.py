"""The command line of the smoke test, where nothing is deployed or the outputs are wrong."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
import requests

from autok.errors import SettingsError
from service.smoke import __main__ as smoke
from service.smoke.__main__ import main
from service.smoke.checks import Check, all_passed, render_table
from service.smoke.deployment import Deployment
from support.deployment import DEPLOYMENT
from support.terraform import find_named

OUTPUTS = {name: {"value": "120" if name == "worker_timeout" else f"the {name}"} for name in find_named("output")}


def test_without_a_deployment_it_says_what_it_would_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without outputs nothing is contacted, the plan is printed, and nothing counts as failed."""
    for arguments in ([], ["--outputs", str(tmp_path / "absent.json")]):
        assert main(arguments) == 0
        assert "Nothing is deployed from here" in capsys.readouterr().out


def test_the_outputs_of_the_configuration_suffice() -> None:
    """Terraform's outputs hold everything that describes a deployment."""
    deployment = Deployment.from_outputs(json.dumps(OUTPUTS))
    assert deployment.worker_timeout == 120
    assert all(value == f"the {name}" for name, value in asdict(deployment).items() if isinstance(value, str))


@pytest.mark.parametrize("missing", ["api", "trigger", "worker_timeout"])
def test_a_missing_output_is_named(missing: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Outputs of another version end in a sentence that names what they lack."""
    path = tmp_path / "outputs.json"
    path.write_text(json.dumps({name: value for name, value in OUTPUTS.items() if name != missing}))
    assert main(["--outputs", str(path)]) == 1
    assert f"lack {missing}" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["no JSON", "[]", '{"api": 1}', '"text"'])
def test_what_are_no_outputs_is_refused(text: str) -> None:
    """Any other text is refused with a sentence."""
    with pytest.raises(SettingsError, match="terraform output -json"):
        Deployment.from_outputs(text)


def test_objects_have_addresses_of_their_own_bucket() -> None:
    """Without another storage an object's address names its bucket as host."""
    deployment = Deployment.from_outputs(json.dumps(OUTPUTS))
    assert deployment.address_of("a", "web/b") == "https://a.storage.googleapis.com/web/b"


def test_the_table_tells_the_three_kinds_apart() -> None:
    """Passed, failed and merely seen are three words, and only a failure counts."""
    checks = [Check("one", True), Check("two", None, "12 ms")]
    assert all_passed(checks)
    assert not all_passed([*checks, Check("three", False)])
    lines = render_table([*checks, Check("three", False, "no")]).splitlines()
    assert [line.split()[0] for line in lines] == ["ok", "seen", "FAILED"]


@pytest.mark.parametrize("fault", [OSError("closed"), AttributeError("x"), TypeError("x"), requests.ConnectionError()])
def test_what_could_not_be_looked_at_counts_as_failed(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    """A part that ends in an answer nobody expected is a failed line of the table, and the others are looked at."""

    def fail(*_: object) -> list[Check]:
        raise fault

    for name in ("check_subscription", "travel"):
        monkeypatch.setattr(smoke, name, fail)
    monkeypatch.setattr(smoke, "check_sandbox", lambda *_: [Check("last", True)])
    checks = smoke.look(DEPLOYMENT, None)
    assert [(check.name, check.passed) for check in checks] == [
        ("subscription", False),
        ("journey", False),
        ("last", True),
    ]
    assert type(fault).__name__ in checks[0].seen
