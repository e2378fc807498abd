"""The drawn demonstrations: the same on every machine, and of the kinds that they stand for."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from local.drawings import SIZE, draw_poster, draw_window

PICTURES = {"poster": np.asarray(draw_poster()), "window": np.asarray(draw_window())}


@pytest.mark.parametrize("name", PICTURES)
def test_both_have_the_size_of_a_screen(name: str) -> None:
    """They are RGB and 1280 by 800."""
    assert PICTURES[name].shape == (SIZE[1], SIZE[0], 3)


def test_a_second_drawing_is_the_same() -> None:
    """Nothing of it is left to chance."""
    assert np.array_equal(PICTURES["window"], np.asarray(draw_window()))


@pytest.mark.parametrize("name", PICTURES)
def test_both_are_graphics(name: str) -> None:
    """Nearly every pixel is like its left neighbour, and smooth edges lie between more colours than were drawn with."""
    pixels = PICTURES[name]
    assert (pixels[:, 1:] == pixels[:, :-1]).all(axis=2).mean() > 0.9
    assert len(Image.fromarray(pixels).getcolors(1 << 16)) > 50


def test_the_window_has_text_on_both_grounds() -> None:
    """Light letters stand in the dark bar and dark ones on the light page."""
    bar, page = PICTURES["window"][20:60, 20:200], PICTURES["window"][20:60, 250:500]
    assert bar.max() > 200 > 60 > bar.min()
    assert page.min() < 60 < 200 < page.max()


def test_the_posters_sky_darkens_towards_the_hills() -> None:
    """Bands lie above, the darkest hill below, and the sun between them."""
    pixels = PICTURES["poster"].astype(int).sum(axis=2)
    assert pixels[5, 5] > pixels[300, 5] > pixels[700, 5] > pixels[795, 1275]
    assert tuple(PICTURES["poster"][288, 870]) == (255, 238, 196)
