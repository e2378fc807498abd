"""Turning upright, against Pillow's own."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageOps

from autok.decoding.orientation import turn_upright

PICTURE = Image.fromarray(np.arange(6, dtype=np.uint8).reshape(2, 3))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_value_turns_as_the_standard_says(orientation: int) -> None:
    """The eight values give what Pillow gives for a file that carries them."""
    tagged = PICTURE.copy()
    tagged.getexif()[0x0112] = orientation
    assert np.array_equal(turn_upright(PICTURE, orientation), ImageOps.exif_transpose(tagged))


@pytest.mark.parametrize("orientation", [0, 1, 9, -1, 65_535])
def test_other_values_leave_the_picture_alone(orientation: int) -> None:
    """What is no turn gives back the very object."""
    assert turn_upright(PICTURE, orientation) is PICTURE
