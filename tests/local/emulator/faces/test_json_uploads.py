"""Uploads through the JSON API: whole, broken and many at once."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from google.api_core import exceptions

from support.stack import UPLOADS, RunningEmulator

CHUNK = 256 * 1024


def _headers(emulator: RunningEmulator, **more: str) -> dict[str, str]:
    return {"authorization": f"Bearer {emulator.token}", **more}


def _start_session(emulator: RunningEmulator, name: str = "x", **resource: str) -> str:
    url = f"{emulator.url}/upload/storage/v1/b/{UPLOADS}/o?uploadType=resumable"
    answer = requests.post(url, json={"name": name, **resource}, headers=_headers(emulator), timeout=10)
    assert answer.status_code == 200
    return answer.headers["location"]


def _leftovers(emulator: RunningEmulator) -> list[Path]:
    return list((emulator.config.data / "incoming").iterdir())


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK + 77])
def test_a_resumable_upload_in_small_chunks_is_whole(emulator: RunningEmulator, size: int) -> None:
    """The client's resumable upload in chunks of 256 KiB stores every byte, at all sizes around a chunk."""
    data = os.urandom(size)
    bucket = emulator.client().bucket(UPLOADS)
    blob = bucket.blob("big", chunk_size=CHUNK)
    blob.metadata = {"a": "1"}
    blob.upload_from_file(io.BytesIO(data), content_type="image/png", if_generation_match=0)
    assert bucket.blob("big").download_as_bytes() == data
    assert (blob.size, blob.metadata, blob.content_type) == (size, {"a": "1"}, "image/png")
    assert blob.md5_hash == base64.b64encode(hashlib.md5(data).digest()).decode()
    assert _leftovers(emulator) == []


def test_a_resumable_upload_of_unknown_size_is_whole(emulator: RunningEmulator) -> None:
    """A stream whose length is found at its end is stored whole."""
    data = os.urandom(2 * CHUNK + 5)
    blob = emulator.client().bucket(UPLOADS).blob("stream", chunk_size=CHUNK)
    with blob.open("wb", ignore_flush=True) as stream:
        stream.write(data[:1000])
        stream.write(data[1000:])
    assert blob.download_as_bytes() == data


def test_a_session_tells_how_far_it_is(emulator: RunningEmulator) -> None:
    """A status query answers 308 with the range that arrived; the rest completes the object."""
    session = _start_session(emulator)
    query = {"content-range": "bytes */*"}
    assert "range" not in requests.put(session, headers=query, timeout=10).headers
    part = requests.put(session, b"a" * CHUNK, headers={"content-range": f"bytes 0-{CHUNK - 1}/*"}, timeout=10)
    assert (part.status_code, part.headers["range"]) == (308, f"bytes=0-{CHUNK - 1}")
    rest = {"content-range": f"bytes {CHUNK}-{CHUNK}/{CHUNK + 1}"}
    assert requests.put(session, b"b", headers=rest, timeout=10).json()["size"] == str(CHUNK + 1)
    again = requests.put(session, headers={"content-range": f"bytes */{CHUNK + 1}"}, timeout=10)
    assert (again.status_code, again.json()["size"]) == (200, str(CHUNK + 1))


