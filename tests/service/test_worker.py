"""The worker on one event: the result, the report, and what else it meets."""

from __future__ import annotations

import pytest

from autok.errors import CorruptImageError, CrashError
from service.events import Upload
from service.storage import Attributes
from support.fake_engine import FakeEngine
from support.memory_storage import MemoryStorage
from support.world import REPORT, World


@pytest.fixture
def world() -> World:
    """Return an empty world."""
    return World()


def test_an_upload_becomes_a_result_and_a_finished_report(world: World) -> None:
    """The result lies under the upload's name, and the report names source, result, options, attempt and cost."""
    upload = world.upload(autok_quality="80")
    assert world.deliver(upload).code == "done"
    report = world.report()
    assert (report["status"], report["attempt"], report["output"]["name"]) == ("done", 1, "shop/cat.png")
    assert report["source"] == {"bucket": "uploads", "name": "shop/cat.png", "generation": str(upload.generation)}
    assert report["options"]["quality"] == 80
    assert report["cost"]["usd"] > 0
    assert world.results() == ["shop/cat.png"]


def test_the_result_says_what_it_is_and_is_never_shared(world: World) -> None:
    """Content type, attachment with the true extension, private caching and the source are on the object."""
    upload = world.upload(name="web/" + "a" * 32, autok_filename="M%C3%BCll%20(1).PNG")
    world.deliver(upload, FakeEngine("jpeg"))
    attributes = world.storage.objects["results", f"web/{'a' * 32}.jpg"].attributes
    assert attributes.content_type == "image/jpeg"
    assert attributes.cache_control == "private, no-store"
    assert attributes.disposition == "attachment; filename=\"M_ll (1).jpg\"; filename*=UTF-8''M%C3%BCll%20%281%29.jpg"
    assert attributes.metadata["autok-source-generation"] == str(upload.generation)


def test_a_preview_is_stored_beside_the_result_of_a_page(world: World) -> None:
    """What browsers cannot show gets a preview, and the report names it."""
    name = "web/" + "b" * 32
    world.deliver(world.upload(name=name), FakeEngine(preview=b"\x89PNG preview"))
    assert world.report(name + ".autok.json")["preview"] == name + ".preview.png"
    assert world.bytes_of(name + ".preview.png") == b"\x89PNG preview"


def test_an_event_that_comes_five_times_is_worked_on_once(world: World) -> None:
    """Every further delivery is acknowledged without a read of the upload or a write."""
    upload = world.upload()
    world.deliver(upload)
    before = len(world.storage.log)
    assert [world.deliver(upload).code for _ in range(4)] == ["already"] * 4
    assert {verb for verb, _, _ in world.storage.log[before:]} == {"stat", "read"}
    assert len(world.engine.jobs) == 1


def test_an_older_generation_changes_nothing(world: World) -> None:
    """The event of an overwritten upload that comes late is acknowledged and leaves the newer result alone."""
    old = world.upload(b"old")
    new = world.upload(b"new")
    world.deliver(new)
    before = dict(world.storage.objects)
    assert world.deliver(old).code == "superseded"
    assert world.storage.objects == before


def test_a_newer_generation_removes_a_result_under_another_extension(world: World) -> None:
    """After an upload is overwritten one result lies there, whatever format the older one had."""
    world.deliver(world.upload(b"old"), FakeEngine("jpeg"))
    assert world.results() == ["shop/cat.png.jpg"]
    world.deliver(world.upload(b"new"), FakeEngine("png"))
    assert world.results() == ["shop/cat.png"]


def test_a_newer_upload_that_fails_takes_the_older_result_with_it(world: World) -> None:
    """A result that no longer belongs to the upload of its name does not stay beside a failed report."""
    world.deliver(world.upload(b"old"))
    outcome = world.deliver(world.upload(b"new"), FakeEngine(error=CorruptImageError("damaged")))
    assert (outcome.code, outcome.error) == ("failed", "corrupt_image")
    assert world.results() == []
    assert world.report()["error"]["detail"] == "damaged"


@pytest.mark.parametrize("error", [CorruptImageError("damaged"), CrashError("status -11")])
def test_a_file_at_fault_is_reported_and_never_tried_again(world: World, error: Exception) -> None:
    """A permanent failure is a failed report and an acknowledgement, and so is every delivery after it."""
    upload, engine = world.upload(), FakeEngine(error=error)  # type: ignore[arg-type]
    assert world.deliver(upload, engine).code == "failed"
    assert world.deliver(upload, engine).code == "already"
    assert len(engine.jobs) == 1
    assert world.report()["status"] == "failed"


def test_options_out_of_range_are_a_failed_report(world: World) -> None:
    """Metadata that cannot be used ends in a report that names the option, without the engine."""
    assert world.deliver(world.upload(autok_colors="1000")).error == "invalid_option"
    assert "colors is '1000'" in world.report()["error"]["detail"]
    assert world.engine.jobs == []


