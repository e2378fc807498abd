from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask, Response, request

from autok.errors import BusyError, SigningError
from service.clock import LARGEST, TOLERANCE, StorageClock
from service.events import Upload
from service.reports import begin_report, write_report
from service.targets import Process
from service.worker import process
from support.fake_engine import FakeEngine
from support.stack import RESULTS, UPLOADS, RunningEmulator

APP = Flask("clock")
ID = "0123456789abcdef" * 2
MINUTES = 60.0


@contextmanager
def apart(folder: Path, seconds: float) -> Iterator[tuple[Process, RunningEmulator]]:
    """Yield a service whose clock is so many seconds ahead of the storage's, and the storage."""
    with RunningEmulator(folder, clock=lambda: time.time() - seconds) as storage:
        made = Process(
            {
                "AUTOK_UPLOADS_BUCKET": UPLOADS,
                "AUTOK_RESULTS_BUCKET": RESULTS,
                "AUTOK_STORAGE_URL": storage.url,
                "AUTOK_STORAGE_TOKEN_FILE": str(storage.keys.token),
                "AUTOK_SIGNING_KEY_FILE": str(storage.keys.signing_key),
            }
        )
        try:
            yield made, storage
        finally:
            made.storage.close()  # type: ignore[attr-defined]


def call(service: Process, method: str, path: str, **content: Any) -> Response:
    """Call the API as the server does."""
    with APP.test_request_context(path, method=method, **content):
        return service.answer(request)


def ask_for_upload(service: Process) -> Response:
    """Ask for an address for a PNG of five bytes."""
    return call(service, "POST", "/v1/uploads", json={"content_type": "image/png", "size": 5})


@pytest.mark.parametrize(("minutes", "side"), [(20, "ahead of"), (-20, "behind")])
def test_an_instance_whose_clock_is_off_signs_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], minutes: int, side: str
) -> None:
    """Twenty minutes apart, uploads get 503 with Retry-After and a sentence, the log one line, and no stack trace."""
    with apart(tmp_path, minutes * MINUTES) as (service, _):
        answer = ask_for_upload(service)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        body = answer.get_json()
        assert body["code"] == "signing_unavailable"
        assert f"{side} the storage's" in body["detail"]
        assert call(service, "GET", f"/v1/results/{ID}").get_json() == {"status": "pending"}
    out, err = capsys.readouterr()
    (line,) = [json.loads(each) for each in out.splitlines()]
    assert (line["severity"], line["code"], line["detail"]) == ("ERROR", "signing_unavailable", body["detail"])
    assert "Traceback" not in out + err


@pytest.mark.parametrize("seconds", [LARGEST - 20, 20 - LARGEST, 0])
def test_what_is_signed_in_spite_of_a_difference_is_taken(tmp_path: Path, seconds: float) -> None:
    """Up to five minutes apart an address is made, and the storage takes the upload that it is for."""
    with apart(tmp_path, seconds) as (service, _):
        answer = ask_for_upload(service)
        assert answer.status_code == 201, answer.get_json()
        upload = answer.get_json()["upload"]
        assert requests.put(upload["url"], b"bytes", headers=upload["headers"], timeout=10).status_code == 200


@pytest.mark.parametrize("minutes", [20, -20, 0])
def test_the_age_of_work_is_told_by_the_storage(tmp_path: Path, minutes: int) -> None:
    """Work that another instance began 10 s ago is left to it, and taken over after 60 s, whatever the clock here."""
    with apart(tmp_path, minutes * MINUTES) as (service, storage):
        data = b"bytes"
        blob = storage.client().bucket(UPLOADS).blob("a.png")
        blob.upload_from_string(data)
        upload = Upload(UPLOADS, "a.png", int(blob.generation), len(data), "image/png", {})
        parts: dict[str, Any] = {"storage": service.storage, "settings": service.settings, "engine": FakeEngine()}
        now, generation = storage.config.clock(), 0
        for age, free in ((10, False), (60, True)):
            report = begin_report(upload, 1, "other", (), now - age)
            state = write_report(service.storage, RESULTS, upload.name, report, generation)
            assert state is not None
            generation = state.generation
            if not free:
                with pytest.raises(BusyError):
                    process(upload, **parts, clock=service.clock)
        outcome = process(upload, **parts, clock=service.clock)
        assert outcome.report is not None
        assert (outcome.code, outcome.report["attempt"]) == ("done", 2)


class Machine:
    """Two clocks that are set by hand, and a storage that tells the time when it is asked."""

    def __init__(self, storage: str = "Thu, 01 Jan 2026 00:00:00 GMT") -> None:
        self.now, self.steady, self.asked = 1_767_225_600.5, 0.0, 0
        self.storage = storage
        self.clock = StorageClock(self.ask, lambda: self.now, lambda: self.steady)

    def ask(self) -> None:
        """Answer."""
        self.asked += 1
        answer = requests.Response()
        answer.headers["Date"] = self.storage
        self.clock.hear(answer)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_clock_is_corrected_where_it_is_apart(sign: int) -> None:
    """Some seconds are the way of an answer and stay; more are taken off."""
    machine = Machine()
    right = machine.now
    for seconds, off in ((TOLERANCE, TOLERANCE), (TOLERANCE + 1, 0.0), (3600.0, 0.0)):
        machine.now = right + sign * seconds
        machine.ask()
        assert machine.clock() == pytest.approx(right + sign * off)


@pytest.mark.parametrize("date", ["", "yesterday", "Thu, 99 Jan 2026 00:00:00 GMT", "Fri, 01 Jan 9999 99:00:00 GMT"])
def test_an_answer_without_a_time_changes_nothing(date: str) -> None:
    """What cannot be read as a date leaves the clock as it was."""
    machine = Machine()
    machine.now += 100
    machine.ask()
    machine.storage = date
    machine.ask()
    assert machine.clock.ahead == pytest.approx(100)


def test_a_clock_that_was_set_right_is_believed_again() -> None:
    """After a refusal the storage is asked again, soon but not for each call, and what it says now counts."""
    machine = Machine()
    machine.now += 1200
    for _ in range(3):
        with pytest.raises(SigningError, match="1,200 s ahead of"):
            machine.clock.check(600)
    assert machine.asked == 1
    machine.now, machine.steady = machine.now - 1200, 6.0
    machine.clock.check(600)
    assert machine.asked == 2


def test_the_storage_is_asked_seldom() -> None:
    """In step, an hour of signing asks the storage once in ten minutes, and not at all while it is heard anyway."""
    machine = Machine()
    for second in range(3600):
        machine.steady = float(second)
        machine.clock.check(600)
    assert machine.asked == 6
    for second in range(3600, 7200, 60):
        machine.steady = float(second)
        machine.ask()
        before = machine.asked
        machine.clock.check(600)
        assert machine.asked == before


def _check(ahead: float, seconds: float) -> Callable[[], None]:
    clock = StorageClock()
    clock.ahead = ahead
    return lambda: clock.check(seconds)


def test_a_short_life_bears_less() -> None:
    """An address that lives for a minute is not dated by a clock that is 40 s off."""
    _check(-40, 600)()
    with pytest.raises(SigningError, match="40 s behind"):
        _check(-40, 60)()
