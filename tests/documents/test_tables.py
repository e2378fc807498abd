"""The tables of options, settings and variables say what the code says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import astuple

import pytest

import autok
from autok.options import SPECS
from autok.units import format_bytes
from service.settings import ChildLimits, InputLimits, Settings
from support.documents import ROOT, read_document
from support.structure import ORDER, modules
from support.terraform import parse_files


class Asked(Mapping[str, str]):
    """An environment in which two buckets are named, and which remembers what it is asked for."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __getitem__(self, name: str) -> str:
        """Note the name, and tell a bucket's."""
        self.names.append(name)
        if not name.endswith("_BUCKET"):
            raise KeyError(name)
        return name.lower().replace("_", "-")

    def __iter__(self) -> Iterator[str]:
        """Hold nothing beside."""
        return iter(())

    def __len__(self) -> int:
        """Hold nothing beside."""
        return 0


def rows(document: str, heading: str) -> list[tuple[str, str]]:
    """Return the first two cells of each row of the first table beneath a heading."""
    section = read_document(document).text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [(cells[0].strip(), cells[1].strip()) for cells in lines[2:]]


def test_the_options_are_those_of_the_command_line() -> None:
    """The README's table of options has the rows of the engine's table, in its order."""
    assert [name for name, _ in rows("README.md", "Options")] == [spec.metadata_key for spec in SPECS]


def test_every_setting_is_described() -> None:
    """The table of settings names every variable that is read, and no other; emulators' own names are theirs."""
    asked = Asked()
    Settings.from_env(asked)
    named = [name for cell, _ in rows("function/README.md", "Settings") for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(named) == sorted({name for name in asked.names if not name.endswith("_EMULATOR_HOST")})


@pytest.mark.parametrize(
    ("variable", "values"),
    [
        ("AUTOK_MAX_BYTES", astuple(InputLimits())),
        ("AUTOK_CHILD_MEMORY", (ChildLimits().memory, ChildLimits().cpu, ChildLimits().wall)),
        ("AUTOK_UPLOAD_TTL", (Settings("a", "b").upload_ttl, Settings("a", "b").download_ttl)),
        ("AUTOK_RATE_LIMIT", (Settings("a", "b").rate_limit,)),
        ("AUTOK_MAX_ATTEMPTS", (Settings("a", "b").max_attempts, Settings("a", "b").lease)),
        ("AUTOK_VCPU", (Settings("a", "b").vcpu, Settings("a", "b").memory_gib)),
    ],
)
def test_the_defaults_are_told(variable: str, values: tuple[float, ...]) -> None:
    """The defaults that the table tells are those that hold."""
    (told,) = [default for cell, default in rows("function/README.md", "Settings") if f"`{variable}`" in cell]
    assert [float(number) for number in told.split(", ")] == list(values)


def test_what_can_be_switched_on_can() -> None:
    """The table of the deployment's variables names all of them but the project and its region."""
    declared = {
        name: content
        for file in parse_files().values()
        for entry in file.get("variable", [])
        for name, content in entry.items()
    }
    table = rows("infra/README.md", "What can be switched on")
    named = {name for cell, _ in table for name in re.findall(r"`(\w+)`", cell)}
    assert named <= {name for name, content in declared.items() if "default" in content}
    assert set(declared) - named == {"project", "region"}


def test_every_file_of_the_deployment_has_a_row() -> None:
    """The page on the cloud names each file of the module, and that on the local stack each module and folder."""
    named = {
        name for cell, _ in rows("infra/README.md", "What is created") for name in re.findall(r"`(\w+\.tf)`", cell)
    }
    assert named == {path.name for path in (ROOT / "infra").glob("*.tf")}
    table = read_document("infra/local/README.md").text.partition("| file | is |")[2].partition("\n\n")[0]
    parts = {path.stem for path in (ROOT / "infra/local").glob("*.py")} - {"__init__"} | {"emulator"}
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| ") and "---" not in line]
    assert {name.strip().rstrip("/") for cell in cells for name in cell.split(",")} == parts


def test_every_part_of_engine_and_service_has_its_place() -> None:
    """The map of the engine names each part in the order of imports, and the words beneath it those of the service."""
    table = rows("function/README.md", "The files of the engine")
    named = [name for cell, _ in table for name in re.findall(r"\w+", cell) if name != "stages"]
    assert named == [name for name in ORDER if name != "__main__"]
    below = read_document("function/README.md").text.partition("\nAnd of the service:")[2].partition("\n\n")[0]
    parts = {name.split(".")[1] for name in modules() if name.startswith("service.")}
    assert set(re.findall(r"`(\w+)`", below)) == parts


def test_the_numbers_beneath_the_picture_are_true(china: bytes) -> None:
    """The README's first numbers are what the engine makes of the photo in its picture, by its defaults."""
    result = autok.compress(china)
    saved = f"{result.saved:.0%}".replace("%", " %")
    sizes = f"{format_bytes(len(china))} before, {format_bytes(len(result.data))} after"
    score = f"a score of {result.report['metrics']['ssimulacra2']:.0f} on"
    told = " ".join(read_document("README.md").text.split())
    assert f"The picture shows {saved} saved at the default quality: {sizes}, {score}" in told
