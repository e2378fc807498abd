"""What every writer checks first: sides, modes, qualities, and Pillow's own refusals."""

from __future__ import annotations

import math

import pytest
from PIL import Image

from autok.encoding.checks import check_mode, check_quality, check_sides, save_image
from autok.errors import EncodeError
from support.encoded import dirty, smooth


@pytest.mark.parametrize(
    ("width", "height", "fits"),
    [(1, 1, True), (9, 9, True), (10, 1, False), (1, 10, False), (0, 5, False), (5, 0, False)],
)
def test_sides_run_from_one_to_the_longest(width: int, height: int, fits: bool) -> None:
    """Both ends of the range fit, and a step beyond is refused with the range and the size."""
    if fits:
        check_sides(width, height, label="XYZ", longest=9)
    else:
        with pytest.raises(
            EncodeError, match=f"XYZ holds 1 to 9 pixels a side, and the picture has {width} x {height};"
        ):
            check_sides(width, height, label="XYZ", longest=9)


def test_modes_are_those_that_the_writer_takes() -> None:
    """Each of the list passes, another is refused with the list and what to do."""
    for mode in ("L", "RGB"):
        check_mode(Image.new(mode, (1, 1)), label="XYZ", modes=("L", "RGB"))
    with pytest.raises(EncodeError, match="XYZ is written from L or RGB, and the picture is RGBA; flatten"):
        check_mode(Image.new("RGBA", (1, 1)), label="XYZ", modes=("L", "RGB"))


@pytest.mark.parametrize("quality", [1, 1.5, 100])
def test_a_quality_in_range_comes_back(quality: float) -> None:
    """Fractions and both ends pass as they came."""
    assert check_quality(quality, label="XYZ") == quality


@pytest.mark.parametrize("quality", [0.99, 100.01, -1, math.nan, math.inf])
def test_a_quality_out_of_range_is_refused(quality: float) -> None:
    """What lies outside, or is no number, is named in the error."""
    with pytest.raises(EncodeError, match=f"XYZ quality runs from 1 to 100, and {quality:g} was given") as caught:
        check_quality(quality, label="XYZ")
    assert caught.value.code == "encode_failed"


def test_parameters_overrule_what_clings_to_the_picture() -> None:
    """What is asked for is written, and the picture's own info does not get in its way."""
    data = save_image(dirty(smooth(4, 4)), label="PNG", icc_profile=None, exif=b"", dpi=None)
    assert b"secret" not in data
    assert data.startswith(b"\x89PNG")


@pytest.mark.parametrize("mode", ["CMYK", "F"])
def test_pillows_refusal_is_told_with_its_reason(mode: str) -> None:
    """Size, mode and Pillow's own words stand in the error, and its fault is the cause."""
    with pytest.raises(EncodeError, match=rf"PNG could not be written at 3 x 2 \({mode}\): .*{mode}") as caught:
        save_image(Image.new(mode, (3, 2)), label="PNG")
    assert isinstance(caught.value.__cause__, OSError)
