"""Uploads that are left alone: the reason is in the report, and what lay there before is as it must be."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import jsonschema
import pytest

from autok.errors import CorruptImageError, EmptyFileError, UnsupportedFormatError
from autok.reporting import report_schema
from service.events import Upload
from service.settings import InputLimits, Settings
from service.worker import Outcome, process
from support.fake_engine import FakeEngine
from support.memory_storage import MemoryStorage

SETTINGS = Settings("uploads", "results", input_limits=InputLimits(max_bytes=10_000))


class World:
    """A store and an engine without images."""

    def __init__(self) -> None:
        self.storage = MemoryStorage()
        self.engine = FakeEngine()

    def put(
        self, name: str, data: bytes, metadata: dict[str, str] | None = None, kind: str = "", engine: Any = None
    ) -> Outcome:
        """Upload an object and deliver its event."""
        generation = self.storage.put("uploads", name, data, metadata, kind)
        upload = Upload("uploads", name, generation, len(data), kind, metadata or {})
        return process(upload, storage=self.storage, engine=engine or self.engine, settings=SETTINGS)

    def rule(self, **content: Any) -> None:
        """Put a rules file into the bucket's root."""
        self.storage.put("uploads", ".autok.json", json.dumps(content).encode())

    def report(self, name: str) -> dict[str, Any]:
        """Return a report; it fits the schema, and its status is on the object."""
        held = self.storage.objects["results", f"{name}.autok.json"]
        content: dict[str, Any] = json.loads(held.data)
        if content["status"] != "done":
            jsonschema.validate(content, report_schema())
        assert held.attributes.metadata == {
            "autok-status": content["status"],
            "autok-source-generation": content["source"]["generation"],
        }
        return content

    @property
    def results(self) -> list[str]:
        """Names in the results bucket that are no reports."""
        return [name for name in self.storage.names("results") if not name.endswith(".autok.json")]


@pytest.fixture
def world() -> World:
    """Return an empty world."""
    return World()


def test_what_is_small_already_is_left_alone(world: World) -> None:
    """Below the rule's size the report names reason, sizes and rule; at the size the engine works."""
    world.rule(rules=[{"prefix": "shop/", "skip_below": 1000}])
    assert world.put("shop/a.png", b"x" * 999).error == "already_small"
    report = world.report("shop/a.png")
    assert report["rule"] == {"file": ".autok.json", "prefix": "shop/"}
    assert "1,000 bytes; this has 999" in report["skipped"]["detail"]
    assert world.put("shop/b.png", b"x" * 1000).code == "done"
    assert world.put("blog/a.png", b"x").code == "done"
    assert len(world.engine.jobs) == 2
    assert ("read", "uploads", "shop/a.png") not in world.storage.log


def test_a_rule_can_leave_a_folder_alone(world: World) -> None:
    """``skip`` is a reason of its own, and a second delivery changes nothing."""
    world.rule(skip=True)
    assert world.put("a.png", b"x").error == "rule"
    assert world.report("a.png")["skipped"]["reason"] == "rule"
    assert world.engine.jobs == []


@pytest.mark.parametrize("error", [UnsupportedFormatError("no image"), EmptyFileError("empty")])
@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("shop/readme.txt", "text/plain", "skipped"),
        ("shop/.keep", "", "skipped"),
        ("shop/x", "application/octet-stream", "skipped"),
        ("shop/cat.PNG", "", "failed"),
        ("shop/cat", "image/svg+xml", "failed"),
        ("web/" + "a" * 32, "application/octet-stream", "failed"),
    ],
)
def test_what_never_claimed_to_be_an_image_is_skipped(
    world: World, error: Exception, name: str, kind: str, code: str
) -> None:
    """Other files of a folder are skipped; one called an image, and any from the page, is a failure with its reason."""
    outcome = world.put(name, b"letters", kind=kind, engine=FakeEngine(error=error))  # type: ignore[arg-type]
    assert outcome.code == code
    if code == "skipped":
        assert world.report(name)["skipped"]["reason"] == "not_an_image"
    else:
        assert world.report(name)["error"]["code"] in ("unsupported_format", "empty_file")


