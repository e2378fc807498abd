"""The calls of the API, from the upload to its deletion."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from autok.errors import StorageError
from autok.options import SPECS, Options
from support.api_service import ID, Service, problem, upload
from support.fake_engine import FakeEngine


def test_a_new_upload_gets_an_id_a_signed_address_and_where_to_look(service: Service) -> None:
    """The answer has all that a page needs to upload with options and to find the result."""
    body = {"content_type": "image/png", "size": 5, "filename": "Mü.png", "options": {"colors": 16, "max_size": 800}}
    answer = service.post("/v1/uploads", body)
    assert answer.status_code == 201
    made = answer.get_json()
    assert answer.headers["Location"] == made["result"] == f"/v1/results/{made['id']}"
    assert len(made["id"]) == 32
    upload = made["upload"]
    assert upload["method"] == "PUT"
    assert upload["url"].startswith(f"http://localhost:9199/uploads/web/{made['id']}?")
    assert upload["headers"] == {
        "content-type": "image/png",
        "x-goog-content-length-range": "1,1000000",
        "x-goog-if-generation-match": "0",
        "x-goog-meta-autok-colors": "16",
        "x-goog-meta-autok-max-size": "800",
        "x-goog-meta-autok-filename": "M%C3%BC.png",
    }
    assert upload["expires_at"].endswith("Z")


def test_ids_never_repeat(service: Service) -> None:
    """A hundred uploads have a hundred ids."""
    answers = [service.post("/v1/uploads", {"content_type": "image/png", "size": 5}) for _ in range(100)]
    assert len({answer.get_json()["id"] for answer in answers}) == 100


def test_a_result_is_pending_then_done_with_a_download(service: Service) -> None:
    """Before the work there is nothing, after it the report and an address that saves under the user's own name."""
    made = upload(service, colors=16)
    assert service.client.get(f"/v1/results/{made}").get_json() == {"status": "pending"}
    service.work(made, FakeEngine("jpeg"))
    body = service.client.get(f"/v1/results/{made}").get_json()
    assert body["status"] == body["report"]["status"] == "done"
    assert body["report"]["options"]["colors"] == 16
    assert f"/results/web/{made}.jpg?" in body["download"]["url"]
    assert "filename%2A%3DUTF-8%27%27My%2520cat.jpg" in body["download"]["url"]


def test_a_result_that_is_worked_on_shows_its_stage(service: Service) -> None:
    """While the report says working, the answer is pending with the stage and the attempt."""
    made = upload(service)
    seen: list[Any] = []
    engine = FakeEngine(during=lambda _: seen.append(service.client.get(f"/v1/results/{made}").get_json()))
    service.work(made, engine)
    assert seen == [{"status": "pending", "stage": "starting", "attempt": 1}]


def test_a_result_with_a_preview_has_its_address_too(service: Service) -> None:
    """What browsers cannot show comes with an address of its preview, shown in place."""
    made = upload(service)
    service.work(made, FakeEngine(preview=b"\xff\xd8 preview"))
    body = service.client.get(f"/v1/results/{made}").get_json()
    assert f"/results/web/{made}.preview.jpg?" in body["preview"]["url"]
    assert "response-content-disposition=inline" in body["preview"]["url"]


def test_a_result_that_failed_says_why(service: Service) -> None:
    """A failed report is an answer like any other, with the error's code and sentence."""
    made = upload(service)
    service.storage.objects["uploads", f"web/{made}"].stored.metadata["autok-colors"] = "1000"  # type: ignore[index]
    service.work(made)
    body = service.client.get(f"/v1/results/{made}").get_json()
    assert (body["status"], body["error"]["code"]) == ("failed", "invalid_option")
    assert set(body["error"]) == {"code", "title", "detail"}


def test_a_damaged_report_is_no_stack_trace(service: Service) -> None:
    """A report that is no JSON, or holds nothing, reads as pending; a half one ends in a problem, not in a crash."""
    for data in (b"\xff", b"[]", b"{}", b'{"status": 5}'):
        service.storage.put("results", f"web/{ID}.autok.json", data)
        assert service.client.get(f"/v1/results/{ID}").get_json()["status"] == "pending"
    service.storage.put("results", f"web/{ID}.autok.json", b'{"status": "done"}')
    problem(service.client.get(f"/v1/results/{ID}"), 500, "internal")


