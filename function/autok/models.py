"""The values that the stages hand forward: frozen, checked when made, and free of behaviour.

Units: sizes in bytes, colours in sRGB bytes unless a field says otherwise, scores on the SSIMULACRA2 scale
(30 low, 50 medium, 70 high, 90 visually lossless), activity in 8-bit luma steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from autok.formats import Format

STRIP_PIXELS = 1 << 20
"""Pixels in one strip: enough to amortise a call, small enough that a strip's floats stay near the cache."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file said beside its pixels, and what became of it."""

    icc_profile: bytes | None = None
    """An RGB profile other than sRGB, to be embedded in every result; None means sRGB."""
    exif: bytes | None = None
    """The EXIF block to write (``Exif\\0\\0`` header excluded), already reduced to what was asked for."""
    xmp: bytes | None = None
    """The XMP packet to write; only under ``metadata=all``."""
    removed: tuple[str, ...] = ()
    """Names of what is dropped, such as ``GPS position``; sorted."""
    kept: tuple[str, ...] = ()
    """Names of what is kept, such as ``copyright``; sorted."""
    profile: str = "sRGB"
    """What was done about colour, in words, such as ``Display P3, kept``."""

    @property
    def size(self) -> int:
        """Bytes of all blocks together, which every file needs beside its pixels; a PNG a little less."""
        return sum(len(block) for block in (self.icc_profile, self.exif, self.xmp) if block)


@dataclass(frozen=True, slots=True)
class SourceImage:
    """A decoded picture, upright, in 8-bit RGB or RGBA."""

    image: Image.Image
    """Mode RGB or RGBA, orientation applied; never changed after decoding."""
    format: Format
    data: bytes
    """The upload, byte for byte."""
    original: bytes | None
    """The upload losslessly rid of private segments; None where pixels had to change, or no browser shows it."""
    metadata: Metadata = field(default_factory=Metadata)
    notes: tuple[str, ...] = ()
    """Sentences for the report, such as that only the first picture was taken."""

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self.image.width

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self.image.height

    @property
    def pixel_count(self) -> int:
        """Width times height."""
        return self.image.width * self.image.height

    @property
    def has_alpha(self) -> bool:
        """Whether the picture has an alpha channel (one that is not opaque everywhere)."""
        return self.image.mode == "RGBA"