def test_a_damaged_image_is_a_failure_under_any_name(world: World) -> None:
    """Bytes that began as an image are not passed over as something else."""
    assert world.put("x.bin", b"?", engine=FakeEngine(error=CorruptImageError("damaged"))).code == "failed"


def test_a_large_film_is_skipped_unread_and_a_large_image_fails(world: World) -> None:
    """Over the limit in bytes, what is no image by its name is skipped by its size alone."""
    assert world.put("film.mp4", b"x" * 20_000, kind="video/mp4").error == "not_an_image"
    assert world.put("cat.png", b"x" * 20_000).error == "too_many_bytes"
    assert not [each for each in world.storage.log if each[0] == "read" and each[1] == "uploads"]


def test_the_result_put_back_in_its_originals_place_stays(world: World) -> None:
    """An upload overwritten by its own result is known by its SHA-256, and the result is kept."""
    world.put("cat.png", b"original")
    result = world.storage.objects["results", "cat.png"].data
    assert world.put("cat.png", result).error == "already_ours"
    assert world.report("cat.png")["skipped"]["result"] == "cat.png"
    assert world.results == ["cat.png"]
    assert world.put("cat.png", b"another").code == "done"
    assert world.results == ["cat.png"]


def test_a_copied_result_is_known_by_its_marker(world: World) -> None:
    """A result copied among the uploads with its metadata is left alone; changed bytes or own options are not."""
    world.put("a/cat.png", b"original")
    held = world.storage.objects["results", "a/cat.png"]
    marker = dict(held.attributes.metadata)
    assert marker["autok-sha256"] == hashlib.sha256(held.data).hexdigest()
    assert world.put("b/cat.png", held.data, marker).error == "already_ours"
    assert world.put("c/cat.png", held.data + b"!", marker).code == "done"
    assert world.put("d/cat.png", held.data, {**marker, "autok-colors": "4"}).code == "done"


def test_a_skip_removes_a_result_that_no_longer_belongs(world: World) -> None:
    """An upload overwritten by one that is left alone leaves no older result behind."""
    world.put("a.png", b"x" * 500)
    world.rule(skip_below=100)
    assert world.put("a.png", b"x").code == "skipped"
    assert world.results == []


def test_an_older_event_leaves_the_result_that_a_skip_kept(world: World) -> None:
    """The late event of an overwritten generation does not remove what a newer skip kept."""
    world.put("cat.png", b"original")
    late = Upload("uploads", "cat.png", world.storage.generation, 8)
    world.put("cat.png", world.storage.objects["results", "cat.png"].data)
    outcome = process(late, storage=world.storage, engine=world.engine, settings=SETTINGS)
    assert outcome.code == "superseded"
    assert world.results == ["cat.png"]


def test_a_wrong_rules_file_is_a_failed_report(world: World) -> None:
    """The report names the rules file and its mistake; the engine is never asked, and other folders go on."""
    world.storage.put("uploads", "shop/.autok.json", b'{"options": {"colors": 1}}')
    assert world.put("shop/cat.png", b"x").error == "invalid_rules"
    assert "shop/.autok.json" in world.report("shop/cat.png")["error"]["detail"]
    assert world.put("blog/cat.png", b"x").code == "done"


def test_the_rules_options_and_cache_header_reach_the_result(world: World) -> None:
    """The engine gets the rule's options, the object the rule's header, the report both."""
    world.rule(options={"quality": "small", "colors": 8}, cache_control="public, max-age=86400")
    world.put("cat.png", b"x", {"autok-colors": "16"})
    assert (world.engine.jobs[0]["options"]["quality"], world.engine.jobs[0]["options"]["colors"]) == (60.0, 16)
    assert world.storage.objects["results", "cat.png"].attributes.cache_control == "public, max-age=86400"
    assert world.report("cat.png")["rule"] == {"file": ".autok.json", "prefix": ""}
    assert world.report("cat.png")["options"]["colors"] == 16
