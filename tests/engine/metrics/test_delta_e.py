"""Colour difference, by the numbers of its paper."""

from __future__ import annotations

import numpy as np
import pytest

from autok.metrics import delta_e_2000

# Sharma, Wu, Dalal 2005, table 1, pairs 1, 7, 13, 17, 25 and 34.
SHARMA = [
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, -0.001, 2.49), (50.0, 0.0011, -2.49), 4.7461),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("first", "second", "difference"), SHARMA)
def test_delta_e_uses_the_formula_of_the_paper(
    first: tuple[float, ...], second: tuple[float, ...], difference: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The published test pairs, given as CIELAB, come out to four digits."""
    labs = {0: first, 1: second}
    monkeypatch.setattr("skimage.color.rgb2lab", lambda pixels: np.array([[labs[int(pixels[0, 0, 0])]]]))
    pair = [np.full((1, 1, 3), number, np.uint8) for number in labs]
    assert delta_e_2000(*pair) == pytest.approx(difference, abs=5e-5)


def test_delta_e_of_black_and_white_is_100() -> None:
    """The two ends of lightness are 100 apart, and equal pictures 0."""
    black = np.zeros((4, 4, 3), np.uint8)
    assert delta_e_2000(black, 255 - black) == pytest.approx(100.0, abs=0.01)
    assert delta_e_2000(black, black) == 0.0


def test_delta_e_refuses_other_shapes() -> None:
    """Pictures of different sizes cannot be compared."""
    with pytest.raises(ValueError, match="shapes"):
        delta_e_2000(np.zeros((8, 8, 3), np.uint8), np.zeros((9, 8, 3), np.uint8))