def test_a_new_run_copies_the_upload_with_new_options(service: Service) -> None:
    """Other options need no second upload: the copy has them and keeps the file's name."""
    made = upload(service, colors=16)
    answer = service.post(f"/v1/results/{made}/runs", {"options": {"quality": 90}})
    assert answer.status_code == 201
    second = answer.get_json()["id"]
    assert answer.get_json() == {"id": second, "result": f"/v1/results/{second}"}
    held = service.storage.objects["uploads", f"web/{second}"]
    assert held.data == b"cat"
    assert dict(held.stored.metadata) == {"autok-quality": "90", "autok-filename": "My%20cat.png"}


def test_a_new_run_needs_a_stored_upload(service: Service) -> None:
    """Without the upload there is nothing to copy, and the sentence says what to do."""
    assert "upload the file again" in problem(service.post(f"/v1/results/{ID}/runs", {}), 404, "not_found")
    problem(service.post(f"/v1/results/{ID}/runs", {"options": {"colors": 0}}), 422, "invalid_option")


def test_a_deletion_leaves_nothing_and_can_be_repeated(service: Service) -> None:
    """Upload, result, report and preview are gone after one call; a second one answers the same."""
    made = upload(service)
    service.work(made, FakeEngine("avif", preview=b"\x89PNG"))
    assert len(service.storage.objects) == 4
    assert service.client.delete(f"/v1/results/{made}").status_code == 204
    assert service.storage.objects == {}
    assert service.client.delete(f"/v1/results/{made}").status_code == 204


@pytest.mark.parametrize("bad", ["x", "A" * 32, ID + "0", "..%2f..", "%00", ID[:-1] + "%20"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_what_is_no_id_is_not_found_and_reads_nothing(service: Service, bad: str, method: str) -> None:
    """An id of another form never becomes the name of an object."""
    problem(service.client.open(f"/v1/results/{bad}", method=method), 404, "not_found")
    assert service.storage.log == []


def test_limits_are_those_of_the_settings(service: Service) -> None:
    """The page learns limits, defaults and the options' schema from one place."""
    body = service.client.get("/v1/limits").get_json()
    assert (body["max_bytes"], body["max_pixels"]) == (1_000_000, 64_000_000)
    assert body["defaults"] == Options().as_dict()
    assert set(body["options"]["properties"]) == {spec.key for spec in SPECS}
    Draft202012Validator(body["options"]).validate(body["defaults"])


def test_health_is_the_storages_health(service: Service) -> None:
    """The answer is 200 while the storage answers, and 503 with Retry-After while it does not."""
    assert service.client.get("/v1/health").get_json() == {"status": "ok"}

    def fail(*_: object) -> None:
        raise StorageError("away")

    service.storage.fault = fail
    answer = service.client.get("/v1/health")
    problem(answer, 503, "storage_unavailable")
    assert answer.headers["Retry-After"] == "5"
    assert "request failed" in service.lines[-1]


def test_every_answer_carries_the_security_headers(service: Service) -> None:
    """Good answers, refusals and preflights alike are not cached, not sniffed and not framed."""
    answers = [service.client.get("/v1/limits"), service.client.get("/nowhere"), service.client.options("/v1/uploads")]
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_no_log_line_holds_a_name_or_an_address(service: Service) -> None:
    """What goes wrong is logged by code and hash alone."""

    def fail(*_: object) -> None:
        raise RuntimeError("web/secret https://signed")

    service.storage.fault = fail
    problem(service.client.get(f"/v1/results/{ID}"), 500, "internal")
    (line,) = [json.loads(each) for each in service.lines]
    assert line["fault"] == "RuntimeError"
    assert ID not in json.dumps(line)
    assert "secret" not in json.dumps(line)


def test_the_document_lists_every_route_and_method(service: Service) -> None:
    """OpenAPI and the routes are the same set."""
    document = service.client.get("/v1/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    listed = {(path, verb) for path, item in document["paths"].items() for verb in item if verb != "parameters"}
    assert listed == {(route.path, verb.lower()) for route in service.api.routes for verb in route.methods}
