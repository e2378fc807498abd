"""What every way of making the picture smaller works on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from PIL import Image

from autok.metrics import Scorer
from autok.metrics.tiles import choose_tiles, cut, join
from autok.models import Analysis, Plan, SourceImage
from autok.options import Options

SKETCH_PIXELS: Final = 1 << 17
"""Pixels of the sketch."""


@dataclass(frozen=True)
class Scene:
    """The picture at its final size, what was measured of it and what is wanted."""

    source: SourceImage
    options: Options
    analysis: Analysis
    plan: Plan
    scorer: Scorer

    @cached_property
    def sample(self) -> SourceImage:
        """The scored parts of the picture side by side; the picture itself where it is small."""
        return self.source if self.scorer.whole else replace(self.source, image=self.scorer.mosaic)

    @cached_property
    def sketch(self) -> SourceImage:
        """Some parts of the picture side by side, enough to weigh a palette by."""
        tiles = choose_tiles(self.source.width, self.source.height, SKETCH_PIXELS)
        return replace(self.source, image=Image.fromarray(join(cut(self.source.image, tiles), tiles)))

    @property
    def sample_factor(self) -> float:
        """How many times the picture has the pixels of the sample."""
        return self.source.pixel_count / self.sample.pixel_count
