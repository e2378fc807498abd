"""From pixels to the cosine coefficients of 8x8 blocks, in exact integers so that every machine agrees.

References
----------
ITU-T T.81 (1992) A.3.3 (the transform), figure A.6 (the zigzag order); ITU-T T.871 (2011) 7 (the colours).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Subsampling = Literal["4:2:0", "4:4:4"]
"""Resolution of chroma: half of luma's on both sides, or the same."""


@dataclass(frozen=True, slots=True)
class Component:
    """One plane of a picture as coefficients; B blocks, row by row."""

    coefficients: NDArray[np.float32]
    """(64, B): in zigzag order, each in [-1024, 1024]; multiples of 2^-14."""
    sampling: int
    """Samples of this component for each of the coarsest one along a side: 1 or 2."""
    chroma: bool
    """Whether it holds colour differences."""


def _zigzag() -> NDArray[np.intp]:
    places = [(row, column) for row in range(8) for column in range(8)]
    places.sort(key=lambda place: (sum(place), place[0] if sum(place) % 2 else place[1]))
    return np.array([8 * row + column for row, column in places])


ZIGZAG: NDArray[np.intp] = _zigzag()
"""(64,): row-major place of each coefficient in zigzag order."""


SCALE = 1 << 14
"""What the transform's factors are multiplied by before they are rounded to whole numbers."""


def _basis() -> NDArray[np.float32]:
    # A row's magnitudes sum to 2^17 at most; times samples of up to 2^7 that is 2^24, and float32 holds every partial
    # sum exactly: neither the order of a matrix product nor a fused multiplication can change a bit.
    steps = np.arange(8)
    cosines = np.cos((2 * steps + 1) * steps[:, None] * np.pi / 16) / 2
    cosines[0] = np.sqrt(1 / 8)
    basis: NDArray[np.float32] = np.rint(np.kron(cosines, cosines)[ZIGZAG] * SCALE).astype(np.float32)
    return basis


_BASIS = _basis()


def split_components(image: Image.Image, subsampling: Subsampling) -> tuple[Component, ...]:
    """Split a picture into transformed components.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode RGB, or L for a single component.
    subsampling : {"4:2:0", "4:4:4"}
        Resolution of chroma; without effect on L.

    Returns
    -------
    tuple of Component
        Luma, then blue and red difference where there are colours.
    """
    if image.mode == "L":
        return (Component(_transform(image), 1, chroma=False),)
    luma, *chroma = image.convert("YCbCr").split()
    halved = subsampling == "4:2:0"
    planes = [plane.reduce(2) if halved else plane for plane in chroma]
    return (
        Component(_transform(luma), 2 if halved else 1, chroma=False),
        *(Component(_transform(plane), 1, chroma=True) for plane in planes),
    )


def _transform(plane: Image.Image) -> NDArray[np.float32]:
    samples = np.asarray(plane)
    height, width = samples.shape
    samples = np.pad(samples, ((0, -height % 8), (0, -width % 8)), mode="edge")
    rows, columns = samples.shape[0] // 8, samples.shape[1] // 8
    blocks = samples.reshape(rows, 8, columns, 8).transpose(1, 3, 0, 2).reshape(64, rows * columns)
    coefficients: NDArray[np.float32] = _BASIS @ (blocks.astype(np.float32) - np.float32(128))
    coefficients *= np.float32(1 / SCALE)
    return coefficients
