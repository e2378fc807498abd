"""What the emulator says no to, in the words and codes of Cloud Storage.

One value carries both shapes, because the same fault reaches a client through two APIs: the JSON API names a
``reason``, the XML API a ``Code``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import escape

from starlette.responses import JSONResponse, Response

_REASONS: Final[Mapping[int, str]] = {
    304: "notModified",
    400: "invalid",
    401: "required",
    403: "forbidden",
    404: "notFound",
    405: "methodNotAllowed",
    409: "conflict",
    410: "gone",
    411: "required",
    412: "conditionNotMet",
    416: "requestedRangeNotSatisfiable",
    429: "rateLimitExceeded",
    501: "notImplemented",
    503: "backendError",
}


class Refusal(Exception):  # noqa: N818 - what it is is an answer
    """A request that is answered with an error.

    Parameters
    ----------
    status : int
        HTTP status.
    code : str
        The XML API's code, such as ``NoSuchKey``.
    message : str
        One sentence for a person.
    details : mapping, optional
        Further elements of the XML body, such as ``Details`` or ``ParameterName``.
    headers : mapping, optional
        Headers of the answer, such as ``Retry-After``.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        details: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = dict(details or {})
        self.headers = dict(headers or {})

    def as_json(self) -> Response:
        """Return the answer as the JSON API gives it."""
        if self.status == 304:
            return Response(status_code=304, headers=self.headers)
        reason = _REASONS.get(self.status, "backendError")
        error = {
            "code": self.status,
            "message": self.message,
            "errors": [{"message": self.message, "domain": "global", "reason": reason}],
        }
        return JSONResponse({"error": error}, status_code=self.status, headers=self.headers)

    def as_xml(self) -> Response:
        """Return the answer as the XML API gives it."""
        if self.status == 304:
            return Response(status_code=304, headers=self.headers)
        parts = {"Code": self.code, "Message": self.message, **self.details}
        inner = "".join(f"<{key}>{_text(value)}</{key}>" for key, value in parts.items())
        body = f"<?xml version='1.0' encoding='UTF-8'?><Error>{inner}</Error>"
        media_type = "application/xml; charset=UTF-8"
        return Response(body, status_code=self.status, headers=self.headers, media_type=media_type)


def no_such_bucket(bucket: str) -> Refusal:
    """Return the refusal for a bucket that does not exist."""
    return Refusal(404, "NoSuchBucket", f"The bucket {bucket} does not exist.")


def no_such_object(bucket: str, name: str) -> Refusal:
    """Return the refusal for an object, or a generation of it, that does not exist."""
    return Refusal(404, "NoSuchKey", f"No such object: {bucket}/{name}")


def invalid(message: str) -> Refusal:
    """Return the refusal for an argument that cannot be used."""
    return Refusal(400, "InvalidArgument", message)


def condition_not_met(what: str) -> Refusal:
    """Return the refusal for a precondition that does not hold."""
    message = f"At least one of the pre-conditions you specified did not hold: {what}."
    return Refusal(412, "PreconditionFailed", message)


def _text(value: str) -> str:
    """Escape for XML 1.0, which has no place for most control characters."""
    return escape("".join(c if c >= " " or c in "\t\n\r" else "\ufffd" for c in value))
