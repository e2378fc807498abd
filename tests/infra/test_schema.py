"""Every block against what published packages say of the providers (see support.provider_schema)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.provider_schema import normalize
from support.terraform import INFRA, META_ARGUMENTS, Block, is_block, list_blocks

SCHEMA: dict[str, Any] = json.loads((Path(__file__).parent / "schema.json").read_text())
"""Google 6.50.0 with types, blocks and what is required; names alone of the current one."""

BLOCKS = [pytest.param(block, id=block.address) for block in list_blocks()]


def schema_of(block: Block) -> dict[str, Any]:
    """Return what the packages say about a block's type."""
    return SCHEMA["blocks"][f"{block.kind}.{block.type}"]  # type: ignore[no-any-return]


def find_faults(body: dict[str, Any], schema: dict[str, Any], where: str) -> Iterator[str]:
    """Yield what is wrong with a body: unknown, missing, or a block where a value belongs, at every depth."""
    for name, entry in schema.items():
        if entry["required"] and name not in body:
            yield f"{where} lacks {name}"
    for name, value in body.items():
        if name not in schema:
            yield f"{where} has no argument {name}"
        elif is_block(value) != ("block" in schema[name]):
            yield f"{where}.{name} is {'no' if is_block(value) else 'a'} block"
        elif "block" in schema[name]:
            for each in value:
                yield from find_faults(each, schema[name]["block"], f"{where}.{name}")
        else:
            yield from find_type_faults(value, schema[name]["type"], f"{where}.{name}")


def find_type_faults(value: Any, kind: str, where: str) -> Iterator[str]:
    """Yield a mistake where a literal has another type than its argument; expressions are left to Terraform."""
    kinds = {"boolean": bool, "number": (int, float), "list": list, "map": dict, "string": (str, int, float)}
    expression = isinstance(value, str) and "${" in value
    if kind in kinds and not expression and not isinstance(value, kinds[kind]):
        yield f"{where} is {value!r}, not a {kind}"


def list_names(body: dict[str, Any]) -> Iterator[str]:
    """Yield every argument's and block's name, at every depth."""
    for name, value in body.items():
        yield name
        if is_block(value):
            for each in value:
                yield from list_names(each)


@pytest.mark.parametrize("block", BLOCKS)
def test_arguments_are_those_of_the_schema(block: Block) -> None:
    """Every argument and block exists, has its type, and none that is required is missing."""
    assert list(find_faults(block.arguments, schema_of(block)["arguments"], block.address)) == []


@pytest.mark.parametrize("block", [param for param in BLOCKS if schema_of(param.values[0])["current"]])
def test_arguments_still_exist(block: Block) -> None:
    """Every argument and block is known to the current provider by its name."""
    current = {normalize(name) for name in schema_of(block)["current"]}
    # What holds exactly one value may be written there as the value itself.
    assert {normalize(name) for name in list_names(block.arguments)} - current <= set()


def test_attributes_that_are_read_exist() -> None:
    """Whatever the configuration reads of a block is an attribute of its type."""
    text = "\n".join(path.read_text() for path in INFRA.glob("*.tf"))
    read = set()
    for block in list_blocks():
        for found in re.findall(rf"(?<![\w.]){re.escape(block.address)}(?:\[[^\]]*\])*\.(\w+)", text):
            read.add((block, found)[1])
            assert found in schema_of(block)["attributes"], f"{block.address}.{found}"
    assert {"name", "member", "id"} <= read


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"location": "EU"}, "lacks name"),
        ({"location": "EU", "name": "a", "colour": "red"}, "no argument colour"),
        ({"location": "EU", "name": "a", "versioning": "on"}, "is a block"),
        ({"location": "EU", "name": "a", "force_destroy": "yes"}, "not a boolean"),
    ],
)
def test_faults_are_found(body: dict[str, Any], fault: str) -> None:
    """A missing, an unknown, a wrongly written and a wrongly typed argument are each found."""
    schema = SCHEMA["blocks"]["resource.google_storage_bucket"]["arguments"]
    assert any(fault in found for found in find_faults(body, schema, "bucket"))


def test_the_schema_covers_what_is_used() -> None:
    """The schema was written for all types of the configuration, and says from which versions."""
    assert {f"{block.kind}.{block.type}" for block in list_blocks()} == set(SCHEMA["blocks"])
    assert SCHEMA["versions"]["google"] == "6.50.0"
    assert not META_ARGUMENTS & set(SCHEMA["blocks"]["resource.google_storage_bucket"]["arguments"])
