"""The headers of a finalize event, as the HTTP binding of CloudEvents 1.0 asks."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from local.emulator.events.cloudevents import FINALIZED, event_headers

RESOURCE = {"bucket": "uploads", "name": "a/b.png", "updated": "2026-05-04T03:02:01.000Z", "size": "5"}


def test_an_event_names_its_object() -> None:
    """Type, source, subject, time and id are those of Eventarc, and the body is told as JSON."""
    assert event_headers("17", RESOURCE) == {
        "ce-specversion": "1.0",
        "ce-id": "17",
        "ce-type": FINALIZED,
        "ce-source": "//storage.googleapis.com/projects/_/buckets/uploads",
        "ce-subject": "objects/a/b.png",
        "ce-time": "2026-05-04T03:02:01.000Z",
        "ce-bucket": "uploads",
        "content-type": "application/json",
    }


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("ü", "%C3%BC"),
        ("a b", "a%20b"),
        ("50%", "50%25"),
        ('say "x"', "say%20%22x%22"),
        ("a\nb", "a%0Ab"),
        ("a/?&=~", "a/?&=~"),
    ],
)
def test_what_is_no_header_text_is_percent_encoded(name: str, encoded: str) -> None:
    """Spaces, quotes, percent signs and all beyond printable ASCII are encoded, everything else stands as it is."""
    subject = event_headers("1", {**RESOURCE, "name": name})["ce-subject"]
    assert subject == f"objects/{encoded}"
    assert unquote(subject) == f"objects/{name}"