@pytest.mark.parametrize("announced", [20_000, 5])
def test_an_upload_over_the_limit_is_refused_by_its_size(world: World, announced: int) -> None:
    """A file that is too large is refused by the event's word before it is read, and by its bytes after."""
    upload = world.upload(b"x" * 20_000)
    world.deliver(Upload("uploads", upload.name, upload.generation, announced))
    assert world.report()["error"]["code"] == "too_many_bytes"
    assert world.engine.jobs == []
    assert (("read", "uploads", "shop/cat.png") in world.storage.log) == (announced == 5)


def test_an_upload_deleted_before_its_event_leaves_nothing(world: World) -> None:
    """The event of an object that is gone is acknowledged, without a report or a result."""
    upload = world.upload()
    world.storage.delete("uploads", upload.name)
    assert world.deliver(upload).code == "gone"
    assert world.storage.names("results") == []


def test_a_deleted_newer_generation_leaves_the_finished_older_one(world: World) -> None:
    """Where the newer upload vanished before its event, report and result of the older one are as before."""
    world.deliver(world.upload(b"old"))
    before = world.report()
    new = world.upload(b"new")
    world.storage.delete("uploads", new.name)
    assert world.deliver(new).code == "gone"
    assert world.report() == before
    assert world.results() == ["shop/cat.png"]


def test_everything_deleted_while_the_work_goes_on_stays_deleted(world: World) -> None:
    """A deletion of upload and report during the work removes the result that comes after it, too."""
    upload = world.upload()

    def delete(_: object) -> None:
        world.storage.delete("uploads", upload.name)
        world.storage.delete("results", REPORT)

    world.engine.during = delete
    assert world.deliver(upload).code == "gone"
    assert world.storage.names("results") == []


def test_an_overwrite_while_the_work_goes_on_wins(world: World) -> None:
    """A slow worker whose upload was overwritten and finished meanwhile leaves the newer result alone."""
    old = world.upload(b"old")

    def overtake(_: object) -> None:
        world.deliver(world.upload(b"new"), FakeEngine("png"))

    slow = FakeEngine("jpeg", during=overtake)
    assert world.deliver(old, slow).code == "superseded"
    assert world.results() == ["shop/cat.png"]
    assert world.report()["output"]["format"] == "png"


def test_two_uploads_that_want_one_name_get_two(world: World) -> None:
    """``cat.png`` made a JPEG and ``cat.png.jpg`` never overwrite each other's result."""
    world.deliver(world.upload(b"one", "cat.png"), FakeEngine("jpeg"))
    world.deliver(world.upload(b"two", "cat.png.jpg"), FakeEngine("jpeg"))
    assert world.report("cat.png.autok.json")["output"]["name"] == "cat.png.jpg"
    assert world.report("cat.png.jpg.autok.json")["output"]["name"] == "cat.png.jpg.jpg"
    assert world.bytes_of("cat.png.jpg") != world.bytes_of("cat.png.jpg.jpg")


def test_an_object_that_somebody_else_put_among_the_results_is_not_overwritten(world: World) -> None:
    """A name in the results bucket that this service did not write is left to its owner."""
    world.storage.put("results", "shop/cat.png", b"mine")
    world.deliver(world.upload())
    assert world.bytes_of("shop/cat.png") == b"mine"
    assert world.report()["output"]["name"] == "shop/cat.png.png"


def test_a_report_that_is_no_json_is_replaced(world: World) -> None:
    """A damaged report neither stops the work nor survives it."""
    world.storage.put("results", REPORT, b"\xff{[")
    assert world.deliver(world.upload()).code == "done"
    assert world.report()["status"] == "done"


def test_a_result_of_a_newer_generation_is_never_overwritten(world: World) -> None:
    """Even without its report, a result that says it is newer stays."""
    upload = world.upload()
    world.deliver(upload)
    held = world.storage.objects["results", "shop/cat.png"]
    metadata = {**held.attributes.metadata, "autok-source-generation": str(upload.generation + 1)}
    world.storage.put("results", "shop/cat.png", b"newer", metadata)
    world.storage.delete("results", REPORT)
    assert world.deliver(upload).code == "superseded"
    assert world.bytes_of("shop/cat.png") == b"newer"


def test_the_fake_store_keeps_the_rules_of_generations() -> None:
    """A write under a wrong precondition is refused, under the right one accepted; the rest relies on it."""
    storage = MemoryStorage()
    first = storage.write("b", "n", b"1", Attributes("a/b"), 0)
    assert first is not None
    assert storage.write("b", "n", b"2", Attributes("a/b"), 0) is None
    assert storage.read("b", "n", first) == b"1"
    assert storage.write("b", "n", b"2", Attributes("a/b"), first) is not None
    assert storage.read("b", "n", first) is None