def test_a_broken_chunk_is_continued_where_it_broke(emulator: RunningEmulator) -> None:
    """After a connection that broke inside a chunk, the session says what it has and takes the remainder."""
    session = _start_session(emulator)
    path = session.removeprefix(emulator.url)
    port = int(emulator.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        head = f"PUT {path} HTTP/1.1\r\nhost: localhost:{port}\r\ncontent-length: 1000\r\n"
        connection.sendall(f"{head}content-range: bytes 0-999/1000\r\n\r\n".encode() + b"a" * 300)
    status = requests.put(session, headers={"content-range": "bytes */1000"}, timeout=10)
    while "range" not in status.headers:
        status = requests.put(session, headers={"content-range": "bytes */1000"}, timeout=10)
    assert (status.status_code, status.headers["range"]) == (308, "bytes=0-299")
    done = requests.put(session, b"b" * 700, headers={"content-range": "bytes 300-999/1000"}, timeout=10)
    assert done.json()["size"] == "1000"
    assert emulator.client().bucket(UPLOADS).blob("x").download_as_bytes() == b"a" * 300 + b"b" * 700


@pytest.mark.parametrize(
    ("span", "body"),
    [
        ("bytes 0-99/*", b"a" * 100),
        ("bytes 5-1/10", b"a"),
        ("bytes 0-9/5", b"a" * 10),
        ("0-9/10", b"a" * 10),
        ("bytes 0-4/10", b"a" * 6),
    ],
)
def test_a_wrong_range_is_refused(emulator: RunningEmulator, span: str, body: bytes) -> None:
    """Chunks of odd size and ranges that contradict themselves or the body are 400 and make no object."""
    answer = requests.put(_start_session(emulator), body, headers={"content-range": span}, timeout=10)
    assert answer.status_code == 400
    assert not emulator.client().bucket(UPLOADS).blob("x").exists()


def test_a_cancelled_session_leaves_nothing(emulator: RunningEmulator) -> None:
    """A deleted session keeps no bytes and takes none."""
    session = _start_session(emulator)
    requests.put(session, b"a" * CHUNK, headers={"content-range": f"bytes 0-{CHUNK - 1}/*"}, timeout=10)
    assert requests.delete(session, timeout=10).status_code == 499
    assert requests.put(session, b"a", timeout=10).status_code == 404
    assert _leftovers(emulator) == []


def test_wrong_checksums_are_refused(emulator: RunningEmulator) -> None:
    """An upload whose promised checksum is not that of its bytes is 400, in all three kinds, and leaves nothing."""
    url = f"{emulator.url}/upload/storage/v1/b/{UPLOADS}/o"
    wrong = base64.b64encode(b"\0\0\0\0").decode()
    simple = requests.post(
        f"{url}?uploadType=media&name=x",
        b"abc",
        headers=_headers(emulator, **{"x-goog-hash": f"crc32c={wrong}"}),
        timeout=10,
    )
    resource = json.dumps({"name": "x", "crc32c": wrong})
    body = f"--b\r\ncontent-type: application/json\r\n\r\n{resource}\r\n--b\r\ncontent-type: a/b\r\n\r\nabc\r\n--b--"
    kind = {"content-type": "multipart/related; boundary=b"}
    multipart = requests.post(f"{url}?uploadType=multipart", body, headers=_headers(emulator, **kind), timeout=10)
    resumable = requests.put(_start_session(emulator, md5Hash=wrong), b"abc", timeout=10)
    assert [answer.status_code for answer in (simple, multipart, resumable)] == [400, 400, 400]
    assert not emulator.client().bucket(UPLOADS).blob("x").exists()
    assert _leftovers(emulator) == []
    assert emulator.events() == []


@pytest.mark.parametrize("cut", [10, 60, 120, 150])
def test_a_multipart_body_that_ends_early_is_refused(emulator: RunningEmulator, cut: int) -> None:
    """A multipart body without its closing boundary is 400, wherever it ends."""
    body = b'--b\r\ncontent-type: application/json\r\n\r\n{"name":"x"}\r\n--b\r\ncontent-type: a/b\r\n\r\n' + b"m" * 100
    url = f"{emulator.url}/upload/storage/v1/b/{UPLOADS}/o?uploadType=multipart"
    headers = _headers(emulator, **{"content-type": "multipart/related; boundary=b"})
    assert requests.post(url, body[:cut], headers=headers, timeout=10).status_code == 400
    assert not emulator.client().bucket(UPLOADS).blob("x").exists()


def test_an_upload_that_breaks_off_leaves_nothing(emulator: RunningEmulator) -> None:
    """A body shorter than its Content-Length makes no object, no event and no file."""
    port = int(emulator.url.rpartition(":")[2])
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            head = f"POST /upload/storage/v1/b/{UPLOADS}/o?uploadType=media&name=x HTTP/1.1\r\nhost: localhost\r\n"
            head += f"authorization: Bearer {emulator.token}\r\ncontent-length: 100000\r\n\r\n"
            connection.sendall(head.encode() + b"a" * 50_000)
    emulator.client().bucket(UPLOADS).blob("after").upload_from_string(b"")
    assert [blob.name for blob in emulator.client().list_blobs(UPLOADS)] == ["after"]
    assert [event["resource"]["name"] for event in emulator.events()] == ["after"]
    assert _leftovers(emulator) == []


def test_fifty_parallel_uploads_all_arrive(emulator: RunningEmulator) -> None:
    """Fifty uploads at once are fifty objects with their own bytes, generations and events."""
    bucket = emulator.client().bucket(UPLOADS)

    def upload(index: int) -> int:
        blob = bucket.blob(f"n/{index:02}")
        blob.upload_from_string(f"{index}".encode() * 5000)
        return int(blob.generation)

    with ThreadPoolExecutor(50) as pool:
        generations = list(pool.map(upload, range(50)))
    assert len(set(generations)) == 50
    assert [blob.name for blob in bucket.list_blobs()] == [f"n/{index:02}" for index in range(50)]
    assert all(bucket.blob(f"n/{i:02}").download_as_bytes() == f"{i}".encode() * 5000 for i in range(0, 50, 7))
    assert {int(event["id"]) for event in emulator.events()} == set(generations)


def test_of_many_writers_with_one_condition_one_wins(emulator: RunningEmulator) -> None:
    """Twenty writers that all expect no object leave one object and nineteen refusals."""
    bucket = emulator.client().bucket(UPLOADS)

    def upload(index: int) -> bool:
        try:
            bucket.blob("one").upload_from_string(b"%d" % index, if_generation_match=0)
        except exceptions.PreconditionFailed:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        won = list(pool.map(upload, range(20)))
    assert won.count(True) == 1
    assert bucket.blob("one").download_as_bytes() == b"%d" % won.index(True)
    assert len(emulator.events()) == 1


def test_a_condition_is_checked_again_at_the_end(emulator: RunningEmulator) -> None:
    """An upload that expects no object is 412 if one came to be while its body was on the way."""
    port = int(emulator.url.rpartition(":")[2])
    path = f"/upload/storage/v1/b/{UPLOADS}/o?uploadType=media&name=x&ifGenerationMatch=0"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {emulator.token}\r\n"
        connection.sendall(f"{head}content-length: 10\r\n\r\n".encode() + b"slow")
        while not _leftovers(emulator):
            time.sleep(0.005)
        emulator.client().bucket(UPLOADS).blob("x").upload_from_string(b"quick", if_generation_match=0)
        connection.sendall(b"poke..")
        assert connection.recv(1000).startswith(b"HTTP/1.1 412 ")
    assert emulator.client().bucket(UPLOADS).blob("x").download_as_bytes() == b"quick"
    assert len(emulator.events()) == 1


def test_an_object_over_the_cap_is_refused(emulator: RunningEmulator) -> None:
    """An upload over the emulator's cap is 400 in every kind and leaves nothing."""
    emulator.restart(max_object_bytes=1000)
    bucket = emulator.client().bucket(UPLOADS)
    bucket.blob("fits").upload_from_string(b"a" * 1000)
    with pytest.raises(exceptions.BadRequest):
        bucket.blob("x").upload_from_string(b"a" * 1001)
    with pytest.raises(exceptions.BadRequest):
        bucket.blob("x", chunk_size=CHUNK).upload_from_file(io.BytesIO(b"a" * 1001))
    assert not bucket.blob("x").exists()
    assert _leftovers(emulator) == []


def test_a_length_beyond_all_numbers_is_as_none(emulator: RunningEmulator) -> None:
    """A session that is announced with thousands of digits begins, and takes what comes."""
    url = f"{emulator.url}/upload/storage/v1/b/{UPLOADS}/o?uploadType=resumable&name=x"
    headers = _headers(emulator, **{"x-upload-content-length": "9" * 5000})
    begun = requests.post(url, json={}, headers=headers, timeout=10)
    assert begun.status_code == 200
    assert requests.put(begun.headers["location"], b"12345", timeout=10).json()["size"] == "5"
