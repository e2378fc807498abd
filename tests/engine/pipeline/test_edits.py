"""The engine on pictures that are changed before they are compressed."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from autok.decoding import decode
from autok.options import Options
from autok.options.edits import Edit, Frame
from autok.pipeline import compress
from support.uploads import AUTHOR, RIGHTS, corner_picture, private_exif, saved

KEEP = Options(format="keep")


def opened(data: bytes) -> Image.Image:
    """Return a picture, loaded."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def test_no_edit_changes_nothing(flower: bytes) -> None:
    """The default edit gives the bytes that no edit gives."""
    assert compress(flower, KEEP, edit=Edit())[0] == compress(flower, KEEP)[0]


def test_a_frame_is_the_results_size(flower: bytes) -> None:
    """The result has the frame's size, and the report both sizes."""
    data, report = compress(flower, KEEP, edit=Edit(Frame("cover", 120, 80)))
    assert opened(data).size == (report["output"]["width"], report["output"]["height"]) == (120, 80)
    assert (report["input"]["width"], report["input"]["height"]) == (640, 427)


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "avif"])
def test_a_demanded_format_is_delivered(kind: str) -> None:
    """A tiny upload that no other format beats still comes back in the format that was demanded."""
    tiny = saved(Image.new("RGB", (9, 7), (20, 130, 60)), "PNG")
    data, report = compress(tiny, KEEP, edit=Edit(formats=(kind,)))
    assert report["output"]["format"] == kind
    assert opened(data).format == kind.upper()


def test_of_several_formats_the_smallest_wins(flower: bytes) -> None:
    """Two formats compete, and no third one, the upload's own included."""
    small = compress(flower, KEEP, edit=Edit(Frame("scale", 200), formats=("png", "webp")))
    alone = compress(flower, KEEP, edit=Edit(Frame("scale", 200), formats=("webp",)))
    assert small[1]["output"]["format"] == "webp"
    assert small[0] == alone[0]
    assert {each["format"] for each in small[1]["contest"]} == {"png", "webp"}


def test_a_background_is_laid_under(flower: bytes) -> None:
    """A translucent picture is laid on the colour even where its format could keep the alpha; an opaque one stays."""
    pixels = np.zeros((40, 40, 4), np.uint8)
    pixels[:20] = (255, 0, 0, 255)
    data, report = compress(saved(Image.fromarray(pixels), "PNG"), KEEP, edit=Edit(background="#0000ff"))
    image = opened(data).convert("RGBA")
    assert (image.getpixel((20, 5)), image.getpixel((20, 35))) == ((255, 0, 0, 255), (0, 0, 255, 255))
    assert any("#0000ff" in note for note in report["notes"])
    assert compress(flower, KEEP, edit=Edit(background="#0000ff"))[1]["notes"] == []


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("frame", [None, Frame("scale", 8)])
@pytest.mark.parametrize("wanted", ["copyright", "creation", "location"])
def test_one_group_of_metadata_survives_alone(kind: str, frame: Frame | None, wanted: str) -> None:
    """Of author and copyright, dates and position only what was asked for is in the result, changed or not."""
    upload = saved(corner_picture(), kind, exif=b"Exif\0\0" + private_exif(6 if frame else 1))
    data, report = compress(upload, KEEP, edit=Edit(frame, preserve=frozenset({wanted})))
    names = {"copyright": ["author", "copyright"], "creation": ["date"], "location": ["GPS position"]}
    assert report["metadata"]["kept"] == names[wanted]
    assert list(decode(data, metadata="all").metadata.kept) == names[wanted]
    assert (RIGHTS.encode() in data, AUTHOR.encode() in data) == (wanted == "copyright",) * 2
    for secret in (b"SECRET serial", b"SECRET lens", b"SECRET note", b"SECRET maker", b"SECRET thumbnail"):
        assert secret not in data
