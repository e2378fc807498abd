"""Ordered faults of requests: each hits what it names, as often as it says, and no more."""

from __future__ import annotations

import pytest
import requests
from google.api_core import exceptions
from google.cloud.storage.retry import DEFAULT_RETRY

from support.stack import UPLOADS, RunningEmulator

PATIENT = DEFAULT_RETRY.with_delay(initial=0.01, maximum=0.05).with_timeout(10)


def test_a_status_is_answered_before_anything_happens(emulator: RunningEmulator) -> None:
    """A write that meets 503 and 429 twice stores nothing until the client's third try."""
    bucket = emulator.client().bucket(UPLOADS)
    emulator.inject("status", status=503, name="x", method="POST")
    with pytest.raises(exceptions.ServiceUnavailable):
        bucket.blob("x").upload_from_string(b"x", retry=None)
    assert not bucket.blob("x").exists()
    emulator.inject("status", status=429, times=2, name="x", retry_after=0)
    bucket.blob("x").upload_from_string(b"x", retry=PATIENT)
    assert bucket.blob("x").download_as_bytes() == b"x"
    assert emulator.local("GET", "faults") == {"faults": []}


def test_a_fault_hits_only_what_it_names(emulator: RunningEmulator) -> None:
    """Another name, bucket, method or API passes unharmed, and so do as many as are to be skipped."""
    bucket = emulator.client().bucket(UPLOADS)
    emulator.inject("status", times=None, suffix=".autok.json", api="upload", bucket=UPLOADS, skip=1)
    bucket.blob("a.png").upload_from_string(b"x", retry=None)
    bucket.blob("a.autok.json").upload_from_string(b"{}", retry=None)
    for _ in range(2):
        with pytest.raises(exceptions.ServiceUnavailable):
            bucket.blob("b.autok.json").upload_from_string(b"{}", retry=None)
    assert bucket.blob("a.autok.json").download_as_bytes(retry=None) == b"{}"
    emulator.local("DELETE", "faults")
    bucket.blob("b.autok.json").upload_from_string(b"{}", retry=None)


def test_a_lost_reply_is_a_write_that_happened(emulator: RunningEmulator) -> None:
    """A write whose answer is lost is there; the client's retry under generation 0 then meets 412."""
    bucket = emulator.client().bucket(UPLOADS)
    emulator.inject("lost_reply", name="x")
    with pytest.raises(exceptions.PreconditionFailed):
        bucket.blob("x").upload_from_string(b"x", if_generation_match=0, retry=PATIENT)
    assert bucket.blob("x").download_as_bytes() == b"x"
    assert len(emulator.events()) == 1


def test_a_corrupt_download_fails_its_checksum(emulator: RunningEmulator) -> None:
    """A flipped bit on the way out is noticed by the client, and gone at the next read."""
    bucket = emulator.client().bucket(UPLOADS)
    bucket.blob("x").upload_from_string(b"x" * 1000)
    emulator.inject("corrupt", api="download", after_bytes=500)
    with pytest.raises(Exception, match=r"[Cc]hecksum"):
        bucket.blob("x").download_as_bytes(retry=None)
    assert bucket.blob("x").download_as_bytes() == b"x" * 1000


def test_a_corrupt_upload_is_refused(emulator: RunningEmulator) -> None:
    """A flipped bit on the way in breaks the promised checksum, and nothing is stored."""
    bucket = emulator.client().bucket(UPLOADS)
    emulator.inject("corrupt", api="upload", where="request", after_bytes=800)
    with pytest.raises(exceptions.BadRequest):
        bucket.blob("x").upload_from_string(b"x" * 2000, checksum="crc32c", retry=None)
    assert not bucket.blob("x").exists()


@pytest.mark.parametrize("after", [0, 1, 400_000, 1_000_000])
def test_a_stream_breaks_after_so_many_bytes(emulator: RunningEmulator, after: int) -> None:
    """A download is cut off at the ordered byte, its end included, and a second try brings all."""
    bucket = emulator.client().bucket(UPLOADS)
    data = bytes(range(250)) * 4000
    bucket.blob("x").upload_from_string(data)
    url = emulator.sign(UPLOADS, "x", "GET")
    emulator.inject("broken_stream", api="xml", after_bytes=after)
    answer = requests.get(url, stream=True, timeout=10)
    got = b""
    try:
        for piece in answer.raw.stream(1000, decode_content=False):
            got += piece
        broken = False
    except Exception as error:
        broken = "IncompleteRead" in repr(error) or "closed" in repr(error) or "reset" in repr(error)
    assert got == data[:after]
    assert broken or after == len(data)
    emulator.inject("broken_stream", api="download", after_bytes=after)
    assert bucket.blob("x").download_as_bytes(retry=PATIENT) == data


def test_an_upload_that_is_cut_leaves_nothing(emulator: RunningEmulator) -> None:
    """A connection cut inside the body of an upload makes no object; the retry makes it whole."""
    bucket = emulator.client().bucket(UPLOADS)
    emulator.inject("broken_stream", where="request", api="upload", after_bytes=100_000)
    with pytest.raises(requests.ConnectionError):
        bucket.blob("x").upload_from_string(b"x" * 1_000_000, retry=None)
    assert not bucket.blob("x").exists()
    assert emulator.events() == []
    bucket.blob("x").upload_from_string(b"x" * 1_000_000, if_generation_match=0, retry=PATIENT)
    assert bucket.get_blob("x").size == 1_000_000


def test_a_reset_is_a_connection_error(emulator: RunningEmulator) -> None:
    """A reset request is not processed, and the client's retry is."""
    bucket = emulator.client().bucket(UPLOADS)
    emulator.inject("reset", name="x")
    with pytest.raises(requests.ConnectionError):
        bucket.blob("x").upload_from_string(b"x", retry=None)
    emulator.inject("reset", name="x", times=2)
    bucket.blob("x").upload_from_string(b"x", if_generation_match=0, retry=PATIENT)
    assert bucket.blob("x").download_as_bytes() == b"x"


def test_a_stall_runs_into_the_clients_timeout(emulator: RunningEmulator) -> None:
    """A stalled answer is bounded by the client's own timeout, and harms no other request."""
    bucket = emulator.client().bucket(UPLOADS)
    bucket.blob("x").upload_from_string(b"x")
    emulator.inject("stall", seconds=30, name="x")
    with pytest.raises(requests.Timeout):
        bucket.blob("x").download_as_bytes(timeout=0.3, retry=None)
    assert bucket.blob("x").download_as_bytes(retry=None) == b"x"
