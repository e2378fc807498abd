"""The Terraform configuration as values: every block with what it says, quotes and comments left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import hcl2

INFRA = Path(__file__).parents[2] / "infra"

META_ARGUMENTS = frozenset(("count", "depends_on", "for_each", "lifecycle", "provider"))
"""What every resource and data source takes, whatever its schema says."""


@dataclass(frozen=True, slots=True)
class Block:
    """One resource or data source; a dynamic block stands among the others with its content."""

    kind: str
    """``resource`` or ``data``."""
    type: str
    name: str
    body: dict[str, Any]

    @property
    def address(self) -> str:
        """The name by which the configuration calls it."""
        return f"{'data.' if self.kind == 'data' else ''}{self.type}.{self.name}"

    @property
    def arguments(self) -> dict[str, Any]:
        """The body without what every block takes."""
        return {name: value for name, value in self.body.items() if name not in META_ARGUMENTS}


@cache
def parse_files() -> dict[str, dict[str, Any]]:
    """Return what each file of the root module says, by the file's name."""
    parsed = {}
    for path in sorted(INFRA.glob("*.tf")):
        with path.open() as file:
            parsed[path.name] = _clean(hcl2.load(file))
    return parsed


def list_blocks() -> Iterator[Block]:
    """Yield every resource and data source."""
    for content in parse_files().values():
        for kind in ("resource", "data"):
            for entry in content.get(kind, []):
                for type_, named in entry.items():
                    for name, body in named.items():
                        yield Block(kind, type_, name, _unfold(body))


def find_blocks(type_: str) -> dict[str, dict[str, Any]]:
    """Return the bodies of all resources of a type by their names."""
    return {block.name: block.body for block in list_blocks() if (block.kind, block.type) == ("resource", type_)}


def find_named(kind: str) -> dict[str, dict[str, Any]]:
    """Return the bodies of all blocks with one label, such as ``variable`` and ``output``, in the order of the file."""
    return {
        name: body
        for content in parse_files().values()
        for entry in content.get(kind, [])
        for name, body in entry.items()
    }


def find_locals() -> dict[str, Any]:
    """Return every local value by its name."""
    return {
        name: value
        for content in parse_files().values()
        for entry in content.get("locals", [])
        for name, value in entry.items()
    }


def is_block(value: Any) -> bool:
    """Tell whether a value was written as one or several blocks, not as an argument."""
    return isinstance(value, list) and bool(value) and all(isinstance(each, _BlockBody) for each in value)


class _BlockBody(dict[str, Any]):
    """The body of a block, which is no map that was written as a value."""


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        made: dict[str, Any] = _BlockBody() if value.get("__is_block__") else {}
        made |= {_unquote(key): _clean(each) for key, each in value.items() if not key.startswith("__")}
        return made
    if isinstance(value, list):
        return [_clean(each) for each in value]
    return _unquote(value) if isinstance(value, str) else value


def _unquote(text: str) -> str:
    return text[1:-1].replace('\\"', '"') if len(text) >= 2 and text[0] == text[-1] == '"' else text


def _unfold(body: dict[str, Any]) -> dict[str, Any]:
    made = _BlockBody()
    for name, value in body.items():
        if name == "dynamic":
            for entry in value:
                for label, dynamic in entry.items():
                    made[label] = [*made.get(label, []), *(_unfold(content) for content in dynamic["content"])]
        elif is_block(value):
            made[name] = [*made.get(name, []), *(_unfold(each) for each in value)]
        else:
            made[name] = value
    return made
