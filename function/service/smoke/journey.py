"""What a visitor does, and what one must not be able to do: page, upload, result, limits, deletion."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import requests
from PIL import Image

from autok.errors import NotFoundError
from service.smoke.checks import Check
from service.smoke.deployment import Deployment
from service.smoke.pictures import LARGEST, draw_scene, draw_stripes

TIMEOUT: Final = (10.0, 60.0)
"""Seconds to connect, and between two bytes."""

PATIENCE: Final = 300.0
"""Seconds for one image, a cold start included."""

_ELSEWHERE: Final = "https://elsewhere.example"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with the API's address, and its key where it asks for one."""

    deployment: Deployment
    key: str | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Any] = time.sleep

    def call(self, method: str, path: str, **content: Any) -> requests.Response:
        """Send one call to the API."""
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return requests.request(method, self.deployment.api + path, headers=headers, timeout=TIMEOUT, **content)

    def upload(self, data: bytes, kind: str) -> dict[str, Any]:
        """Send an image by a signed address; return the API's ticket with the storage's ``status``."""
        ticket = self.call("POST", "/v1/uploads", json={"content_type": kind, "size": len(data), "filename": "smoke"})
        if ticket.status_code != 201:
            raise NotFoundError(f"The API gives no address for an upload: it answers {ticket.status_code}.")
        told: dict[str, Any] = ticket.json()
        told["status"] = self.put(told, data).status_code
        return told

    def put(self, ticket: dict[str, Any], data: bytes) -> requests.Response:
        """Put bytes to a ticket's signed address."""
        upload = ticket["upload"]
        return requests.put(upload["url"], data=data, headers=upload["headers"], timeout=TIMEOUT)

    def wait(self, ticket: dict[str, Any]) -> dict[str, Any]:
        """Poll until a result is final; return it, or the last answer when patience ends."""
        deadline = self.clock() + PATIENCE
        while True:
            answer: dict[str, Any] = self.call("GET", ticket["result"]).json()
            if answer.get("status") in ("done", "failed") or self.clock() > deadline:
                return answer
            self.sleep(0.5)


def travel(visitor: Visitor) -> list[Check]:
    """Return everything that was looked at, in order; what was uploaded is deleted again."""
    return [
        *check_start(visitor),
        *check_page(visitor.deployment),
        *check_image(visitor),
        *check_limits(visitor),
        *check_errors(visitor.deployment),
    ]


def check_start(visitor: Visitor) -> list[Check]:
    """Return how long the API takes for its first answer, cold or not, and for the next."""
    checks = []
    for name in ("the API's first answer", "the API's second answer"):
        start = visitor.clock()
        answer = visitor.call("GET", "/v1/health")
        checks.append(
            Check(name, answer.status_code == 200, f"{answer.status_code} in {visitor.clock() - start:.2f} s")
        )
    return checks


def check_page(deployment: Deployment) -> list[Check]:
    """Return whether the page is there, carries its policy, and knows where the API is."""
    page = requests.get(deployment.address, timeout=TIMEOUT)
    config = requests.get(deployment.address.rpartition("/")[0] + "/config.js", timeout=TIMEOUT)
    policy = "Content-Security-Policy" in page.text or "Content-Security-Policy" in page.headers
    return [
        Check("the page is served", page.status_code == 200, f"{page.status_code}, {len(page.content):,} bytes"),
        Check("it carries a content security policy", policy),
        Check("its config.js names the API", deployment.api in config.text),
    ]


def check_image(visitor: Visitor) -> list[Check]:
    """Return how one image fares from its upload to its deletion."""
    data, start = draw_scene(), visitor.clock()
    ticket = visitor.upload(data, "image/jpeg")
    result = visitor.wait(ticket)
    seconds = visitor.clock() - start
    checks = [
        *check_origins(visitor.deployment, ticket),
        Check("a signed address takes an image", ticket["status"] == 200, str(ticket["status"])),
        Check("and takes no second one", visitor.put(ticket, data).status_code == 412),
        Check("the image is compressed", result.get("status") == "done", f"{result.get('status')} in {seconds:.1f} s"),
    ]
    if result.get("status") == "done":
        checks += check_result(data, result)
    answer = visitor.call("DELETE", ticket["result"])
    checks.append(Check("the image can be deleted", answer.status_code == 204, str(answer.status_code)))
    return [*checks, *check_gone(visitor.deployment, result)]


