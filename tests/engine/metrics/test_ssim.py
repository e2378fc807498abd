"""Structural similarity, against scikit-image."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.metrics import structural_similarity

from autok.metrics import ssim
from autok.metrics.ssim import luma
from support.distortion import open_rgb, through_jpeg


def test_ssim_agrees_with_scikit_image(flower: bytes) -> None:
    """SSIM is that of scikit-image on luma."""
    image, worse = (np.asarray(i) for i in (open_rgb(flower), through_jpeg(open_rgb(flower), 40)))
    assert ssim(image, worse) == pytest.approx(structural_similarity(luma(image), luma(worse), data_range=255.0))


@pytest.mark.parametrize("size", [(1, 1), (6, 30), (7, 7)])
def test_ssim_of_small_pictures(size: tuple[int, int], flower: bytes) -> None:
    """Pictures below the window's size are measured too, and equal ones give 1."""
    image = np.asarray(open_rgb(flower).crop((0, 0, *size)))
    assert ssim(image, image) == 1.0
    assert ssim(image, 255 - image) < 1.0


def test_ssim_refuses_other_sizes() -> None:
    """Pictures of different sizes cannot be compared."""
    with pytest.raises(ValueError, match="shapes"):
        ssim(np.zeros((8, 8, 3), np.uint8), np.zeros((9, 8, 3), np.uint8))
