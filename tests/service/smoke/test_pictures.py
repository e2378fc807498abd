"""The pictures that a deployment is tried with."""

from __future__ import annotations

import io

from PIL import Image

from service.smoke.pictures import LARGEST, draw_scene, draw_stripes


def test_the_scene_is_a_photo_for_an_encoder() -> None:
    """It is the same each time, too noisy for a palette, and has room to become smaller."""
    data = draw_scene()
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (1200, 900))
        assert image.getcolors(256) is None
    assert len(data) > 200_000


def test_stripes_are_small_files_of_large_pictures() -> None:
    """Three colours, as many pixels a side as asked, and a few bytes for each row."""
    data = draw_stripes(400)
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.size) == ("PNG", (400, 400))
        assert len(image.getcolors(256)) == 3
    assert len(data) < 4000
    assert LARGEST**2 == 64_000_000
