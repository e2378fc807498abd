"""The worker, interrupted, repeated and beside itself: nothing is lost and nothing done twice."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from autok.errors import BusyError, StorageError
from support.fake_engine import FakeEngine
from support.world import SETTINGS, World


class Died(BaseException):
    """The process was killed at this point."""


@pytest.fixture
def world() -> World:
    """Return an empty world."""
    return World()


def test_a_copy_waits_while_another_works_and_takes_over_when_that_died(world: World) -> None:
    """A second delivery during the work asks to come again; once the signs of life are old it does the work."""
    upload = world.upload()

    def die(_: object) -> None:
        raise Died

    with pytest.raises(Died):
        world.deliver(upload, FakeEngine(during=die))
    with pytest.raises(BusyError):
        world.deliver(upload)
    world.clock.now += SETTINGS.lease + 1
    assert world.deliver(upload).code == "done"
    assert world.report()["attempt"] == 2


@pytest.mark.parametrize("days", [-1, 1])
def test_a_sign_of_life_far_from_now_is_none(world: World, days: int) -> None:
    """Work that was dated by a clock far ahead is taken over, as that of a copy which died long ago is."""
    upload = world.upload()

    def die(_: object) -> None:
        raise Died

    with pytest.raises(Died):
        world.deliver(upload, FakeEngine(during=die))
    world.clock.now += days * 86_400
    assert world.deliver(upload).code == "done"


def test_stages_are_signs_of_life(world: World) -> None:
    """While stages are written a copy keeps waiting, however long the work takes."""
    upload = world.upload()

    class Slow(FakeEngine):
        def run(self, job: Any, data: bytes, progress: Callable[[str], None]) -> Any:
            for _ in range(5):
                world.clock.now += SETTINGS.lease - 5
                progress("searching")
                assert world.report()["stage"] == "searching"
                with pytest.raises(BusyError):
                    world.deliver(upload)
            return super().run(job, data, progress)

    assert world.deliver(upload, Slow()).code == "done"


def test_three_attempts_that_die_are_poison(world: World) -> None:
    """The fourth delivery after three deaths says so in the report and is acknowledged."""
    upload = world.upload()

    def die(_: object) -> None:
        raise Died

    for _ in range(3):
        with pytest.raises(Died):
            world.deliver(upload, FakeEngine(during=die))
        world.clock.now += 1000
    assert world.deliver(upload).error == "poison"
    assert (world.report()["status"], world.report()["error"]["code"]) == ("failed", "poison")
    assert world.deliver(upload).code == "already"


def test_faults_of_the_storage_are_no_attempts(world: World) -> None:
    """However often the upload cannot be read, the event is asked for again, and at last it succeeds."""
    upload = world.upload()

    def fail(verb: str, bucket: str, name: str, done: bool) -> None:
        if (verb, bucket) == ("read", "uploads"):
            raise StorageError("503")

    world.storage.fault = fail
    for _ in range(6):
        with pytest.raises(StorageError):
            world.deliver(upload)
    world.storage.fault = lambda *_: None
    assert world.deliver(upload).code == "done"
    assert world.report()["attempt"] == 1


def _touches(world: World) -> int:
    upload = world.upload()
    before = len(world.storage.log)
    world.deliver(upload)
    return 2 * (len(world.storage.log) - before)


@pytest.mark.parametrize("older", [False, True], ids=["first upload", "overwritten upload"])
@pytest.mark.parametrize("kind", [Died, StorageError])
def test_an_end_at_any_point_loses_nothing(older: bool, kind: type[BaseException]) -> None:
    """Killed, or refused by the storage, before or after any operation: a redelivery leaves the clean run's bytes."""

    def begin() -> World:
        world = World()
        if older:
            world.deliver(world.upload(b"older"), FakeEngine("jpeg"))
        return world

    clean = begin()
    points = _touches(clean)
    assert points >= 12
    for point in range(points):
        world = begin()
        upload = world.upload()
        passed = iter(range(10_000))

        def stop(*_: object, passed: Any = passed, point: int = point) -> None:
            if next(passed) == point:
                raise kind("stopped")

        world.storage.fault = stop
        with pytest.raises(kind):
            world.deliver(upload)
        world.storage.fault = lambda *_: None
        world.clock.now += 1000
        assert world.deliver(upload).code in ("done", "already")
        assert world.results() == clean.results()
        assert world.bytes_of("shop/cat.png") == clean.bytes_of("shop/cat.png")
        assert world.report()["status"] == "done"


def test_twenty_copies_at_once_leave_one_result(world: World) -> None:
    """Of twenty deliveries at the same time one does the work; the others wait or find it done."""
    upload = world.upload()

    def attempt(_: int) -> str:
        try:
            return world.deliver(upload).code
        except BusyError:
            return "busy"

    with ThreadPoolExecutor(20) as pool:
        codes = list(pool.map(attempt, range(20)))
    assert codes.count("done") == 1
    assert set(codes) <= {"done", "already", "busy"}
    assert len(world.engine.jobs) == 1
    assert world.report()["attempt"] == 1


def test_any_order_and_any_repetition_end_with_the_newest_generation() -> None:
    """Forty shuffled histories of three generations in two formats end in one result, that of the last upload."""
    for seed in range(40):
        rng, world = random.Random(seed), World()
        uploads = [world.upload(data) for data in (b"one", b"two", b"three")]
        events = [upload for upload in uploads for _ in range(rng.randint(1, 4))]
        rng.shuffle(events)
        for event in events:
            world.deliver(event, FakeEngine(rng.choice(["png", "jpeg"])))
        expected = World()
        expected.deliver(expected.upload(b"three"))
        (name,) = world.results()
        assert world.bytes_of(name) == expected.bytes_of("shop/cat.png")
        assert world.report()["source"]["generation"] == str(uploads[-1].generation)


def test_an_identical_write_by_somebody_else_is_not_taken_for_ones_own(world: World) -> None:
    """Two claims at the same moment differ in their run, so that a lost answer is never mistaken for the other's."""
    upload = world.upload()
    seen: list[str] = []
    world.engine.during = lambda _: seen.append(world.report()["run"])
    world.deliver(upload)
    again = World()
    again.engine.during = lambda _: seen.append(again.report()["run"])
    again.deliver(again.upload())
    assert len(set(seen)) == 2
