"""What the documents tell the reader to type: run as it is printed, or held against the code where it needs a cloud."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import re
import shlex
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
from PIL import Image

from autok.cli.parser import read_options
from autok.options import METADATA_PREFIX, Options
from service.commands import main
from service.rules import parse_rules
from support.documents import ROOT, TARGETS, Document, all_documents, read_document
from support.terraform import parse_files

README: Final = read_document("README.md")
MAKEFILE: Final = (ROOT / "Makefile").read_text()

GCLOUD: Final = {
    "auth login": (),
    "auth application-default login": (),
    "secrets create": ("--data-file", "--project"),
    "storage cp": ("-r", "--custom-metadata"),
}
"""What the documents may ask of Google's own program, which is not here: its commands and their flags."""


def every(program: str) -> list[str]:
    """Return the commands of all documents that begin with a program, pipes and lists taken apart."""
    lines = (line for document in all_documents() for line in document.commands())
    return [command for line in lines for command in re.split(r" (?:\||&&) ", line) if command.split()[0] == program]


@pytest.fixture
def folder(tmp_path: Path, china: bytes, flower: bytes) -> Path:
    """Return a folder with the pictures that the README's commands name, small ones."""
    for name, data in (("photo.jpg", china), ("banner.png", china), ("in.png", flower), ("pictures/a/1.jpg", flower)):
        _save(Image.open(BytesIO(data)).resize((160, 107)), tmp_path / name)
    logo = Image.linear_gradient("L").resize((96, 64)).convert("RGB")
    logo.paste("#ff8800", (20, 20, 60, 40))
    _save(logo, tmp_path / "logo.png")
    _save(logo, tmp_path / "site/images/b/2.png")
    return tmp_path


def _save(image: Image.Image, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **({"compress_level": 0} if path.suffix == ".png" else {"quality": 95}))


def test_every_kind_of_command_is_looked_at() -> None:
    """No block for the shell holds a program that no test of this file knows."""
    programs = {command.split()[0] for d in all_documents() for line in d.commands() for command in line.split(" | ")}
    assert programs <= {"make", "autok", "autok-cloud", "gcloud", "openssl", "tr", "terraform"}


def test_the_command_line_does_what_the_readme_says(folder: Path) -> None:
    """Every line that calls ``autok`` succeeds as it is printed, one after the other, and leaves what it promises."""
    before = {path: path.stat().st_size for path in folder.rglob("*.*") if path.is_file()}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    lines = [line for line in README.commands() if line.split()[0] == "autok"]
    for line in lines:
        done = subprocess.run(
            ["bash", "-c", line], cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, check=False
        )
        assert done.returncode == 0, f"{line}: {done.stderr.decode()}"
    assert len(lines) > 5
    assert (folder / "smaller/1.jpg").exists() or (folder / "smaller/a/1.jpg").exists()
    assert len(Image.open(folder / "smaller/logo.png").getcolors() or []) <= 16
    assert next(folder.glob("b/banner*")).stat().st_size <= 200_000
    assert (folder / "out.png").stat().st_size < before[folder / "in.png"]
    assert (folder / "site/images/b/2.png").stat().st_size < before[folder / "site/images/b/2.png"]
    assert json.loads((folder / "r.json").read_text())["why"]


@pytest.mark.parametrize("command", every("make"))
def test_make_knows_what_it_is_told(command: str) -> None:
    """Every line for make names a target of the menu and variables that the Makefile reads, and make would begin."""
    target, *given = shlex.split(command)[1:]
    assert target in TARGETS
    assert {word.partition("=")[0] for word in given} <= set(re.findall(r"\$\((?:or \$\()?([A-Z_]+)\b", MAKEFILE))
    done = subprocess.run(["make", "-n", target, *given], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("document", all_documents(), ids=lambda document: document.name)
def test_what_the_text_tells_make_is_there(document: Document) -> None:
    """Targets, variables, benches and Terraform's variables that are named within the text exist."""
    for code in (code for code in [*document.inline(), *document.commands()] if re.match(r"make [a-z]", code)):
        words = shlex.split(code)[1:]
        assert words[0] in TARGETS, code
        for name, _, value in (word.partition("=") for word in words[1:]):
            assert re.search(rf"\$\((or \$\()?{name}\b", MAKEFILE), code
            if name == "BENCH":
                assert (ROOT / f"tests/bench/{value.split()[0]}.py").is_file(), code
        declared = {name for file in parse_files().values() for entry in file.get("variable", []) for name in entry}
        assert set(re.findall(r"-var=(\w+)=", code)) <= declared, code


@pytest.mark.parametrize("command", every("gcloud"))
def test_the_cloud_is_asked_for_what_it_has(command: str) -> None:
    """Commands and flags of gcloud are known ones, and options in the metadata are ours."""
    words = shlex.split(command)[1:]
    form = next(form for form in GCLOUD if words[: len(form.split())] == form.split())
    flags = dict(word.partition("=")[::2] for word in words if word.startswith("-"))
    assert set(flags) <= set(GCLOUD[form])
    metadata = dict(pair.split("=") for pair in flags.get("--custom-metadata", "").split(",") if pair)
    assert all(name.startswith(METADATA_PREFIX) for name in metadata)
    assert len(Options.from_metadata(metadata).as_metadata()) == len(metadata)


def test_a_secret_is_made_under_the_name_that_the_deployment_is_told() -> None:
    """Every deployment with a secret names one that the line before it makes."""
    lines = read_document("infra/README.md").commands()
    pairs = [(lines[at - 1], found[1]) for at, line in enumerate(lines) if (found := re.search(r"_secret=(\S+)", line))]
    assert len(pairs) == 2
    assert all(f"gcloud secrets create {name} " in line for line, name in pairs)


@pytest.mark.parametrize("command", every("terraform"))
def test_terraform_is_asked_for_an_output_that_there_is(command: str) -> None:
    """Every output that a document reads is declared."""
    declared = {name for file in parse_files().values() for entry in file.get("output", []) for name in entry}
    assert command.startswith("terraform -chdir=infra output -raw ")
    assert command.rsplit(maxsplit=1)[-1] in declared


@pytest.mark.parametrize("command", every("autok-cloud"))
def test_the_cloud_commands_are_understood(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each line that calls ``autok-cloud`` names a command that there is, and flags and values that it takes."""
    name, *words = shlex.split(command)[1:]
    with pytest.raises(SystemExit, match=r"^0$"):
        main([name, "--help"])
    parser = argparse.ArgumentParser()
    importlib.import_module(f"service.commands.{name}").add_arguments(parser)
    given = parser.parse_args(words)
    if "quality" in given:
        read_options(given)


def test_the_rules_file_is_one() -> None:
    """The example of a rules file is accepted, with a rule for the folder and two below it."""
    examples = [block for block in README.blocks("json") if "rules" in json.loads(block)]
    assert len(examples) == 1
    assert [rule.prefix for rule in parse_rules(examples[0].encode(), "shop/.autok.json")] == [
        "shop/",
        "shop/icons/",
        "shop/raw/",
    ]


def test_the_log_is_asked_for_words_that_it_says() -> None:
    """Every message that the log queries look for is one that the service writes."""
    queries = [line for block in read_document("infra/README.md").blocks("") for line in block.splitlines()]
    asked = {word for line in queries for word in re.findall(r'"([a-z ]+)"', line.partition("message=")[2])}
    said = "".join(path.read_text() for path in (ROOT / "function/service").rglob("*.py"))
    assert len(asked) > 3
    assert {word for word in asked if f'"{word}"' not in said} == set()