def strips(
    image: Image.Image, *, rows: int | None = None, halo: int = 0
) -> Iterator[tuple[int, int, NDArray[np.uint8]]]:
    """Yield a picture in horizontal strips, so that nothing of its full size is ever held in floats.

    Parameters
    ----------
    image : PIL.Image.Image
        Mode RGB or RGBA.
    rows : int, optional
        Rows in a strip; the default gives about `STRIP_PIXELS` pixels.
    halo : int, optional
        Rows of context above and below, cut at the picture's edges; the default is 0.

    Yields
    ------
    top, bottom : int
        The strip's own rows, half-open; the halo is outside them.
    pixels : ndarray of shape (R, W, C), uint8
        The strip with its halo.
    """
    step = rows or max(1, STRIP_PIXELS // max(1, image.width))
    for top in range(0, image.height, step):
        bottom = min(image.height, top + step)
        box = (0, max(0, top - halo), image.width, min(image.height, bottom + halo))
        yield top, bottom, np.asarray(image.crop(box))


def every_row(image: Image.Image, step: int, first: int = 0) -> Image.Image:
    """Return every step-th row of a picture.

    Parameters
    ----------
    image : PIL.Image.Image
        Of any mode.
    step : int
        At least 1.
    first : int, optional
        Where the first row lies below the picture's, at least -1; the default is 0.

    Returns
    -------
    PIL.Image.Image
        ``ceil(height / step)`` rows of the same width and mode, zero beyond the picture's edges.
    """
    if (step, first) == (1, 0):
        return image
    rows = -(-image.height // step)
    # The transform reads at the middle of a row; the shift makes that the first of each step.
    return image.transform((image.width, rows), Image.Transform.AFFINE, (1, 0, 0, 0, step, first + 0.5 - step / 2))


@dataclass(frozen=True, slots=True)
class ColorHistogram:
    """The colours of a picture, gathered into bins; N bins, sorted by bin number."""

    colors: NDArray[np.float32]
    """(N, 4): mean sRGB and alpha of the pixels in a bin, each in [0, 255]."""
    counts: NDArray[np.int64]
    """(N,): pixels in a bin."""
    activity: NDArray[np.float32]
    """(N,): mean local luma deviation of the pixels in a bin, in [0, 255]."""


PHOTO_ENTROPY: Final = 6.5
"""Bits of grey entropy from which a picture without edges is a photograph: 23 graphics have 0.2 to 5.9, 11 photographs
of 8 to 20 megapixels 7.0 to 7.8."""

PHOTO_EDGES: Final = 0.01
"""Share of strong edges below which it is one."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was measured before anything was decided."""

    entropy_bits: float
    """Shannon entropy of the grey levels, in bits, [0, 8]."""
    spatial_variance: float
    """Mean variance of luma in 8x8 blocks, in squared 8-bit steps."""
    mean_activity: float
    """Mean absolute luma deviation from the 3x3 neighbourhood, in 8-bit steps."""
    smooth_share: float
    """Share of pixels with activity below 2."""
    edge_share: float
    """Share of pixels with activity above 30."""
    flat_share: float
    """Share of pixels equal to their left neighbour."""
    exact_colors: int | None
    """Number of distinct colours where it is at most 256, else None."""
    histogram: ColorHistogram

    @property
    def continuous_tone(self) -> bool:
        """Whether this is a photograph by its greys and its lack of edges, however many neighbours are equal.

        In a large picture of a sky most of them are; in a drawing the same is true for another reason.
        """
        return self.entropy_bits >= PHOTO_ENTROPY and self.edge_share < PHOTO_EDGES


Goal = Literal["score", "colors", "bytes"]
"""What the search drives at: a perceptual score, a number of colours, or a size."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The goal, its bounds, and the first guess; made before any clustering."""

    goal: Goal
    target_score: float
    """The score to reach; under a size goal, the floor that quality must not fall below (0 when none was asked)."""
    target_bytes: int | None
    colors: int
    """First guess of K, 2 to 256."""
    min_colors: int
    max_colors: int
    jpeg_quality: int
    """First guess of the JPEG encoder's quality, 1 to 100."""
    formats: tuple[Format, ...]
    """The formats that may win, in the order in which ties are broken."""
    palette_full: bool
    """Whether the palette is encoded at full size; False where a rule shows that it cannot win."""
    dither: float
    """Strength of error diffusion, 0 to 1."""
    scale: float
    """Factor on both sides, at most 1."""
    predicted_score: float
    """The score that the first guess is expected to give."""
    curve: tuple[tuple[int, float], ...] = ()
    """K against the predicted score, by rising K."""


@dataclass(frozen=True, slots=True)
class IndexedImage:
    """A palette and an index per pixel."""

    palette: NDArray[np.uint8]
    """(K, 4), sRGB and alpha; K in 1 to 256."""
    indices: NDArray[np.uint8]
    """(H, W), each below K."""

    def __post_init__(self) -> None:
        """Check shapes and dtypes."""
        if self.palette.ndim != 2 or self.palette.shape[1] != 4 or not 1 <= len(self.palette) <= 256:
            raise ValueError(f"a palette has the shape (1..256, 4), not {self.palette.shape}")
        if self.palette.dtype != np.uint8 or self.indices.dtype != np.uint8 or self.indices.ndim != 2:
            raise ValueError("palette and indices are uint8, indices of two dimensions")


@dataclass(frozen=True, slots=True)
class Palette:
    """The learnt colours with what each covers."""

    colors: NDArray[np.uint8]
    """(K, 4), sRGB and alpha."""
    shares: tuple[float, ...]
    """Share of the picture's pixels that each colour stands for; they add up to 1."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One probe of the search: what was tried and what it gave."""

    kind: str
    """``palette``, or the lossy format."""
    setting: float
    """K for a palette, the encoder's quality otherwise."""
    score: float | None
    size: int | None
    """Bytes where the trial was encoded, else None."""
    rate: float = 0.0
    """Rate weight of the mapping (lambda), 0 where none."""
    banding: float = 100.0
    """The highest score that a palette deserves for its smooth areas; the search counts the lower of the two."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One file that could be the result."""

    format: Format
    encoder: str
    """What made it, such as ``palette + oxipng 4`` or ``original, stripped``."""
    data: bytes | None
    """The file, or None where the size is only predicted."""
    size: int
    score: float | None
    lossless: bool = False
    colors: int | None = None
    quality: float | None = None
    note: str = ""
    """Why it could not win or what is special about it; empty when nothing is."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was finally done, with the trials that led there."""

    format: Format
    colors: int
    quality: float | None
    scale: float
    dither: float
    score: float | None
    trials: tuple[Trial, ...]
    why: str
    """One sentence with the numbers that decided."""


@dataclass(frozen=True, slots=True)
class Report:
    """The report as plain JSON values; report.schema.json describes it."""

    content: dict[str, Any]

    def __getitem__(self, key: str) -> Any:
        """Return one top-level entry."""
        return self.content[key]
