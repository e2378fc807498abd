"""What every way of making the picture smaller works on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from autok.metrics import Scorer
from autok.models import Analysis, Plan, SourceImage
from autok.options import Options


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

    @property
    def sample_factor(self) -> float:
        """How many times the picture has the pixels of the sample."""
        return self.source.pixel_count / self.sample.pixel_count
