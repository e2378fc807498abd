"""Tells a Pub/Sub topic of every final report, for programs that would otherwise have to ask again and again.

A message comes at least once: after a crash, or an event that comes twice, the same report is announced again, with the
same ``source`` generation to tell it by. ``notice.schema.json`` beside this file describes the data; the attributes
``status``, ``bucket`` and ``name`` are for the filters of subscriptions.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import google.auth
import requests
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import AuthorizedSession
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from autok.errors import NoticeError, SettingsError
from service.events import Upload
from service.names import name_report
from service.settings import Settings

VERSION: Final = 1
"""Of the message's form; it rises when a member goes away or changes its meaning."""

GOOGLE: Final = "https://pubsub.googleapis.com"
TIMEOUT: Final = (5.0, 10.0)
"""Seconds to connect, and for the answer."""

_SCOPE: Final = "https://www.googleapis.com/auth/pubsub"
_SHOWN: Final = ("bytes", "format", "content_type", "sha256", "saved")
_AGAIN: Final = (429, 500, 502, 503, 504)


def describe_notice(upload: Upload, report: Mapping[str, Any], results_bucket: str) -> dict[str, Any]:
    """Return the message on a final report as JSON values; pure.

    Parameters
    ----------
    upload : Upload
    report : mapping
        Done, failed or skipped.
    results_bucket : str

    Returns
    -------
    dict
        As ``notice.schema.json`` describes it.
    """
    output = report.get("output")
    result = None
    if report["status"] == "done" and isinstance(output, Mapping):
        result = {"bucket": results_bucket, "name": output["name"], **{key: output.get(key) for key in _SHOWN}}
    return {
        "version": VERSION,
        "status": report["status"],
        "source": {"bucket": upload.bucket, "name": upload.name, "generation": str(upload.generation)},
        "report": {"bucket": results_bucket, "name": name_report(upload.name)},
        "result": result,
        "error": report.get("error"),
        "skipped": report.get("skipped"),
    }


class Topic:
    """A topic that messages are published to.

    Parameters
    ----------
    session : requests.Session
        Bears the credentials.
    url : str
        Address of Pub/Sub.
    name : str
        ``projects/P/topics/T``.
    """

    def __init__(self, session: requests.Session, url: str, name: str) -> None:
        # Repeated at once for what passes in a moment; what lasts longer brings the whole event again.
        retry = Retry(3, status_forcelist=_AGAIN, allowed_methods=None, backoff_factor=0.1, raise_on_status=False,
                      respect_retry_after_header=False)  # fmt: skip
        for scheme in ("https://", "http://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry))
        self._session = session
        self._address = f"{url}/v1/{name}:publish"

    def publish(self, notice: Mapping[str, Any]) -> int:
        """Publish one message.

        Parameters
        ----------
        notice : mapping
            As `describe_notice` made it.

        Returns
        -------
        int
            The HTTP status: 200, or a refusal that trying again would not change.

        Raises
        ------
        NoticeError
            When the topic does not answer as it should.
        """
        data = base64.b64encode(json.dumps(notice, ensure_ascii=False).encode("utf-8", "replace")).decode()
        source = notice["source"]
        attributes = {"status": notice["status"], "bucket": source["bucket"], "name": source["name"]}
        body = {"messages": [{"data": data, "attributes": attributes}]}
        try:
            answer = self._session.post(self._address, json=body, timeout=TIMEOUT)
        except (requests.RequestException, GoogleAuthError) as fault:
            raise NoticeError(f"The topic did not take a message ({type(fault).__name__}); later helps.") from fault
        if answer.status_code in _AGAIN:
            raise NoticeError(f"The topic did not take a message (status {answer.status_code}); later helps.")
        return answer.status_code

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


def open_topic(settings: Settings) -> Topic | None:
    """Connect to the topic that the settings name.

    Parameters
    ----------
    settings : Settings

    Returns
    -------
    Topic or None
        None where they name none.

    Raises
    ------
    SettingsError
        When the platform gives no identity, or the token cannot be read.
    """
    if settings.notify_topic is None:
        return None
    try:
        if settings.notify_url is None:
            credentials, _ = google.auth.default(scopes=[_SCOPE])
            session: requests.Session = AuthorizedSession(credentials)  # type: ignore[no-untyped-call]
            return Topic(session, GOOGLE, settings.notify_topic)
        session = requests.Session()
        # A proxy or a .netrc of this machine would send the notice, or another password, elsewhere.
        session.trust_env = False
        if settings.storage_token_file is not None:
            token = Path(settings.storage_token_file).read_text(encoding="ascii").strip()
            session.headers["Authorization"] = f"Bearer {token}"
    except (OSError, ValueError) as fault:
        raise SettingsError(f"AUTOK_STORAGE_TOKEN_FILE cannot be read ({type(fault).__name__}).") from fault
    except GoogleAuthError as fault:
        raise SettingsError(
            "This process has no identity to publish with; run it under a service account, or unset AUTOK_NOTIFY_TOPIC."
        ) from fault
    return Topic(session, settings.notify_url, settings.notify_topic)


def notice_schema() -> dict[str, Any]:
    """Return the JSON schema of a message's data; ``notice.schema.json`` is its copy for subscribers."""
    text = {"type": "string"}
    place = {"bucket": text, "name": text}

    def closed(**properties: Any) -> dict[str, Any]:
        return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}

    def perhaps(schema: dict[str, Any]) -> dict[str, Any]:
        return {"anyOf": [schema, {"type": "null"}]}

    digest = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    size, share = {"type": "integer", "minimum": 1}, {"type": "number", "maximum": 1}
    described = dict(zip(_SHOWN, (size, text, text, digest, share), strict=True))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Auto-K notice",
        "description": "The data of a message on the topic: one final report, announced at least once.",
        **closed(
            version={"const": VERSION},
            status={"enum": ["done", "failed", "skipped"]},
            source=closed(**place, generation=text),
            report=closed(**place),
            result=perhaps(closed(**place, **described)),
            error=perhaps(closed(code=text, title=text, detail=text, retryable={"type": "boolean"})),
            skipped=perhaps(closed(reason=text, detail=text, result={"type": ["string", "null"]})),
        ),
    }
