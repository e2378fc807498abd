from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from autok.errors import StorageError
from autok.options import SPECS, Options
from local.keys import make_keys
from service.api import Api
from service.events import Upload
from service.logs import make_log
from service.settings import InputLimits, Settings
from service.signing import open_signer
from service.worker import process
from support.fake_engine import FakeEngine
from support.memory_storage import MemoryStorage

SITE = "http://localhost:8080"
KEY = "0123456789abcdef-key"
ID = "0123456789abcdef" * 2


@dataclass
class Service:
    """An API on a store in memory, and the client that calls it."""

    settings: Settings
    storage: MemoryStorage = field(default_factory=MemoryStorage)
    now: float = 0.0
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        app = Flask("test")
        api = Api(self.settings, self.storage, open_signer(self.settings), lambda: self.now)
        self.api = api

        def answer(path: str) -> Response:
            return api.respond(request, make_log(write=self.lines.append))

        methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        app.add_url_rule("/<path:path>", "api", answer, methods=methods, provide_automatic_options=False)
        self.client: FlaskClient = app.test_client()

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        """Post JSON."""
        return self.client.post(path, json=body, headers=headers)

    def work(self, upload_id: str, engine: FakeEngine | None = None) -> None:
        """Deliver the event of an upload of the page."""
        held = self.storage.objects["uploads", f"web/{upload_id}"]
        event = Upload("uploads", held.stored.name, held.stored.generation, len(held.data), "", held.stored.metadata)
        process(event, storage=self.storage, engine=engine or FakeEngine(), settings=self.settings)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings with a key to sign with."""
    keys = make_keys(tmp_path_factory.mktemp("keys"))
    return Settings(
        "uploads",
        "results",
        site_origins=(SITE,),
        input_limits=InputLimits(max_bytes=1_000_000),
        storage_url="http://localhost:9199",
        signing_key_file=str(keys.signing_key),
    )


@pytest.fixture
def service(settings: Settings) -> Service:
    """Return a service."""
    return Service(settings)


def problem(answer: TestResponse, status: int, code: str) -> str:
    """Check that an answer is problem details, and return its sentence."""
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    body = json.loads(answer.data)
    assert (body["status"], body["code"], body["type"]) == (status, code, "about:blank")
    assert body["title"]
    assert isinstance(body["detail"], str)
    return body["detail"]


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


@pytest.mark.parametrize(
    ("body", "status", "code", "words"),
    [
        ({}, 400, "invalid_request", "content_type"),
        ({"content_type": "image/png"}, 400, "invalid_request", "size"),
        ({"content_type": "image/png", "size": True}, 400, "invalid_request", "size"),
        ({"content_type": "image/png", "size": 1.5}, 400, "invalid_request", "size"),
        ({"content_type": "image/png", "size": -1}, 400, "invalid_request", "size"),
        ({"content_type": "image/png", "size": 0}, 422, "empty_file", "empty"),
        ({"content_type": "image/png", "size": 1_000_001}, 413, "too_many_bytes", "1,000,001"),
        ({"content_type": "image/png", "size": 10**30}, 413, "too_many_bytes", "1,000,000"),
        ({"content_type": "image/svg+xml", "size": 5}, 415, "unsupported_format", "svg"),
        ({"content_type": "image/png", "size": 5, "more": 1}, 400, "invalid_request", "more"),
        ({"content_type": "image/png", "size": 5, "filename": ""}, 400, "invalid_request", "filename"),
        ({"content_type": "image/png", "size": 5, "filename": "x" * 256}, 400, "invalid_request", "255"),
        ({"content_type": "image/png", "size": 5, "filename": "\ud800"}, 400, "invalid_request", "surrogate"),
        ({"content_type": "image/png", "size": 5, "options": []}, 400, "invalid_request", "options"),
        ({"content_type": "image/png", "size": 5, "options": {"colors": 1}}, 422, "invalid_option", "2 to 256"),
        ({"content_type": "image/png", "size": 5, "options": {"nope": 1}}, 422, "invalid_option", "nope"),
        ([], 400, "invalid_request", "object"),
        ("text", 400, "invalid_request", "object"),
    ],
)
def test_a_wrong_upload_is_refused_with_the_reason(
    service: Service, body: Any, status: int, code: str, words: str
) -> None:
    """Each mistake has its status, its code and a sentence that names the field."""
    assert words in problem(service.post("/v1/uploads", body), status, code)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"{", "application/json"),
        (b"[" * 60_000, "application/json"),
        (b'{"size": NaN}', "application/json"),
        (b"\xff\xfe", "application/json"),
        (b" " * 70_000, "application/json"),
        (b"{}", "text/plain"),
        (b"", "application/json"),
        (b'{"size": 1' + b"0" * 5000 + b"}", "application/json"),
    ],
)
def test_a_body_that_is_no_json_is_a_bad_request(service: Service, data: bytes, kind: str) -> None:
    """Bytes of any kind are refused in a sentence, never with a stack trace."""
    problem(service.client.post("/v1/uploads", data=data, content_type=kind), 400, "invalid_request")


def upload(service: Service, **options: Any) -> str:
    """Ask for an upload, put the bytes as the page would, and return the id."""
    body = {"content_type": "image/png", "size": 3, "filename": "My cat.png", "options": options}
    made = service.post("/v1/uploads", body).get_json()
    prefix = "x-goog-meta-"
    metadata = {k.removeprefix(prefix): v for k, v in made["upload"]["headers"].items() if k.startswith(prefix)}
    service.storage.put("uploads", f"web/{made['id']}", b"cat", metadata)
    return str(made["id"])


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


@pytest.mark.parametrize(("origin", "allowed"), [(SITE, True), ("https://evil.example", False), ("null", False)])
def test_only_the_site_may_read_answers(service: Service, origin: str, allowed: bool) -> None:
    """The site's origin is allowed by name, in preflight and answer; every other one is not mentioned."""
    expected = origin if allowed else None
    for answer in (
        service.client.get("/v1/limits", headers={"Origin": origin}),
        service.client.get("/nowhere", headers={"Origin": origin}),
        service.client.options("/v1/uploads", headers={"Origin": origin, "Access-Control-Request-Method": "POST"}),
    ):
        assert answer.headers.get("Access-Control-Allow-Origin") == expected
        assert "Origin" in answer.headers["Vary"]
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_methods_are_told(service: Service) -> None:
    """HEAD is GET without a body, OPTIONS lists what there is, and another method is refused with the list."""
    head = service.client.head("/v1/limits")
    assert (head.status_code, head.data) == (200, b"")
    assert service.client.options(f"/v1/results/{ID}").headers["Allow"] == "GET, DELETE, HEAD, OPTIONS"
    answer = service.client.put(f"/v1/results/{ID}", json={})
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, DELETE, HEAD, OPTIONS"


