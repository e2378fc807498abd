"""Events on disk: none is lost between an object's birth and its acknowledgement, and none is invented."""

from __future__ import annotations

import dataclasses
import json
import logging
from pathlib import Path

import pytest

from local.emulator.events.journal import Event, EventJournal
from local.emulator.objects.drafts import draft_from_resource
from local.emulator.objects.records import ObjectRecord
from local.emulator.refusals import Refusal


def record(generation: int, bucket: str = "uploads") -> ObjectRecord:
    """Return an object's record."""
    return dataclasses.replace(draft_from_resource(bucket, "x", {}, None), generation=generation)


def files(folder: Path) -> list[str]:
    """Return the names of what lies in the journal's folder."""
    return sorted(path.name for path in (folder / "events").iterdir())


def restarted(folder: Path, live: ObjectRecord | None) -> EventJournal:
    """Return the journal of a new run, in whose store `live` is all there is."""
    journal = EventJournal(folder, "uploads")
    journal.recover(lambda bucket, name: live)
    return journal


def test_an_event_is_noted_before_its_object_exists(tmp_path: Path) -> None:
    """Prepared, published, delivered: the file is there from the first moment and goes with the acknowledgement."""
    journal = EventJournal(tmp_path, "uploads")
    journal.prepare(record(7))
    assert (files(tmp_path), journal.events()) == (["7.prepared"], [])
    journal.publish(record(7))
    assert files(tmp_path) == ["7.json"]
    journal.save(dataclasses.replace(journal.event("7"), state="delivered"))
    assert files(tmp_path) == []
    assert journal.event("7").state == "delivered"


def test_an_object_that_never_was_has_no_event(tmp_path: Path) -> None:
    """What was prepared and given up leaves nothing, however often it is given up."""
    journal = EventJournal(tmp_path, "uploads")
    journal.prepare(record(7))
    for _ in range(2):
        journal.abandon(record(7))
    assert (files(tmp_path), journal.events()) == ([], [])


def test_other_buckets_are_silent(tmp_path: Path) -> None:
    """Objects of a bucket that emits nothing leave no file and no event."""
    journal = EventJournal(tmp_path, "uploads")
    journal.prepare(record(7, "results"))
    journal.publish(record(7, "results"))
    assert (files(tmp_path), journal.events()) == ([], [])


@pytest.mark.parametrize(("live", "known"), [(7, ["7"]), (8, []), (None, [])])
def test_a_crash_between_both_notes_is_decided_by_the_object(
    tmp_path: Path, live: int | None, known: list[str]
) -> None:
    """A prepared event counts where its very generation came to be, and is forgotten where it did not."""
    EventJournal(tmp_path, "uploads").prepare(record(7))
    (tmp_path / "events" / ".8.json.abcd").write_text('{"id":')
    journal = restarted(tmp_path, None if live is None else record(live))
    assert [event.id for event in journal.events()] == known
    assert files(tmp_path) == [f"{each}.json" for each in known]


def test_what_was_on_its_way_is_sent_again(tmp_path: Path) -> None:
    """After a restart an event that was being sent is pending, a dead one stays dead, its history is kept."""
    journal = EventJournal(tmp_path, "uploads")
    for generation, state in ((7, "sending"), (8, "dead"), (9, "delivered")):
        journal.save(Event(str(generation), record(generation).as_resource(), state, attempts=3, statuses=[500, 0]))
    again = restarted(tmp_path, None)
    assert {event.id: event.state for event in again.events()} == {"7": "pending", "8": "dead"}
    assert (again.event("7").attempts, again.event("7").statuses) == (3, [500, 0])
    assert again.next_pending() == again.event("7")


def test_the_next_is_the_one_whose_time_comes_first(tmp_path: Path) -> None:
    """Times decide, then generations as numbers: 9 comes before 10."""
    journal = EventJournal(tmp_path, "uploads")
    assert journal.next_pending() is None
    for generation, time in ((10, 5.0), (9, 5.0), (11, 4.0)):
        journal.save(Event(str(generation), {}, not_before=time))
    order = []
    while (event := journal.next_pending()) is not None:
        order.append(event.id)
        journal.save(dataclasses.replace(event, state="sending"))
    assert order == ["11", "9", "10"]


def test_an_unknown_event_is_refused(tmp_path: Path) -> None:
    """Its id is told, at most 40 letters of it."""
    with pytest.raises(Refusal, match=f"id {'x' * 40}\\.") as caught:
        EventJournal(tmp_path, None).event("x" * 50)
    assert (caught.value.status, caught.value.code) == (404, "NoSuchEvent")


def test_listeners_hear_of_every_change_and_faults_may_change_an_event(tmp_path: Path) -> None:
    """Whoever subscribed is called once a change; what an order makes of a new event is what counts."""
    journal = EventJournal(tmp_path, "uploads", lambda event: dataclasses.replace(event, copies=4))
    heard: list[int] = []
    journal.subscribe(lambda: heard.append(len(journal.events())))
    journal.prepare(record(7))
    journal.publish(record(7))
    journal.save(journal.event("7"))
    assert heard == [1, 1]
    assert journal.event("7").copies == 4
    assert json.loads((tmp_path / "events" / "7.json").read_text())["copies"] == 4


def test_a_full_disk_is_told_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An event that cannot be noted goes on in memory; on disk is an older state, which is sent once more at worst."""

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    journal = EventJournal(tmp_path, "uploads")
    monkeypatch.setattr("local.emulator.events.journal.write_json", fail)
    with caplog.at_level(logging.WARNING):
        journal.save(Event("7", {}))
    assert journal.next_pending() == Event("7", {})
    assert "No space left" in caplog.text


def test_old_deliveries_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice as many events as are kept lose the oldest delivered ones; what waits or is dead is never lost."""
    monkeypatch.setattr("local.emulator.events.journal._DELIVERED_KEPT", 3)
    journal = EventJournal(tmp_path, "uploads")
    journal.save(Event("0", {}, "dead"))
    for number in range(1, 8):
        journal.save(Event(str(number), {}, "delivered"))
    assert [event.id for event in journal.events()] == ["0", "4", "5", "6", "7"]
