"""One refusal in the shapes of both APIs."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from local.emulator.refusals import Refusal, condition_not_met, invalid, no_such_bucket, no_such_object

REFUSAL = Refusal(429, "SlowDown", "Too <many> & \0 at once.", {"Details": "a"}, {"Retry-After": "3"})


def test_json_names_a_reason() -> None:
    """The JSON API gets status, sentence and reason, and the headers."""
    answer = REFUSAL.as_json()
    error = json.loads(bytes(answer.body))["error"]
    assert (answer.status_code, answer.headers["Retry-After"], error["code"]) == (429, "3", 429)
    assert error["errors"][0] == {"message": REFUSAL.message, "domain": "global", "reason": "rateLimitExceeded"}


def test_xml_names_a_code() -> None:
    """The XML API gets a document that parsers take, whatever the sentence holds."""
    answer = REFUSAL.as_xml()
    parts = {part.tag: part.text for part in ElementTree.fromstring(bytes(answer.body))}
    assert parts == {"Code": "SlowDown", "Message": "Too <many> & \ufffd at once.", "Details": "a"}
    assert answer.headers["Retry-After"] == "3"


def test_not_modified_has_no_body() -> None:
    """304 carries nothing in either API."""
    unchanged = Refusal(304, "NotModified", "Not Modified")
    assert unchanged.as_json().body == unchanged.as_xml().body == b""


def test_what_is_not_there_is_named() -> None:
    """The refusal of an object names bucket and object."""
    refusal = no_such_object("photos", "a/cat.png")
    assert (refusal.status, refusal.code) == (404, "NoSuchKey")
    assert "photos/a/cat.png" in refusal.message


@pytest.mark.parametrize(
    ("refusal", "status", "code", "reason"),
    [
        (no_such_bucket("photos"), 404, "NoSuchBucket", "notFound"),
        (invalid("It is no number."), 400, "InvalidArgument", "invalid"),
        (condition_not_met("ifGenerationMatch"), 412, "PreconditionFailed", "conditionNotMet"),
        (Refusal(418, "Teapot", "No coffee."), 418, "Teapot", "backendError"),
    ],
)
def test_clients_of_both_apis_can_tell_why(refusal: Refusal, status: int, code: str, reason: str) -> None:
    """Status, code and reason belong together; a status without a reason of its own still has one."""
    assert (refusal.status, refusal.code) == (status, code)
    assert json.loads(bytes(refusal.as_json().body))["error"]["errors"][0]["reason"] == reason
    assert f"<Code>{code}</Code>".encode() in bytes(refusal.as_xml().body)


def test_a_refusal_keeps_no_hold_on_what_it_was_made_of() -> None:
    """Headers that a caller goes on changing do not change an answer that was given."""
    headers = {"Retry-After": "3"}
    refusal = Refusal(503, "SlowDown", "Later.", headers=headers)
    headers["Retry-After"] = "9"
    assert refusal.as_json().headers["Retry-After"] == "3"
