"""Pictures drawn in code, for the tests of the palette."""

from __future__ import annotations

import numpy as np
from PIL import Image

from autok.models import SourceImage


def source_of(pixels: np.ndarray) -> SourceImage:
    """Wrap pixels of shape (H, W, 3) or (H, W, 4), uint8."""
    return SourceImage(Image.fromarray(pixels), "png", b"", None)


def noisy(height: int, width: int, seed: int = 1) -> np.ndarray:
    """Return uniform noise, shape (height, width, 3)."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)


def sphere(side: int = 128) -> SourceImage:
    """Return a shaded, many-coloured ball on a gradient, with a little fixed grain."""
    y, x = np.mgrid[0:side, 0:side] / side
    light = np.clip(1.2 - 2.2 * np.hypot(x - 0.4, y - 0.4), 0, 1)
    pixels = np.stack([255 * light, 200 * x * (1 - light) + 40 * light, 230 * y * (1 - light)], axis=-1)
    grain = np.random.default_rng(7).normal(0, 3, pixels.shape)
    return source_of(np.clip(pixels + grain, 0, 255).astype(np.uint8))


def sky(height: int = 96, width: int = 128) -> SourceImage:
    """Return a smooth vertical gradient from deep to light blue."""
    y = np.linspace(0, 1, height)[:, None, None] * np.ones((1, width, 1))
    return source_of(np.rint(np.array([60, 110, 190]) + y * np.array([90, 90, 60])).astype(np.uint8))
