"""The book of orders: what each hits, how often, and which make no sense."""

from __future__ import annotations

import pytest
import requests

from local.emulator.events.journal import Event
from local.emulator.faults import EVENT_KINDS, REQUEST_KINDS, Fault, FaultBook, parse_fault
from local.emulator.refusals import Refusal
from support.stack import RunningEmulator

EVENT = Event("7", {"bucket": "uploads", "name": "shop/cat.png"})


def book_of(*orders: dict[str, object], now: float = 100.0) -> FaultBook:
    """Return a book with these orders, and a clock that stands."""
    book = FaultBook(lambda: now)
    for order in orders:
        book.add(parse_fault(order))
    return book


def hits(book: FaultBook, count: int, name: str = "x") -> list[str | None]:
    """Return the kinds of fault that so many requests meet."""
    taken = (book.take_request("PUT", "xml", "uploads", name) for _ in range(count))
    return [None if fault is None else fault.kind for fault in taken]


@pytest.mark.parametrize("kind", [*REQUEST_KINDS, *EVENT_KINDS])
def test_every_kind_is_read_with_its_defaults(kind: str) -> None:
    """An order needs its kind alone, and gets an id of its own."""
    one, other = parse_fault({"kind": kind}), parse_fault({"kind": kind})
    assert (one.kind, one.times, one.skip, one.status) == (kind, 1, 0, 503)
    assert one.id != other.id


@pytest.mark.parametrize(
    "order",
    [{}, {"kind": "nonsense"}, {"kind": "stall", "seconds": "long"}, {"kind": "reset", "id": "x"}, {"times": True}],
)
def test_an_order_that_makes_no_sense_is_refused(emulator: RunningEmulator, order: dict[str, object]) -> None:
    """Unknown kinds, unknown fields and wrong types are 400."""
    headers = {"authorization": f"Bearer {emulator.token}"}
    answer = requests.post(f"{emulator.url}/_local/faults", json=order, headers=headers, timeout=10)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "order", [{"kind": "stall", "seconds": None}, {"kind": "status", "since": 1.0}, {"kind": "status", "status": 5.5}]
)
def test_fields_have_their_types(order: dict[str, object]) -> None:
    """Null stands only where it says that a condition is none, and what is kept here is not to be ordered."""
    with pytest.raises(Refusal) as caught:
        parse_fault(order)
    assert caught.value.status == 400
    assert parse_fault({"kind": "stall", "seconds": 2, "times": None, "name": None}).times is None


@pytest.mark.parametrize(
    ("condition", "held"),
    [
        ({}, True), ({"method": "PUT"}, True), ({"method": "GET"}, False), ({"api": "json"}, False),
        ({"bucket": "uploads"}, True), ({"bucket": "results"}, False), ({"name": "shop/cat.png"}, True),
        ({"name": "cat.png"}, False), ({"suffix": "cat.png"}, True), ({"suffix": ".jpg"}, False),
        ({"suffix": ".png", "bucket": "results"}, False),
    ],
)  # fmt: skip
def test_every_condition_has_to_hold(condition: dict[str, str], held: bool) -> None:
    """None holds of everything; a name is the whole, a suffix the end."""
    assert Fault("reset", **condition).matches("uploads", "shop/cat.png", "PUT", "xml") == held
    assert not Fault("reset", suffix="x").matches("uploads", None)


def test_an_order_hits_as_often_as_it_says() -> None:
    """So many pass before, so many are hit, and then it is gone; without a number it stays."""
    assert hits(book_of({"kind": "reset", "skip": 2, "times": 2}), 6) == [None, None, "reset", "reset", None, None]
    standing = book_of({"kind": "reset", "times": None})
    assert hits(standing, 3) == ["reset"] * 3
    assert len(standing.faults()) == 1


def test_the_first_order_that_fits_is_taken() -> None:
    """One that waits for its turn lets the next one hit, and others than of requests are passed over."""
    book = book_of(
        {"kind": "drop_ack"}, {"kind": "stall", "skip": 1}, {"kind": "reset"}, {"kind": "status", "name": "y"}
    )
    assert hits(book, 3) == ["reset", "stall", None]
    assert book.waits_for_requests()
    assert hits(book, 1, "y") == ["status"]
    assert not book.waits_for_requests()


def test_events_are_doubled_or_held_back() -> None:
    """A copy more for each, seconds from now for a delay, and without an order an event goes as it is."""
    assert book_of({"kind": "duplicate", "copies": 4}).apply_to_new(EVENT).copies == 4
    assert book_of({"kind": "delay", "seconds": 2.5}).apply_to_new(EVENT).not_before == 102.5
    assert book_of({"kind": "delay", "bucket": "results"}).apply_to_new(EVENT) is EVENT
    assert book_of({"kind": "reset"}).apply_to_new(EVENT) is EVENT


def test_reordered_events_go_out_last_first() -> None:
    """Of three the last comes first, all within the same span after the first."""
    book = book_of({"kind": "reorder", "times": 3, "seconds": 1})
    times = [book.apply_to_new(EVENT).not_before for _ in range(4)]
    assert times[0] > times[1] > times[2] == 101.0
    assert times[3] == 0.0


def test_an_acknowledgement_is_lost_as_often_as_ordered() -> None:
    """Once for one order, and for the objects that it names alone."""
    book = book_of({"kind": "drop_ack", "suffix": ".png"})
    assert not book.loses_ack(Event("8", {"bucket": "uploads", "name": "x.jpg"}))
    assert [book.loses_ack(EVENT) for _ in range(2)] == [True, False]


def test_cleared_orders_hit_nothing() -> None:
    """Whatever stood is gone."""
    book = book_of({"kind": "reset", "times": None}, {"kind": "delay", "times": None})
    book.clear()
    assert (hits(book, 1), book.apply_to_new(EVENT), book.faults()) == ([None], EVENT, [])
