"""Rules files: what is done with the uploads below a folder when the objects themselves do not say.

A rules file is an object ``.autok.json`` in the uploads bucket, in any folder or none. Its members hold for all below
its folder, those of its ``rules`` for the names that begin with their prefix, relative to the folder. Of all rules in
all files that fit a name, the one with the longest prefix wins as a whole; an object's own metadata wins over it, one
option at a time. ``rules.schema.json`` beside this file describes the form. The page's uploads obey no rules: the page
asks for what it wants.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from autok.errors import OptionError, RulesError, StorageError
from autok.options import METADATA_KEYS, METADATA_PREFIX, Options, json_schema, parse_target
from service.events import Upload
from service.names import PAGE_PREFIX, REPORT_SUFFIX
from service.storage import Storage

MAX_BYTES: Final = 64 * 1024
"""Of a rules file."""
MAX_DEPTH: Final = 16
"""Folders, counted from the bucket's root, in which a rules file is looked for: each costs a read an upload."""
MAX_CACHE_CONTROL: Final = 200
"""Characters."""

_TRIES: Final = 5
_FOLDER_KEYS: Final = frozenset({"options", "skip", "skip_below", "cache_control"})


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for the names that begin with a prefix."""

    file: str
    """The rules file; empty for the rule that holds where there is none."""
    prefix: str
    """From the bucket's root."""
    options: Mapping[str, object] = field(default_factory=dict)
    skip: bool = False
    """Whether these uploads are left alone."""
    skip_below: int = 0
    """Bytes under which an upload is small already."""
    cache_control: str | None = None
    """The header that results are served with; None is the service's own."""

    def as_report(self) -> dict[str, dict[str, str]]:
        """Return what the report says of it; nothing of the rule that holds where there is none."""
        return {"rule": {"file": self.file, "prefix": self.prefix}} if self.file else {}


NO_RULE: Final = Rule("", "")
"""Holds where no other does."""


def find_rule(storage: Storage, upload: Upload) -> Rule:
    """Return the rule for an upload.

    Parameters
    ----------
    storage : Storage
    upload : Upload

    Returns
    -------
    Rule
        `NO_RULE` where none fits.

    Raises
    ------
    RulesError
        When a file in one of the upload's folders cannot be used, even where another's rule would win: which one does
        cannot be known.
    StorageError
        When the storage does not answer.
    """
    if upload.name.startswith(PAGE_PREFIX):
        return NO_RULE
    best = NO_RULE
    for folder in folders_of(upload.name):
        for rule in _read_rules(storage, upload.bucket, folder + REPORT_SUFFIX):
            # Among equals the nearer file wins: it comes later.
            if upload.name.startswith(rule.prefix) and len(rule.prefix) >= len(best.prefix):
                best = rule
    return best


def folders_of(name: str) -> Iterator[str]:
    """Yield the folders above an object from the root inwards, each with its slash, the root as an empty text."""
    end = 0
    for _ in range(MAX_DEPTH):
        yield name[:end]
        end = name.find("/", end) + 1
        if end == 0:
            return


def merge_options(rule: Rule, metadata: Mapping[str, str]) -> Options:
    """Return the options of an upload: one by one its own, else the rule's, else the default.

    Parameters
    ----------
    rule : Rule
        The one that holds for the upload.
    metadata : mapping
        Custom metadata of the upload.

    Returns
    -------
    Options

    Raises
    ------
    OptionError
        When the metadata cannot be used.
    """
    own = {key.removeprefix(METADATA_PREFIX): value for key, value in metadata.items() if is_option(key)}
    return Options.parse({**_spell(rule.options), **_spell(own)})


def is_option(key: str) -> bool:
    """Tell whether a key of an object's metadata is an option."""
    return key.startswith(METADATA_PREFIX) and key.removeprefix(METADATA_PREFIX) in METADATA_KEYS


def parse_rules(data: bytes, file: str) -> tuple[Rule, ...]:
    """Read a rules file.

    Parameters
    ----------
    data : bytes
        JSON in UTF-8.
    file : str
        The object's name.

    Returns
    -------
    tuple of Rule
        In the order of the file; that of the folder itself comes first.

    Raises
    ------
    RulesError
        For what is no JSON object of known members with values in their ranges; the sentence says what and where.
    """
    folder = file.removesuffix(REPORT_SUFFIX)
    try:
        # Some editors put a byte order mark first, which plain UTF-8 would hand to the parser.
        content = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_no_constant)
        if not isinstance(content, dict):
            raise _WrongError("it is no JSON object")
        listed = content.get("rules", [])
        if not isinstance(listed, list):
            raise _WrongError("rules is no list")
        own = {key: value for key, value in content.items() if key not in ("rules", "$schema")}
        rules = [_parse_rule(own, "", file, folder, _FOLDER_KEYS)] if own else []
        for number, entry in enumerate(listed):
            rules.append(_parse_entry(entry, f"rules[{number}]", file, folder))
    except _WrongError as wrong:
        raise _refuse(file, str(wrong)) from None
    except UnicodeDecodeError:
        raise _refuse(file, "it is not UTF-8") from None
    except json.JSONDecodeError as fault:
        raise _refuse(file, f"line {fault.lineno}, column {fault.colno} is no JSON ({fault.msg})") from None
    except (ValueError, RecursionError):
        raise _refuse(file, "it is no JSON") from None
    return tuple(rules)


