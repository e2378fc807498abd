"""Photos for the load: cut out of two that an installed package carries, enlarged, each with a grain of its own."""

from __future__ import annotations

import io
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image

_NAMES = ("china.jpg", "flower.jpg")


def make_photos(count: int, megapixels: float) -> Iterator[bytes]:
    """Yield JPEG photos of 4:3, no two alike, the same on every run.

    Parameters
    ----------
    count : int
    megapixels : float
        Size of each in millions of pixels.
    """
    sklearn = find_spec("sklearn")
    assert sklearn is not None
    assert sklearn.origin is not None
    folder = Path(sklearn.origin).parent / "datasets" / "images"
    photos = [Image.open(folder / name).convert("RGB") for name in _NAMES]
    width = round((megapixels * 1e6 * 4 / 3) ** 0.5)
    for number in range(count):
        rng = np.random.default_rng(number)
        left, top = rng.integers(0, 120), rng.integers(0, 37)
        cut = photos[number % 2].crop((left, top, left + 520, top + 390))
        pixels = np.asarray(cut.resize((width, width * 3 // 4), Image.Resampling.BICUBIC), np.int16)
        grain = rng.integers(-3, 4, pixels.shape[:2], np.int16)[..., None]
        target = io.BytesIO()
        Image.fromarray(np.clip(pixels + grain, 0, 255).astype(np.uint8)).save(target, "JPEG", quality=92)
        yield target.getvalue()
