"""Multipart bodies, cut at any place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.emulator.faces.multipart import MultipartReader, read_boundary
from local.emulator.refusals import Refusal

HEAD = b'--==b==\r\ncontent-type: application/json\r\n\r\n{"name": "x"}\r\n--==b==\r\ncontent-type: a/b\r\n\r\n'


async def _split(body: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


def _read(body: bytes, size: int) -> tuple[dict[str, object], str | None, bytes]:
    async def read() -> tuple[dict[str, object], str | None, bytes]:
        reader = MultipartReader(_split(body, size), b"==b==")
        head = await reader.read_head()
        media = b"".join([piece async for piece in reader.media()])
        return head.resource, head.media_type, media

    return asyncio.run(read())


@given(
    media=st.binary(max_size=200) | st.sampled_from([b"\r\n--", b"\r\n--==b=", b"--==b==", b"\r\n\r\n--==b"]),
    size=st.integers(1, 300),
)
def test_the_media_is_what_was_sent(media: bytes, size: int) -> None:
    """Any media, even one that resembles the boundary, comes out whole from pieces of any size."""
    assert _read(HEAD + media + b"\r\n--==b==--\r\n", size) == ({"name": "x"}, "a/b", media)


@given(cut=st.integers(0, len(HEAD) + 20), size=st.integers(1, 50))
def test_a_body_without_its_end_is_refused(cut: int, size: int) -> None:
    """A body cut anywhere before its closing boundary is refused."""
    with pytest.raises(Refusal):
        _read((HEAD + b"m" * 20)[:cut], size)


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [("multipart/related; boundary=b", b"b"), ('multipart/related; boundary="a b"; x=y', b"a b")],
)
def test_the_boundary_is_read(content_type: str, boundary: bytes) -> None:
    """A boundary is found with and without quotes."""
    assert read_boundary(content_type) == boundary


def test_another_content_type_is_refused() -> None:
    """A body that is not multipart/related is refused."""
    with pytest.raises(Refusal):
        read_boundary("multipart/form-data; boundary=b")