def rules_schema() -> dict[str, Any]:
    """Return the JSON schema of rules files; ``rules.schema.json`` is its copy for editors and programs."""
    size = {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "maxLength": 24}]}
    members: dict[str, Any] = {
        "options": {**json_schema(), "description": "As the API takes them; metadata of an object wins over them."},
        "skip": {"type": "boolean", "description": "Whether these uploads are left alone; default false."},
        "skip_below": {
            **size,
            "description": "Size, such as 10kB, under which an upload is small already; default none.",
        },
        "cache_control": {
            "type": "string",
            "pattern": f"^[\\x20-\\x7e]{{1,{MAX_CACHE_CONTROL}}}$",
            "description": "Cache-Control of the results; default private, max-age=3600.",
        },
    }
    prefix = {"type": "string", "description": "What the names begin with, after the folder of this file."}
    rule = {
        "type": "object",
        "properties": {"prefix": prefix, **members},
        "required": ["prefix"],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Auto-K rules",
        "description": "An object .autok.json in the uploads bucket; of all rules that fit, the longest prefix wins.",
        "type": "object",
        "properties": {"$schema": {"type": "string"}, **members, "rules": {"type": "array", "items": rule}},
        "additionalProperties": False,
    }


class _WrongError(Exception):
    """Something in a rules file is not as it must be; the text says what."""


def _read_rules(storage: Storage, bucket: str, file: str) -> tuple[Rule, ...]:
    for _ in range(_TRIES):
        there = storage.stat(bucket, file)
        if there is None:
            return ()
        # Looked at before it is read, so that no file of this name can fill the memory.
        if there.size > MAX_BYTES:
            raise _refuse(file, f"it has {there.size:,} bytes, and at most {MAX_BYTES:,} are read")
        data = storage.read(bucket, file, there.generation)
        if data is not None:
            return parse_rules(data, file)
    raise StorageError("A rules file changes faster than it can be read; the event comes again.")


def _parse_entry(entry: object, where: str, file: str, folder: str) -> Rule:
    if not isinstance(entry, dict) or not isinstance(entry.get("prefix"), str):
        raise _WrongError(f"{where} has no prefix; it takes a text such as shop/summer/")
    own = {key: value for key, value in entry.items() if key != "prefix"}
    return _parse_rule(own, f"{where}.", file, folder + entry["prefix"], _FOLDER_KEYS)


def _parse_rule(own: Mapping[str, Any], where: str, file: str, prefix: str, known: frozenset[str]) -> Rule:
    unknown = sorted(set(own) - known)
    if unknown:
        raise _WrongError(f"{where}{unknown[0][:40]} is not known; known are {', '.join(sorted(known))}")
    options, skip, cache = own.get("options", {}), own.get("skip", False), own.get("cache_control")
    if not isinstance(options, dict):
        raise _WrongError(f"{where}options is no object")
    if not isinstance(skip, bool):
        raise _WrongError(f"{where}skip takes true or false")
    if cache is not None and not _is_header(cache):
        raise _WrongError(f"{where}cache_control takes 1 to {MAX_CACHE_CONTROL} printable ASCII characters")
    try:
        Options.parse(options)
    except OptionError as error:
        raise _WrongError(f"{where}options: {error.public_message.rstrip('.')}") from None
    return Rule(file, prefix, options, skip, _parse_size(own.get("skip_below"), where), cache)


def _parse_size(value: object, where: str) -> int:
    try:
        target = parse_target(value)
    except OptionError:
        target = None
    if value is not None and (target is None or target.size is None):
        raise _WrongError(f"{where}skip_below takes a size such as 10kB, or bytes")
    return 0 if target is None or target.size is None else target.size


def _is_header(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_CACHE_CONTROL and value.isascii() and value.isprintable()


def _spell(options: Mapping[str, object]) -> dict[str, object]:
    return {key.replace("-", "_"): value for key, value in options.items()}


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _WrongError(f"{key[:40]} is there twice")
        found[key] = value
    return found


def _no_constant(name: str) -> float:
    raise _WrongError(f"{name} is not JSON")


def _refuse(file: str, why: str) -> RulesError:
    return RulesError(f"The rules file {file} cannot be used: {why}. Correct it, then upload the image again.")
