"""Peak signal-to-noise ratio, against scikit-image and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio

from autok.metrics import psnr_db
from autok.metrics.psnr import squared_errors
from support.distortion import open_rgb, through_jpeg


def test_psnr_agrees_with_scikit_image(china: bytes) -> None:
    """PSNR is that of scikit-image on all bytes."""
    image, worse = open_rgb(china), through_jpeg(open_rgb(china), 50)
    assert psnr_db(image, worse) == pytest.approx(peak_signal_noise_ratio(np.asarray(image), np.asarray(worse)))


def test_psnr_of_a_known_error() -> None:
    """One step of error everywhere is 48.13 dB."""
    dark, light = Image.new("RGB", (70, 3), (0, 0, 0)), Image.new("RGB", (70, 3), (1, 1, 1))
    assert psnr_db(dark, light) == pytest.approx(48.1308, abs=1e-4)


def test_psnr_of_identical_pictures_is_none() -> None:
    """Without an error there is no ratio."""
    image = Image.new("RGBA", (5, 5), (1, 2, 3, 4))
    assert psnr_db(image, image.copy()) is None


def test_the_largest_error_does_not_overflow() -> None:
    """Black against white of many pixels is summed exactly."""
    errors = squared_errors(Image.new("RGB", (200, 100)), Image.new("RGB", (200, 100), (255, 255, 255)))
    assert errors.shape == (2, 4)
    assert errors.sum() == 255**2 * 3 * 200 * 100


def test_other_sizes_and_modes_cannot_be_compared() -> None:
    """The message names what was given."""
    with pytest.raises(ValueError, match="RGBA"):
        psnr_db(Image.new("RGB", (4, 4)), Image.new("RGBA", (4, 4)))
