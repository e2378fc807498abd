"""What the tables of palettes compare."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from bench.quantizers import NEAREST, OURS, contenders


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("name", [OURS, NEAREST])
def test_this_projects_ways_reduce_pictures_with_and_without_alpha(mode: str, name: str) -> None:
    """A gradient comes back in its own mode and size, in as many colours as were asked for and no more."""
    values = np.random.default_rng(0).integers(0, 256, (40, 60, len(mode)), np.uint8)
    image = Image.fromarray(np.sort(values, axis=1))
    reduced = contenders(image)[name](16)
    assert (reduced.mode, reduced.size) == (mode, image.size)
    assert 8 < len(np.unique(np.asarray(reduced).reshape(-1, len(mode)), axis=0)) <= 16
