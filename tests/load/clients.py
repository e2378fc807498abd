"""Clients of a running stack: each asks for an address, puts its photo there, and asks until it is done."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import requests

from support.supervised import RunningStack

PAUSE = 1.0
"""Seconds between two questions of one waiting client."""

TRIES = 3
"""How often a photo is sent that the service did not take."""


@dataclass
class Clients:
    """So many clients of one stack; they count what was refused to them."""

    stack: RunningStack
    count: int
    limit: float = 1800.0
    """Seconds after which a client stops waiting."""
    troubles: list[str] = field(default_factory=list)
    _local: threading.local = field(default_factory=threading.local)

    def burst(self, photos: Sequence[bytes]) -> list[str]:
        """Put all photos as fast as possible, wait for all results; return the ids."""
        with ThreadPoolExecutor(self.count) as pool:
            made = list(pool.map(self._send, photos))
            list(pool.map(self._wait, made))
        return made

    def stream(self, photos: Iterable[bytes], arrivals: Sequence[float]) -> list[str]:
        """Put each photo at its time in seconds from now, wait for all results; return the ids."""
        start, waiting = time.monotonic(), list[Future[str]]()
        with ThreadPoolExecutor(self.count) as pool:
            for photo, arrival in zip(photos, arrivals, strict=False):
                time.sleep(max(0.0, start + arrival - time.monotonic()))
                waiting.append(pool.submit(self._send_and_wait, photo))
            return [each.result() for each in waiting]

    def _send_and_wait(self, photo: bytes) -> str:
        made = self._send(photo)
        self._wait(made)
        return made

    @property
    def _session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
        session: requests.Session = self._local.session
        return session

    def _send(self, photo: bytes) -> str:
        for _ in range(TRIES - 1):
            try:
                return self._send_once(photo)
            except requests.RequestException as fault:
                # One of thousands must not end a run of half an hour; it is counted, and sent to a new address.
                self.troubles.append(f"{type(fault).__name__} while sending")
                time.sleep(PAUSE)
        return self._send_once(photo)

    def _send_once(self, photo: bytes) -> str:
        wish = {"content_type": "image/jpeg", "size": len(photo), "filename": "photo.jpg"}
        answer = self._session.post(f"{self.stack.api_url}/v1/uploads", json=wish, timeout=60)
        answer.raise_for_status()
        ticket = answer.json()
        upload = ticket["upload"]
        put = self._session.put(upload["url"], photo, headers=upload["headers"], timeout=60)
        put.raise_for_status()
        return str(ticket["id"])

    def _wait(self, made: str) -> None:
        end = time.monotonic() + self.limit
        while time.monotonic() < end:
            try:
                answer = self._session.get(f"{self.stack.api_url}/v1/results/{made}", timeout=60)
            except requests.RequestException as fault:
                self.troubles.append(type(fault).__name__)
            else:
                if answer.status_code != 200:
                    self.troubles.append(str(answer.status_code))
                elif answer.json()["status"] in ("done", "failed"):
                    return
            time.sleep(PAUSE)