def check_gone(deployment: Deployment, result: dict[str, Any]) -> list[Check]:
    """Return whether a deleted result is gone, and what its address, which is still good, says to a page."""
    if "download" not in result:
        return []
    answer = requests.get(result["download"]["url"], headers={"Origin": deployment.site_origin}, timeout=TIMEOUT)
    allowed = answer.headers.get("Access-Control-Allow-Origin", "nobody")
    return [
        Check("and is gone then", answer.status_code == 404, str(answer.status_code)),
        Check("CORS on what is not there", None, f"allows {allowed}"),
    ]


def check_origins(deployment: Deployment, ticket: dict[str, Any]) -> list[Check]:
    """Return whether the bucket lets the site's pages put files, and those of others not."""
    wanted = ", ".join(sorted(ticket["upload"]["headers"]))
    seen = {}
    for origin in (deployment.site_origin, _ELSEWHERE):
        headers = {
            "Origin": origin,
            "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": wanted,
        }
        answer = requests.options(ticket["upload"]["url"], headers=headers, timeout=TIMEOUT)
        seen[origin] = answer.headers.get("Access-Control-Allow-Origin", "nobody")
    return [
        Check("the site's pages may upload", seen[deployment.site_origin] == deployment.site_origin),
        Check("the pages of others may not", seen[_ELSEWHERE] == "nobody", seen[_ELSEWHERE]),
    ]


def check_result(data: bytes, result: dict[str, Any]) -> list[Check]:
    """Return whether the result is there, smaller, and the same picture in size."""
    answer = requests.get(result["download"]["url"], timeout=TIMEOUT)
    share = f"{len(data):,} to {len(answer.content):,} bytes"
    checks = [Check("the result is smaller", answer.status_code == 200 and len(answer.content) < len(data), share)]
    try:
        with Image.open(io.BytesIO(answer.content)) as image, Image.open(io.BytesIO(data)) as original:
            size = f"{image.format} {image.width} x {image.height}"
            checks.append(Check("and opens", image.size == original.size, size))
    # A storage that refuses answers XML; what was uploaded has to be deleted all the same.
    except OSError:
        checks.append(Check("and opens", False, f"no image, status {answer.status_code}"))
    spent = result["report"].get("timings_ms", {}).get("total")
    return [*checks, Check("the worker's own time for it", None, f"{spent} ms")]


def check_limits(visitor: Visitor) -> list[Check]:
    """Return whether the largest picture fits into an instance, and one above is refused in a sentence."""
    checks = []
    for name, side, status, code in (
        ("64 megapixels fit into an instance", LARGEST, "done", None),
        ("more are refused", LARGEST + 1000, "failed", "too_many_pixels"),
    ):
        start = visitor.clock()
        ticket = visitor.upload(draw_stripes(side), "image/png")
        result = visitor.wait(ticket)
        found = (result.get("error") or {}).get("code")
        passed = (result.get("status"), found) == (status, code)
        checks.append(Check(name, passed, f"{result.get('status')} {found or ''} in {visitor.clock() - start:.1f} s"))
        visitor.call("DELETE", ticket["result"])
    return checks


def check_errors(deployment: Deployment) -> list[Check]:
    """Return what the storage answers without a signature, and whether such an answer names an origin."""
    address = deployment.address_of(deployment.results_bucket, "web/nothing")
    answer = requests.get(address, headers={"Origin": deployment.site_origin}, timeout=TIMEOUT)
    allowed = answer.headers.get("Access-Control-Allow-Origin", "nobody")
    return [
        Check("nothing is read without a signature", answer.status_code in (401, 403, 404), str(answer.status_code)),
        Check("CORS on what is refused", None, f"allows {allowed}"),
    ]
