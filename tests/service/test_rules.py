"""Rules files: which rule holds for a name, and what a wrong file says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import service
from autok.errors import OptionError, RulesError, StorageError
from service.events import Upload
from service.rules import MAX_BYTES, MAX_DEPTH, NO_RULE, find_rule, folders_of, merge_options, parse_rules, rules_schema
from support.memory_storage import MemoryStorage

SITE = {
    "options": {"quality": "high"},
    "rules": [
        {"prefix": "thumbs/", "options": {"max_size": 200}, "skip_below": "4kB"},
        {"prefix": "thumbs/raw", "skip": True, "cache_control": "public, max-age=86400"},
    ],
}


def upload(name: str) -> Upload:
    """Return an upload of a name."""
    return Upload("uploads", name, 1, 1)


def stored(**files: Any) -> MemoryStorage:
    """Return a store with rules files; the keyword is the folder, dots for slashes."""
    storage = MemoryStorage()
    for folder, content in files.items():
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        storage.put("uploads", (folder.replace("_", "/") + "/" if folder != "root" else "") + ".autok.json", data)
    return storage


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("cat.png", ""),
        ("shop/cat.png", "shop/"),
        ("shop/thumbs/cat.png", "shop/thumbs/"),
        ("shop/thumbs/raw.png", "shop/thumbs/raw"),
        ("shopping/cat.png", ""),
        ("shop/deep/er/cat.png", "shop/deep/"),
    ],
)
def test_the_longest_prefix_wins_over_all_files(name: str, prefix: str) -> None:
    """Whichever folder's file a rule stands in, the one whose prefix is longest holds."""
    root = {"options": {"colors": 8}, "rules": [{"prefix": "shop/deep/", "options": {"colors": 9}}]}
    assert find_rule(stored(root=root, shop=SITE), upload(name)).prefix == prefix


def test_of_two_equal_prefixes_the_nearer_file_wins() -> None:
    """A folder's own file beats a rule for that folder further out; within a file the later rule wins."""
    root = {"rules": [{"prefix": "shop/", "skip": True}, {"prefix": "shop/", "skip_below": 9}]}
    assert find_rule(stored(root=root), upload("shop/a.png")).skip_below == 9
    assert find_rule(stored(root=root, shop=SITE), upload("shop/a.png")).file == "shop/.autok.json"


def test_without_a_file_and_for_the_page_no_rule_holds() -> None:
    """No file is no rule; objects of the page obey none and cost no look at the bucket."""
    assert find_rule(stored(), upload("a/b.png")) == NO_RULE
    storage = stored(root={"skip": True}, web={"skip": True})
    assert find_rule(storage, upload("web/" + "a" * 32)) == NO_RULE
    assert storage.log == []


def test_metadata_wins_over_the_rule_option_by_option() -> None:
    """What an object says itself replaces that option alone, however its name is spelled; the rest is the rule's."""
    rule = parse_rules(b'{"options": {"max-size": 200, "quality": "high", "colors": 16}}', ".autok.json")[0]
    options = merge_options(rule, {"autok-max-size": "100", "autok-filename": "x", "other": "y"})
    assert (options.max_size, options.quality, options.colors) == (100, 80.0, 16)
    with pytest.raises(OptionError, match="colors"):
        merge_options(rule, {"autok-colors": "1000"})


def test_folders_are_looked_into_from_the_root_and_not_for_ever() -> None:
    """Every folder of a name is one place for a file, up to a number of folders."""
    assert list(folders_of("a/b//c.png")) == ["", "a/", "a/b/", "a/b//"]
    assert list(folders_of("/x")) == ["", "/"]
    assert len(list(folders_of("a/" * 500))) == MAX_DEPTH


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "line 1, column 1 is no JSON"),
        (b"{\n  'a': 1}", "line 2, column 3 is no JSON"),
        (b"[]", "it is no JSON object"),
        (b"\xff", "it is not UTF-8"),
        (b"[" * 9999, "it is no JSON"),
        (b'{"skip_below": NaN}', "NaN is not JSON"),
        (b'{"skip": true, "skip": false}', "skip is there twice"),
        ({"speed": 1}, "speed is not known; known are cache_control, options, skip, skip_below"),
        ({"rules": {}}, "rules is no list"),
        ({"rules": [{"skip": True}]}, "rules[0] has no prefix"),
        ({"rules": [{"prefix": ""}, {"prefix": 3}]}, "rules[1] has no prefix"),
        ({"rules": [{"prefix": "", "options": {"colors": 1000}}]}, "rules[0].options: colors is 1000; it takes auto"),
        ({"options": {"colour": 3}}, "options: colour is 3"),
        ({"options": []}, "options is no object"),
        ({"skip": "yes"}, "skip takes true or false"),
        ({"skip_below": "60%"}, "skip_below takes a size"),
        ({"skip_below": True}, "skip_below takes a size"),
        ({"cache_control": "a\nb"}, "cache_control takes"),
        ({"cache_control": ""}, "cache_control takes"),
    ],
)
def test_a_wrong_file_is_a_sentence(content: Any, why: str) -> None:
    """Every mistake names the file, the place and what would be right; the same files fit the schema no better."""
    storage = stored(shop=content)
    with pytest.raises(RulesError) as caught:
        find_rule(storage, upload("shop/a.png"))
    assert "shop/.autok.json" in caught.value.public_message
    assert why in caught.value.public_message
    assert not caught.value.retryable


def test_a_wrong_file_fails_what_lies_below_it_alone() -> None:
    """A wrong file in one folder changes nothing for another folder."""
    assert find_rule(stored(shop=b"?", root=SITE), upload("blog/a.png")).file == ".autok.json"


def test_a_file_over_the_limit_is_not_read() -> None:
    """A rules file that is too large is refused by its size."""
    storage = stored(root=b" " * (MAX_BYTES + 1))
    with pytest.raises(RulesError, match="at most 65,536"):
        find_rule(storage, upload("a.png"))
    assert ("read", "uploads", ".autok.json") not in storage.log


def test_faults_of_the_storage_are_no_mistakes_of_the_file() -> None:
    """Where the store does not answer, the event comes again."""
    storage = stored(root=SITE)

    def fail(*_: object) -> None:
        raise StorageError("503")

    storage.fault = fail
    with pytest.raises(StorageError):
        find_rule(storage, upload("a.png"))


def test_the_published_schema_is_that_of_the_code() -> None:
    """``rules.schema.json`` is what the code makes, admits the examples, and refuses what the code refuses."""
    published = json.loads((Path(service.__file__).parent / "rules.schema.json").read_text())
    assert published == rules_schema()
    jsonschema.Draft202012Validator.check_schema(published)
    jsonschema.validate({"$schema": "https://example.org/rules.schema.json", **SITE} | {"options": {}}, published)
    for wrong in ({"speed": 1}, {"rules": [{"skip": True}]}, {"skip": "yes"}, {"options": {"colors": 1000}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, published)
