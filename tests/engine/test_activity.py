from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from autok.activity import convert_to_luma, deviation_in_threes, local_deviation, rows_in_threes


def test_it_is_the_deviation_of_nine_neighbours() -> None:
    """Activity is the standard deviation of luma over 3 x 3 pixels, in half steps, the edge continued."""
    levels = np.random.default_rng(0).integers(0, 256, (7, 9), np.uint8)
    padded = np.pad(levels, 1, mode="edge").astype(np.float64)
    around = np.stack([padded[y : y + 7, x : x + 9] for y in range(3) for x in range(3)])
    expected = np.rint(2 * around.std(axis=0))
    assert np.abs(local_deviation(Image.fromarray(levels), 0, 7) - expected).max() <= 1


def test_strips_join_without_a_seam() -> None:
    """A strip sees the rows beside it, so that strips give what the whole gives."""
    image = Image.fromarray(np.random.default_rng(1).integers(0, 256, (20, 8, 3), np.uint8))
    parts = [local_deviation(image, top, top + 5) for top in range(0, 20, 5)]
    assert np.array_equal(np.concatenate(parts), local_deviation(image, 0, 20))


def test_what_is_translucent_is_darker() -> None:
    """The luma of a translucent pixel is that of its colour on black."""
    image = Image.new("RGBA", (1, 1), (255, 255, 255, 128))
    assert convert_to_luma(image).getpixel((0, 0)) == 128


@pytest.mark.parametrize("size", [(1, 1), (5, 1), (1, 4), (2, 2)])
def test_the_smallest_pictures_have_an_activity(size: tuple[int, int]) -> None:
    """Sides below the neighbourhood are continued by what there is; of one colour nothing happens."""
    deviation = local_deviation(Image.new("RGB", size, (90, 10, 200)), 0, size[1])
    assert deviation.shape == size[::-1]
    assert not deviation.any()


@pytest.mark.parametrize("step", [2, 3, 7, 11, 22, 23, 50])
@pytest.mark.parametrize("channels", [3, 4])
def test_rows_that_are_left_out_change_no_other(step: int, channels: int) -> None:
    """Measured on every second or third row, these have the numbers that they have among all, first and last too."""
    image = Image.fromarray(np.random.default_rng(2).integers(0, 256, (23, 11, channels), np.uint8))
    deviation = deviation_in_threes(rows_in_threes(image, step))
    assert np.array_equal(deviation, local_deviation(image, 0, 23)[::step])


def test_each_row_stands_between_its_neighbours() -> None:
    """Above the first row and below the last one stand these themselves."""
    image = Image.fromarray(np.repeat(np.arange(10, 15, dtype=np.uint8)[:, None], 4, axis=1)).convert("RGB")
    assert rows_in_threes(image, 2)[:, 0].tolist() == [10, 10, 11, 11, 12, 13, 13, 14, 14]
    assert rows_in_threes(image, 3)[:, 3].tolist() == [10, 10, 11, 12, 13, 14]


def test_the_largest_deviation_fits_its_byte() -> None:
    """Between black and white rows it is the highest that nine values reach, 126.7 twice, and has not run over."""
    rows = np.zeros((9, 9), np.uint8)
    rows[::2] = 255
    highest = 2 * np.std([255] * 3 + [0] * 6)
    assert local_deviation(Image.fromarray(rows), 0, 9).max() in (
        round(highest),
        round(2 * np.std([255] * 4 + [0] * 5)),
    )
    checks = (np.indices((9, 9)).sum(axis=0) % 2 * 255).astype(np.uint8)
    assert local_deviation(Image.fromarray(checks), 0, 9)[4, 4] == round(2 * np.std([255] * 4 + [0] * 5)) == 253


def test_luma_given_is_luma_measured() -> None:
    """Whoever has the luma already gets the same numbers for it as for the colours."""
    image = Image.fromarray(np.random.default_rng(3).integers(0, 256, (12, 10, 4), np.uint8))
    assert np.array_equal(local_deviation(convert_to_luma(image), 3, 9), local_deviation(image, 3, 9))
