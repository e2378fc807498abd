"""The API from the caller's side: upload a file, wait, fetch the result; the local stack and the cloud alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Final, Self

import requests

from autok.formats import FORMATS

TIMEOUT: Final = (10.0, 120.0)
"""Seconds to connect, and between two bytes."""
TRIES: Final = 5
LONGEST_PAUSE: Final = 30.0
"""Seconds that one pause before another try lasts at most, whatever the service asks for."""
FIRST_POLL: Final = 0.2
LAST_POLL: Final = 2.0
"""Seconds between two questions whether a result is there, at first and at most."""

_LATER: Final = frozenset({429, 500, 502, 503, 504})


class ClientError(Exception):
    """A call did not lead to what it was for; the text is fit for the user."""


class Client:
    """One caller of one service; not for several threads at once.

    Parameters
    ----------
    api : str
        Address, such as ``http://localhost:8101``.
    key : str, optional
        The access key, where the service asks for one.
    sleep : callable
        Waits for seconds; the default is `time.sleep`.
    """

    def __init__(self, api: str, key: str | None = None, sleep: Callable[[float], None] = time.sleep) -> None:
        self._api = api.rstrip("/")
        self._key = {"Authorization": f"Bearer {key}"} if key else {}
        self._sleep = sleep
        self._session = requests.Session()

    def __enter__(self) -> Self:
        """Return the client itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self._session.close()

    def upload(self, name: str, data: bytes, options: Mapping[str, Any]) -> str:
        """Upload a file.

        Parameters
        ----------
        name : str
            The file's own name; its extension tells the type.
        data : bytes
        options : mapping
            As the API takes them.

        Returns
        -------
        str
            Path of the result, to ask for it.

        Raises
        ------
        ClientError
            When the service refuses the file, or cannot be reached.
        """
        filename = name.encode("utf-8", "replace").decode()[-255:]
        wish = {"content_type": guess_type(name), "size": len(data), "filename": filename, "options": dict(options)}
        ticket = self._ask("POST", "/v1/uploads", json=wish).json()
        slot = ticket["upload"]
        # A second try that meets the object says 412: the first one landed and only its answer was lost.
        self._call(slot["method"], slot["url"], data=data, headers=slot["headers"], landed=412)
        return str(ticket["result"])

    def ask(self, result: str) -> dict[str, Any]:
        """Return what the service says of a result at this moment.

        Parameters
        ----------
        result : str
            As `upload` returned it.

        Returns
        -------
        dict
            ``status``, and with it what the API's document says.
        """
        answer: dict[str, Any] = self._ask("GET", result).json()
        return answer

    def wait(self, result: str, progress: Callable[[str], None], timeout: float) -> dict[str, Any]:
        """Ask until a result is done or failed.

        Parameters
        ----------
        result : str
            As `upload` returned it.
        progress : callable
            Gets the stage after every question.
        timeout : float
            Seconds, of pauses alone, after which it is given up.

        Returns
        -------
        dict
            The last answer; its ``status`` is no longer pending.

        Raises
        ------
        ClientError
            When the time is over.
        """
        pause, waited = FIRST_POLL, 0.0
        while True:
            answer = self.ask(result)
            if answer["status"] in ("done", "failed"):
                return answer
            if waited >= timeout:
                raise ClientError(f"There is no result after {timeout:g} s; {self._api}{result} may have it later.")
            progress(str(answer.get("stage", "waiting")))
            self._sleep(pause)
            waited, pause = waited + pause, min(1.5 * pause, LAST_POLL)

    def download(self, url: str) -> bytes:
        """Return the bytes at a signed address.

        Parameters
        ----------
        url : str
            From the answer of a result that is done.

        Returns
        -------
        bytes
        """
        return self._call("GET", url).content

    def _ask(self, method: str, path: str, **body: Any) -> requests.Response:
        return self._call(method, self._api + path, headers=self._key, **body)

    def _call(self, method: str, url: str, *, landed: int | None = None, **more: Any) -> requests.Response:
        """Call, again after a pause where that may help; return the answer of the call that worked."""
        trouble, pause = "", 0.0
        for attempt in range(TRIES):
            if attempt:
                self._sleep(min(LONGEST_PAUSE, pause))
            pause = 0.5 * 2**attempt
            try:
                answer = self._session.request(method, url, timeout=TIMEOUT, **more)
            except requests.RequestException as fault:
                # Its text can hold a signed address.
                trouble = f"{self._api} cannot be reached ({type(fault).__name__}); is the service running there?"
                continue
            if answer.ok or (attempt and answer.status_code == landed):
                return answer
            trouble = _explain(answer)
            if answer.status_code not in _LATER:
                break
            pause = _read_pause(answer, pause)
        raise ClientError(trouble)


def guess_type(name: str) -> str:
    """Return the content type that a file's extension tells; the service looks at the bytes anyway."""
    for row in FORMATS.values():
        if name.lower().endswith(row.extensions):
            return row.content_type
    return "application/octet-stream"


def _explain(answer: requests.Response) -> str:
    try:
        problem = answer.json()
        return str(problem["detail"])[:500]
    except (ValueError, KeyError, TypeError):
        return f"The service answered with status {answer.status_code}."


def _read_pause(answer: requests.Response, usual: float) -> float:
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isdigit() else usual
