"""What the page knows of a file before a byte travels, against files that Pillow wrote."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from autok.decoding.sniffing import sniff

Identify = Callable[..., list[dict[str, Any]]]

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
SIZE = (321, 123)


def write(folder: Path, name: str, form: str, size: tuple[int, int] = SIZE, **options: object) -> Path:
    path = folder / name
    Image.new("RGB", size, (200, 90, 30)).save(path, form, **options)
    return path


def test_formats(identify: Identify, tmp_path: Path) -> None:
    """Every accepted format is told by its bytes under any name, with its true width and height."""
    paths = [write(tmp_path, f"{number}.dat", form) for number, form in enumerate(FORMATS)]
    found = identify(*paths)
    assert [one["label"].upper() for one in found] == list(FORMATS)
    assert {(one["width"], one["height"]) for one in found} == {SIZE}
    assert not any(one["animated"] for one in found)


def test_variants(identify: Identify, tmp_path: Path) -> None:
    """Width and height are found in a lossless and in an extended WebP, and behind 100 kB of JPEG metadata."""
    profile = bytes(100_000)
    paths = [
        write(tmp_path, "lossless", "WEBP", lossless=True),
        write(tmp_path, "extended", "WEBP", icc_profile=profile),
        write(tmp_path, "late", "JPEG", icc_profile=profile),
    ]
    assert [(one["width"], one["height"]) for one in identify(*paths)] == [SIZE] * 3


def test_brands(identify: Identify, tmp_path: Path) -> None:
    """A file whose first brand names no more than the structure is what its next one says, as for the service."""
    avif = bytearray(write(tmp_path, "plain", "AVIF").read_bytes())
    avif[8:12] = b"mif1"
    heic = struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"mif1", 0, b"miaf", b"heic")
    paths = [tmp_path / "first", tmp_path / "second"]
    for path, data in zip(paths, (bytes(avif), heic), strict=True):
        path.write_bytes(data)
    found = identify(*paths)
    assert [one["label"] for one in found] == ["AVIF", "HEIC"]
    assert (found[0]["width"], found[0]["height"]) == SIZE
    assert [sniff(path.read_bytes()) for path in paths] == ["avif", "heic"]


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_animation(identify: Identify, tmp_path: Path, form: str) -> None:
    """An animation is refused with a sentence that says so."""
    frames = [Image.new("RGB", (32, 32), color) for color in ("red", "lime", "blue")]
    path = tmp_path / "moving"
    frames[0].save(path, form, save_all=True, append_images=frames[1:], duration=80)
    (problem,) = identify(path)
    assert problem["code"] == "animation"
    assert "more than one frame" in problem["detail"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7\n", "a PDF document"),
        (b'<?xml version="1.0"?><svg/>', "an SVG drawing"),
        (b"8BPS\0\1", "a Photoshop file"),
        (b"\0\0\1\0\1\0", "an icon file"),
        (b"PK\3\4aaaa", "a ZIP archive"),
        (b"\0\0\0\x20ftypisom", "a video"),
        (b"\0\0\0\x14ftypmif1\0\0\0\0miafavif", "an image of an unknown kind"),
        (b"just text", "no image that Auto-K knows"),
    ],
)
def test_refused(identify: Identify, tmp_path: Path, data: bytes, words: str) -> None:
    """A file that is no accepted image is called by its name, and told what to do."""
    path = tmp_path / "picture.png"
    path.write_bytes(data)
    (problem,) = identify(path)
    assert problem["code"] == "unsupported_format"
    assert words in problem["detail"]
    assert "export" in problem["detail"]
    assert problem["retryable"] is False


def test_empty(identify: Identify, tmp_path: Path) -> None:
    """An empty file is refused as empty."""
    path = tmp_path / "picture.png"
    path.touch()
    assert identify(path)[0]["code"] == "empty_file"


def test_limits(identify: Identify, tmp_path: Path) -> None:
    """Bytes, sides and pixels over a limit are refused with both numbers."""
    path = write(tmp_path, "picture.png", "PNG")
    limits = {"bytes": 10**6, "pixels": 10**6, "side": 10**4}
    assert "width" in identify(path, limits=limits)[0]
    problems = [
        identify(path, limits={**limits, **low})[0] for low in ({"bytes": 99}, {"side": 320}, {"pixels": 39_482})
    ]
    assert [problem["code"] for problem in problems] == ["too_many_bytes", "too_long_side", "too_many_pixels"]
    assert "321 \N{MULTIPLICATION SIGN} 123" in problems[1]["detail"]
    assert "320" in problems[1]["detail"]


def test_limit_just_missed(identify: Identify, tmp_path: Path) -> None:
    """A size that rounds to the limit is told apart from it by every byte and every pixel."""
    path = write(tmp_path, "a.png", "PNG", (800, 125))
    pixels, too_long = (
        identify(path, limits={"bytes": 10**6, "pixels": 10**6, "side": 10**4, **low})[0]["detail"]
        for low in ({"pixels": 99_990}, {"bytes": path.stat().st_size - 1})
    )
    assert "100,000 pixels; this server takes up to 99,990 pixels" in pixels
    assert f"up to {path.stat().st_size - 1} " in too_long


def test_bomb(identify: Identify, tmp_path: Path) -> None:
    """A header that claims more pixels than are allowed is refused however small the file is."""
    out = io.BytesIO()
    Image.new("L", (8, 8)).save(out, "PNG")
    data = bytearray(out.getvalue())
    data[16:24] = struct.pack(">II", 16_000, 16_000)
    path = tmp_path / "bomb.png"
    path.write_bytes(bytes(data))
    assert identify(path)[0]["code"] == "too_many_pixels"


@pytest.mark.parametrize("form", FORMATS)
def test_cut(identify: Identify, tmp_path: Path, form: str) -> None:
    """A file cut off inside its header is left to the service, whose sentence is better informed."""
    whole = write(tmp_path, "whole", form).read_bytes()
    paths = []
    for length in (13, 20, 40):
        path = tmp_path / f"cut-{length}"
        path.write_bytes(whole[:length])
        paths.append(path)
    assert all(one.get("code", "unsupported_format") == "unsupported_format" for one in identify(*paths))
