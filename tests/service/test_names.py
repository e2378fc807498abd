from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autok.formats import FORMATS
from service.names import (
    decode_filename,
    download_name,
    encode_filename,
    is_id,
    is_name,
    make_id,
    name_preview,
    name_result,
    possible_previews,
    possible_results,
)


@pytest.mark.parametrize(
    ("upload", "kind", "taken", "result"),
    [
        ("a/cat.png", "png", 0, "a/cat.png"),
        ("a/cat.png", "jpeg", 0, "a/cat.png.jpg"),
        ("a/CAT.JPEG", "jpeg", 0, "a/CAT.JPEG"),
        ("a/cat.png", "jpeg", 2, "a/cat.png.jpg.jpg.jpg"),
        ("a/cat.png", "png", 1, "a/cat.png.png"),
        ("web/0", "avif", 0, "web/0.avif"),
        ("../x", "webp", 0, "../x.webp"),
    ],
)
def test_a_result_has_the_uploads_name_and_the_true_extension(upload: str, kind: str, taken: int, result: str) -> None:
    """An extension that fits stays; another one is appended, once more for every name that is taken."""
    assert name_result(upload, kind, taken=taken) == result


@given(upload=st.text(min_size=1), kind=st.sampled_from(list(FORMATS)), png=st.booleans())
def test_every_name_that_can_be_given_is_listed(upload: str, kind: str, png: bool) -> None:
    """What clears away looks under every name that something can have."""
    assert name_result(upload, kind) in possible_results(upload)
    assert name_preview(upload, b"\x89PNG" if png else b"\xff\xd8") in possible_previews(upload)


@pytest.mark.parametrize(
    ("filename", "saved"),
    [
        ("My cat.PNG", "My cat.jpg"),
        ("archive.tar.gz", "archive.tar.jpg"),
        ("noextension", "noextension.jpg"),
        ("..", "image.jpg"),
        (".png", "image.jpg"),
        (None, "image.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\photos\\x.bmp", "x.jpg"),
        ("a\r\nb\0.png", "ab.jpg"),
        ('<img src="x">.png', "img src=x.jpg"),
        ("日本.png", "日本.jpg"),
        ("x" * 500 + ".png", "x" * 120 + ".jpg"),
    ],
)
def test_a_download_is_saved_under_the_users_stem(filename: str | None, saved: str) -> None:
    """The stem is the user's, without folders and what no file system takes; the extension is the true one."""
    assert download_name(filename, "jpeg") == saved


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_file_name_survives_its_travel_as_metadata(filename: str) -> None:
    """Encoded it is plain ASCII, decoded it is what it was."""
    encoded = encode_filename(filename)
    assert encoded.isascii()
    assert decode_filename(encoded) == filename


@pytest.mark.parametrize("name", ["a", "../x", "a//b", " ", "\0", "ü" * 512, "...", "a/", "\u2028"])
def test_almost_anything_can_be_a_name(name: str) -> None:
    """Dots, slashes, NUL and every script are letters like others, up to 1024 bytes."""
    assert is_name(name)


@pytest.mark.parametrize("name", ["", ".", "..", "a\nb", "a\r", "\ud800", "ü" * 512 + "n"])
def test_what_the_storage_refuses_is_no_name(name: str) -> None:
    """Nothing, the folders of a path, line breaks, halves of characters and more than 1024 bytes are no names."""
    assert not is_name(name)


def test_an_id_is_128_random_bits_in_hex() -> None:
    """A new id has the form that is accepted, and the form is exact."""
    assert is_id(make_id())
    assert not any(is_id(each) for each in ("", make_id().upper(), make_id() + "\n", "g" * 32, make_id()[:-1]))
