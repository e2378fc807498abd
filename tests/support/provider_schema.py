"""Writes tests/infra/schema.json: what published packages say about the arguments of the providers' resources.

Usage: ``python -m support.provider_schema FOLDER > tests/infra/schema.json``, where FOLDER holds, unpacked, the npm
packages ``@cdktf/provider-{google,google-beta,archive,time}`` as google, google-beta, archive and time, and the wheel
of ``pulumi-gcp`` as pulumi. The first are complete and exact, with blocks, types and what is required, but end with
version 6.50 of the google provider; the last is current, but names alone can be taken from it.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from support.terraform import list_blocks

_RENAMED = {"cloudfunctions2": "cloudfunctionsv2", "project": "projects", "service_account": "account"}
"""Words of the provider that the current package calls otherwise."""

_OWN: dict[str, Any] = {
    "arguments": {name: {"required": False, "type": "any"} for name in ("input", "triggers_replace")},
    "attributes": ["id", "input", "output", "triggers_replace"],
    "current": None,
}
"""Of ``terraform_data``, which is Terraform's own and in no package."""

_DOCS = re.compile(r"registry\.terraform\.io/providers/[\w-]+/([\w-]+)/([\w.]+)/docs/[\w-]+/[\w-]+#(\w+)")


class Assembly:
    """One npm package's description of its classes."""

    def __init__(self, path: Path) -> None:
        self.types: dict[str, Any] = json.loads(path.read_text())["types"]
        self.version = ""

    def describe(self, kind: str, type_: str, prefix: str) -> dict[str, Any] | None:
        """Return the schema of a resource or data source, None where the package has none."""
        name = ("data_" if kind == "data" else "") + (type_ if prefix == "google_beta" else type_.partition("_")[2])
        wanted = {_squeeze(name), _squeeze(("data_" if kind == "data" else "") + type_)}
        for fqn, found in self.types.items():
            simple = fqn.rpartition(".")[2]
            if simple.endswith("Config") and simple[:-6].lower() in wanted and fqn.count(".") == 2:
                owner = self.types[fqn[:-6]]
                return {"arguments": self._members(found), "attributes": sorted(self._attributes(owner))}
        return None

    def _members(self, interface: dict[str, Any]) -> dict[str, Any]:
        made = {}
        for member in interface.get("properties", []):
            docs = _DOCS.search("\n".join(str(text) for text in member.get("docs", {}).values()))
            self.version = docs[2] if docs else self.version
            name = docs[3] if docs else _snake(member["name"])
            entry: dict[str, Any] = {"required": not member.get("optional", False)}
            nested = self._nested(member)
            made[name] = entry | ({"block": self._members(nested)} if nested else {"type": _type(member["type"])})
        return made

    def _nested(self, member: dict[str, Any]) -> dict[str, Any] | None:
        if not member["docs"].get("summary", "").endswith(" block."):
            return None
        names = re.findall(r'"fqn": "(@[^"]+)"', json.dumps(member["type"]))
        return self.types[names[0]] if names else None

    def _attributes(self, owner: dict[str, Any]) -> Iterator[str]:
        for member in owner["properties"]:
            if not member["name"].endswith("Input") and not member.get("static"):
                yield _snake(member["name"])


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def _squeeze(name: str) -> str:
    return name.replace("_", "").lower()


def _type(given: dict[str, Any]) -> str:
    text = json.dumps(given)
    if '"kind": "map"' in text:
        return "map"
    if '"kind": "array"' in text:
        return "list"
    found = re.search(r'"primitive": "(\w+)"', text)
    return found[1] if found else "any"


def read_current(folder: Path, type_: str) -> list[str] | None:
    """Return every name that the current package knows anywhere in a resource, in one form; None without it."""
    path = _locate(folder / "pulumi_gcp", type_)
    if path is None:
        return None
    names = set(_parameters(ast.parse(path.read_text()), ""))
    inputs = path.parent / "_inputs.py"
    if inputs.exists():
        names |= set(_parameters(ast.parse(inputs.read_text()), _squeeze(path.stem)))
    return sorted(names)


def _locate(root: Path, type_: str) -> Path | None:
    words = type_.removeprefix("google_").split("_")
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        for split in range(1, len(words) + 1):
            first, rest = "_".join(words[:split]), "_".join(words[split:])
            file = folder / f"{rest or _RENAMED.get(first, first)}.py"
            if folder.name in (_squeeze(first), _RENAMED.get(first, "-")) and file.exists():
                return file
    return None


def _parameters(tree: ast.Module, prefix: str) -> Iterator[str]:
    for node in tree.body:
        if (
            isinstance(node, ast.ClassDef)
            and node.name.endswith("Args")
            and node.name.lower().startswith(prefix.lower())
        ):
            for function in node.body:
                if isinstance(function, ast.FunctionDef) and function.name == "__init__":
                    yield from (normalize(each.arg) for each in function.args.kwonlyargs)


def normalize(name: str) -> str:
    """Return a name in the one form in which singular and plural are equal."""
    for plural, singular in (("ies", "y"), ("xes", "x"), ("sses", "ss"), ("ss", "ss"), ("s", "")):
        if name.endswith(plural):
            return name.removesuffix(plural) + singular
    return name


def main() -> None:
    """Read the packages and print the schema."""
    folder = Path(sys.argv[1])
    prefixes = ("google", "google-beta", "archive", "time")
    assemblies = {prefix: Assembly(folder / prefix / "package" / ".jsii") for prefix in prefixes}
    schemas: dict[str, Any] = {}
    for block in sorted(list_blocks(), key=lambda each: each.address):
        if block.type == "terraform_data":
            schemas[f"{block.kind}.{block.type}"] = _OWN
            continue
        prefix = str(block.body.get("provider", block.type.partition("_")[0])).strip("${}").partition(".")[0]
        key = f"{block.kind}.{block.type}"
        found = assemblies[prefix].describe(block.kind, block.type, prefix.replace("-", "_"))
        if key not in schemas:
            current = read_current(folder / "pulumi", block.type) if block.kind == "resource" else None
            schemas[key] = (found or {"arguments": None, "attributes": None}) | {"current": current}
    wheel = next((folder / "pulumi").glob("*.dist-info")).name.removesuffix(".dist-info")
    versions = {prefix: assembly.version for prefix, assembly in assemblies.items()} | {"current": wheel}
    lines = (f"{json.dumps(key)}: {json.dumps(schemas[key], sort_keys=True)}" for key in sorted(schemas))
    sys.stdout.write(f'{{"versions": {json.dumps(versions)},\n"blocks": {{\n' + ",\n".join(lines) + "\n}}\n")


if __name__ == "__main__":
    main()
