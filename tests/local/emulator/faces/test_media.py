"""Downloads: headers that describe an object, and parts of it."""

from __future__ import annotations

import asyncio
import dataclasses
import io

import pytest
from starlette.responses import Response, StreamingResponse

from local.emulator.faces.media import media_response, object_headers
from local.emulator.objects.drafts import draft_from_resource
from local.emulator.objects.records import ObjectRecord
from local.emulator.refusals import Refusal

DATA = bytes(range(10))


def record(**resource: object) -> ObjectRecord:
    """Return the record of an object of ten bytes."""
    draft = draft_from_resource("bucket", "x", resource, "image/png")
    return dataclasses.replace(draft, generation=17, metageneration=2, size=10, md5="m==", crc32c="c==", updated=1.0)


def body_of(response: Response) -> bytes:
    """Return the bytes of an answer."""

    async def gather() -> bytes:
        return b"".join([piece async for piece in response.body_iterator])

    return asyncio.run(gather()) if isinstance(response, StreamingResponse) else response.body


def answer(wanted: str | None, *, head: bool = False, size: int = 10) -> tuple[Response, io.BytesIO]:
    """Return the answer to a download, and the file that it reads."""
    file = io.BytesIO(DATA[:size])
    whole = dataclasses.replace(record(), size=size)
    return media_response(whole, file, object_headers(whole), wanted, head=head), file


def test_an_object_is_described_as_cloud_storage_does() -> None:
    """Generations, checksums and sizes have their headers; what is not set has the default or none."""
    headers = object_headers(record(metadata={"autok-colors": "8"}))
    assert headers["last-modified"] == "Thu, 01 Jan 1970 00:00:01 GMT"
    assert (headers["x-goog-generation"], headers["x-goog-metageneration"]) == ("17", "2")
    assert headers["x-goog-hash"] == "crc32c=c==,md5=m=="
    assert (headers["content-type"], headers["cache-control"]) == ("image/png", "private, max-age=0")
    assert (headers["x-goog-storage-class"], headers["x-goog-stored-content-length"]) == ("STANDARD", "10")
    assert headers["x-goog-meta-autok-colors"] == "8"
    assert not {"content-disposition", "content-encoding", "content-language"} & headers.keys()


def test_what_a_client_set_is_told() -> None:
    """Fixed metadata stand in the headers of their names."""
    headers = object_headers(record(cacheControl="no-store", contentDisposition="attachment", contentLanguage="de"))
    assert (headers["cache-control"], headers["content-disposition"]) == ("no-store", "attachment")
    assert headers["content-language"] == "de"


@pytest.mark.parametrize("value", [" 8", "8 ", "  8   ", "8"])
def test_blanks_around_a_value_are_left_out(value: str) -> None:
    """A header's value neither begins nor ends with a blank, or the answer could not be sent at all."""
    assert object_headers(record(metadata={"autok-colors": value}))["x-goog-meta-autok-colors"] == "8"


@pytest.mark.parametrize("value", ["ü", "a\r\nSet-Cookie: x", "50% \x7f"])
def test_no_value_breaks_out_of_its_header(value: str) -> None:
    """Whatever a client wrote is sent as printable ASCII, line ends above all."""
    headers = object_headers(record(metadata={"a b:c\n": value}, contentDisposition=value))
    assert all(text.isascii() and text.isprintable() for pair in headers.items() for text in pair)
    assert "x-goog-meta-a-b-c-" in headers


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-0", 0, 0), ("bytes=2-5", 2, 5), ("bytes=7-", 7, 9), ("bytes=7-99", 7, 9), ("bytes=-3", 7, 9),
        ("bytes=-99", 0, 9), (" bytes=9-9 ", 9, 9),
    ],
)  # fmt: skip
def test_a_single_range_is_served(wanted: str, first: int, last: int) -> None:
    """Both ends count, the end may be left out or lie beyond, and a suffix counts from the end (RFC 9110, 14.1.2)."""
    response, file = answer(wanted)
    assert response.status_code == 206
    assert response.headers["content-range"] == f"bytes {first}-{last}/10"
    assert response.headers["content-length"] == str(last - first + 1)
    assert body_of(response) == DATA[first : last + 1]
    assert file.closed


@pytest.mark.parametrize(
    "wanted", [None, "", "bytes=-", "bytes=5-2", "bytes=0-1,3-4", "items=0-1", "bytes=a-b", "bytes=1"]
)
def test_other_ranges_get_the_whole(wanted: str | None) -> None:
    """What is no single range in bytes is passed over, as a server may."""
    response, _ = answer(wanted)
    assert (response.status_code, response.headers["content-length"]) == (200, "10")
    assert "content-range" not in response.headers
    assert body_of(response) == DATA


@pytest.mark.parametrize(("wanted", "size"), [("bytes=10-", 10), ("bytes=-0", 10), ("bytes=0-", 0), ("bytes=-1", 0)])
def test_a_range_beyond_the_end_is_refused(wanted: str, size: int) -> None:
    """The answer tells the size, and the file is closed."""
    file = io.BytesIO(DATA[:size])
    with pytest.raises(Refusal) as caught:
        media_response(dataclasses.replace(record(), size=size), file, {}, wanted)
    assert (caught.value.status, caught.value.headers["content-range"]) == (416, f"bytes */{size}")
    assert file.closed


def test_heads_have_the_lengths_of_their_bodies_and_none() -> None:
    """Headers alone tell what a download would, empty objects included."""
    for wanted, status, length in ((None, 200, "10"), ("bytes=0-3", 206, "4")):
        response, file = answer(wanted, head=True)
        assert (response.status_code, response.headers["content-length"], body_of(response)) == (status, length, b"")
        assert file.closed
    empty, _ = answer(None, size=0)
    assert (empty.headers["content-length"], body_of(empty)) == ("0", b"")