def test_signatures_are_limited_by_the_minute(settings: Settings) -> None:
    """After the allowance a call is refused with the time to wait, and succeeds after it."""
    service = Service(replace(settings, rate_limit=6))
    body = {"content_type": "image/png", "size": 5}
    assert [service.post("/v1/uploads", body).status_code for _ in range(7)] == [201] * 6 + [429]
    answer = service.post("/v1/uploads", body)
    problem(answer, 429, "rate_limited")
    assert answer.headers["Retry-After"] == "10"
    service.now += 10
    assert service.post("/v1/uploads", body).status_code == 201
    assert service.post("/v1/uploads", body).status_code == 429


@pytest.fixture
def locked(settings: Settings) -> Service:
    """Return a service with an access key."""
    return Service(replace(settings, access_key=KEY))


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": KEY}, {"X-Autok-Key": KEY[:-1]}]
)
def test_without_the_key_nothing_is_done(locked: Service, headers: dict[str, str]) -> None:
    """A missing, wrong or badly presented key is refused before anything is read or signed."""
    answer = locked.post("/v1/uploads", {"content_type": "image/png", "size": 5}, **headers)
    problem(answer, 401, "access_denied")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    problem(locked.client.delete(f"/v1/results/{ID}", headers=headers), 401, "access_denied")
    assert locked.storage.log == []


def test_the_key_is_taken_in_either_header(locked: Service) -> None:
    """The key opens the API as bearer token or in its own header; limits and health need none."""
    body = {"content_type": "image/png", "size": 5}
    assert locked.post("/v1/uploads", body, Authorization=f"Bearer {KEY}").status_code == 201
    assert locked.post("/v1/uploads", body, **{"X-Autok-Key": KEY}).status_code == 201
    assert locked.client.get("/v1/limits").status_code == 200
    assert locked.client.get("/v1/health").status_code == 200


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
