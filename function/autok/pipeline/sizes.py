"""The way to a size: which format looks best under it, foretold on the sample, then as few full encodes as it takes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from autok.encoding import ENCODERS
from autok.models import Candidate, Format, Palette, Trial
from autok.pipeline.lossy import QualityChoice, encode_lossy, try_quality
from autok.pipeline.palettes import PaletteChoice, encode_palette, learn, try_palette
from autok.pipeline.scene import Scene
from autok.planning import palette_pays
from autok.search import Goal, best_setting, next_setting

FULL_ENCODES: Final = 4
"""Most full encodes of one search."""

REACH: Final = 0.985
"""Share of the asked size that a file should use at least."""

_QUALITIES: Final = (10, 35, 60, 80, 92)
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

    Every format that may win is foretold from the sample; the most promising one is written in full, at most
    `FULL_ENCODES` times, its settings driven by the sizes that came out. The others stay as forecasts.
    """
    forecasts = [_foretell(scene, kind, limit) for kind in _ways(scene)]
    best = max(forecasts, key=lambda forecast: (forecast.fits, forecast.score))
    written, trials, palette = _drive(scene, best, limit)
    losers = [_loser(forecast) for forecast in forecasts if forecast is not best]
    foretold = tuple(trial for forecast in forecasts for trial in forecast.trials)
    return SizeChoice((*written, *losers), (*foretold, *trials), palette)


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
        settings = [*(min(max(quality, low), high) for quality in _QUALITIES), high]
        trials = [try_quality(scene, kind, quality) for quality in settings]
    sizes = [math.log(_size(trial)) for trial in trials]
    wanted = math.log(limit)
    at = next((i for i, size in enumerate(sizes) if size > wanted), len(sizes))
    if at in (0, len(sizes)):
        edge = trials[0 if at == 0 else -1]
        return Forecast(kind, tuple(trials), int(edge.setting), edge.score or 0.0, fits=at > 0)
    part = (wanted - sizes[at - 1]) / (sizes[at] - sizes[at - 1])
    below, above = trials[at - 1], trials[at]
    setting = 2 ** (math.log2(below.setting) * (1 - part) + math.log2(above.setting) * part)
    score = (below.score or 0.0) * (1 - part) + (above.score or 0.0) * part
    return Forecast(kind, tuple(trials), max(1, int(setting)), score, fits=True)


def _drive(scene: Scene, forecast: Forecast, limit: int) -> tuple[list[Candidate], list[Trial], Palette | None]:
    """Write the picture in full until its size is within reach of the limit; return the best candidate."""
    palettes: dict[int, Palette] = {}
    written: dict[int, Candidate] = {}
    write = _palette_writer(scene, palettes) if forecast.format == "png" else _lossy_writer(scene, forecast.format)
    low, high = (2, scene.plan.max_colors) if forecast.format == "png" else ENCODERS[forecast.format].quality_range
    goal = Goal(math.log(limit * REACH), math.log(limit), first=low, last=high, limit=FULL_ENCODES, ceiling=True)
    prior = _rising([(trial.setting, math.log(_size(trial))) for trial in forecast.trials])
    points: list[tuple[int, float]] = []
    while (setting := next_setting(prior, points, goal)) is not None:
        written[setting] = write(setting)
        points.append((setting, math.log(written[setting].size)))
    best = best_setting(points, goal)
    kind = "palette" if forecast.format == "png" else forecast.format
    trials = [Trial(kind, setting, c.score, c.size) for setting, c in written.items()]
    return [written[best]], trials, palettes.get(best)


def _palette_writer(scene: Scene, palettes: dict[int, Palette]) -> Callable[[int], Candidate]:
    def write(colors: int) -> Candidate:
        learnt = learn(scene, colors)
        trial = try_palette(scene, colors, learnt)
        exact = scene.analysis.exact_colors is not None and len(learnt) >= scene.analysis.exact_colors
        written = encode_palette(scene, PaletteChoice(learnt, trial.score, exact, ()))
        palettes[colors] = written.palette
        return written.candidates[0]

    return write


def _lossy_writer(scene: Scene, kind: Format) -> Callable[[int], Candidate]:
    def write(quality: int) -> Candidate:
        trial = try_quality(scene, kind, quality)
        assert trial.score is not None
        return encode_lossy(scene, QualityChoice(kind, quality, trial.score, (trial,)))

    return write


def _loser(forecast: Forecast) -> Candidate:
    palette = forecast.format == "png"
    nearest = min(forecast.trials, key=lambda trial: abs(trial.setting - forecast.setting))
    return Candidate(
        forecast.format,
        "palette" if palette else forecast.format,
        None,
        _size(nearest),
        nearest.score,
        colors=int(nearest.setting) if palette else None,
        quality=None if palette else nearest.setting,
        note=f"Not written in full: at this size a score of about {forecast.score:.0f} was foretold for it.",
    )


def _rising(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the points with settings that rise and sizes that never fall."""
    result: list[tuple[float, float]] = []
    for x, y in sorted(points):
        if not result or x > result[-1][0]:
            result.append((x, max(y, result[-1][1]) if result else y))
    return result if len(result) > 1 else [*result, (result[0][0] + 1, result[0][1] + 1e-3)]


def _size(trial: Trial) -> int:
    assert trial.size is not None
    return max(1, trial.size)
