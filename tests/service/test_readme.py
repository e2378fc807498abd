"""The README's examples for site owners and the command line are true to the code."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from autok.cli.parser import build_parser, read_options
from service.rules import parse_rules

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """Return the code blocks in a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_rules_file_is_one() -> None:
    """The example of a rules file is accepted, with a rule for the folder and two below it."""
    examples = [block for block in blocks("json") if "rules" in json.loads(block)]
    assert len(examples) == 1
    assert [rule.prefix for rule in parse_rules(examples[0].encode(), "shop/.autok.json")] == [
        "shop/",
        "shop/icons/",
        "shop/raw/",
    ]


@pytest.mark.parametrize(
    "line", [line for block in blocks("sh") for line in block.splitlines() if re.match(r"autok [^v]", line)]
)
def test_every_command_line_is_understood(line: str) -> None:
    """Each line that calls ``autok`` on files has flags and values that the parser takes."""
    words = shlex.split(line.partition("#")[0].partition("<")[0].partition(">")[0])[1:]
    given = build_parser().parse_args(words)
    read_options(given)
