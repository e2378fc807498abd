"""The way to a size: which format looks best under it, foretold on the sample, then as few full encodes as it takes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

from autok.encoding import ENCODERS
from autok.formats import Format
from autok.models import Candidate, Palette, Trial
from autok.pipeline.fitting import Fitted, fit_palette, fit_quality, size_of
from autok.pipeline.lossy import try_quality, weigh_quality
from autok.pipeline.palettes import learn, try_palette
from autok.pipeline.scene import Scene
from autok.planning import palette_pays

_QUALITIES: Final = (15, 40, 65, 82, 90, 95)
_COLORS: Final = (4, 16, 64, 256)


@dataclass(frozen=True)
class Forecast:
    """What one format is expected to give for a size."""

    format: Format
    trials: tuple[Trial, ...]
    """By rising setting, weighed on the sample."""
    setting: int
    score: float
    fits: bool
    """Whether even the smallest setting is expected to fit."""


@dataclass(frozen=True)
class SizeChoice:
    """The candidates that were written for a size and what led to them."""

    candidates: tuple[Candidate, ...]
    trials: tuple[Trial, ...]
    palette: Palette | None


def fit_size(scene: Scene, limit: int) -> SizeChoice:
    """Write the picture so that it weighs at most `limit` bytes and looks as good as it can.

    Every format that may win is foretold from the sample; the most promising one is written in full, a few times, its
    settings driven by the sizes that came out. The others stay as forecasts.
    """
    forecasts = [_foretell(scene, kind, limit) for kind in _ways(scene)]
    best = max(forecasts, key=lambda forecast: (forecast.fits, forecast.score))
    fitted = _fit(scene, best, limit)
    losers = [_loser(forecast) for forecast in forecasts if forecast is not best]
    foretold = tuple(trial for forecast in forecasts for trial in forecast.trials)
    return SizeChoice((fitted.candidate, *losers), (*foretold, *fitted.trials), fitted.palette)


def _fit(scene: Scene, forecast: Forecast, limit: int) -> Fitted:
    if forecast.format == "png":
        return fit_palette(scene, forecast.trials, limit)
    return fit_quality(scene, forecast.format, forecast.trials, limit)


def _ways(scene: Scene) -> list[Format]:
    formats = scene.plan.formats
    lossy: list[Format] = [kind for kind in formats if kind in ENCODERS]
    palette: list[Format] = ["png"] if "png" in formats and (palette_pays(scene.analysis) or not lossy) else []
    return palette + lossy


def _foretell(scene: Scene, kind: Format, limit: int) -> Forecast:
    """Weigh a few settings on the sample and read off which would meet the size."""
    if kind == "png":
        settings = sorted({min(colors, scene.plan.max_colors) for colors in _COLORS})
        trials = [try_palette(scene, colors, learn(scene, colors), weigh=True) for colors in settings]
    else:
        low, high = ENCODERS[kind].quality_range
        trials = [weigh_quality(scene, kind, quality) for quality in (low, *_QUALITIES, high)]
    sizes = [math.log(size_of(trial)) for trial in trials]
    wanted = math.log(limit)
    at = next((i for i, size in enumerate(sizes) if size > wanted), len(sizes))
    for i in {max(at - 1, 0), min(at, len(sizes) - 1)}:
        if trials[i].score is None:
            trials[i] = replace(trials[i], score=try_quality(scene, kind, trials[i].setting).score)
    if at in (0, len(sizes)):
        edge = trials[0 if at == 0 else -1]
        return Forecast(kind, tuple(trials), int(edge.setting), edge.score or 0.0, fits=at > 0)
    part = (wanted - sizes[at - 1]) / (sizes[at] - sizes[at - 1])
    below, above = trials[at - 1], trials[at]
    setting = 2 ** (math.log2(below.setting) * (1 - part) + math.log2(above.setting) * part)
    score = (below.score or 0.0) * (1 - part) + (above.score or 0.0) * part
    return Forecast(kind, tuple(trials), max(1, int(setting)), score, fits=True)


def _loser(forecast: Forecast) -> Candidate:
    palette = forecast.format == "png"
    nearest = min(forecast.trials, key=lambda trial: abs(trial.setting - forecast.setting))
    return Candidate(
        forecast.format,
        "palette" if palette else forecast.format,
        None,
        size_of(nearest),
        nearest.score,
        colors=int(nearest.setting) if palette else None,
        quality=None if palette else nearest.setting,
        note=f"Not written in full: at this size a score of about {forecast.score:.0f} was foretold for it.",
    )
