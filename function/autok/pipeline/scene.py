"""What every way of making the picture smaller works on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from PIL import Image

from autok.devices import CPU, Device
from autok.mapping import dither_strength
from autok.metrics import Scorer
from autok.models import Analysis, Plan, SourceImage
from autok.options import Options
from autok.planning import palette_pays
from autok.quantization import Groundwork, Refiner, refine, vary_ground

SKETCH_PIXELS: Final = 1 << 18
"""Pixels of the sketch."""

BANDS: Final = 8
"""Bands of the sketch."""

CONTESTED_COLORS: Final = 32
"""K up to which several palettes are learnt for a translucent picture."""
CONTESTED_PIXELS: Final = 1 << 19
"""Pixels up to which that is done, as each is scored."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one picture's pixel work is done."""

    device: Device = CPU
    refiner: Refiner = refine
    """What runs Lloyd's iterations there."""
    note: str = ""
    """A sentence for the report, where this is not the place that was wanted."""


@dataclass(frozen=True)
class Scene:
    """The picture at its final size, what was measured of it and what is wanted."""

    source: SourceImage
    options: Options
    analysis: Analysis
    plan: Plan
    scorer: Scorer
    device: Device = CPU
    """Where colours are mapped; the scorer knows its own place."""
    ground: Groundwork | None = None
    """What all palettes have in common; None where each is learnt from the start."""

    @cached_property
    def judge(self) -> Scorer:
        """What scores a codec's work, at less cost; on graphics that errs in few places, which have to be known."""
        return self.scorer.halved if palette_pays(self.analysis) else self.scorer.spread

    @cached_property
    def sample(self) -> SourceImage:
        """The scored parts of the picture side by side; the picture itself where it is small."""
        return self.source if self.scorer.whole else replace(self.source, image=self.scorer.mosaic)

    @cached_property
    def other_grounds(self) -> tuple[Groundwork, ...]:
        """Further grounds for palettes of at most `CONTESTED_COLORS`; none where one palette is enough."""
        if self.ground is None or self.source.pixel_count > CONTESTED_PIXELS:
            return ()
        return vary_ground(self.analysis, self.ground, CONTESTED_COLORS)

    @cached_property
    def sketch(self) -> SourceImage:
        """Evenly spread bands of the picture, enough to weigh a palette by; all of it where it is small."""
        image = self.source.image
        rows = max(BANDS, SKETCH_PIXELS // image.width) // BANDS
        if rows * BANDS >= image.height:
            return self.source
        sketch = Image.new(image.mode, (image.width, rows * BANDS))
        for band in range(BANDS):
            top = (2 * band + 1) * (image.height - rows) // (2 * BANDS)
            sketch.paste(image.crop((0, top, image.width, top + rows)), (0, band * rows))
        return replace(self.source, image=sketch)


def choose_dither(analysis: Analysis, options: Options, colors: int) -> float:
    """Return the strength of error diffusion that was asked for, else the one that suits so many colours."""
    return dither_strength(analysis, colors) if options.dither is None else options.dither
