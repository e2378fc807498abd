"""The way to a size: which format looks best under it, foretold on the sample, then as few full encodes as it takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
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
from autok.scaling import Scale

_QUALITIES: Final = (15, 40, 65, 82, 90, 95)
_COLORS: Final = (4, 16, 64, 256)

POOR: Final = 30.0
"""Score below which a size counts as out of quality's reach, where pixels may be given up for it."""

FAIR: Final = 50.0
"""Score that fewer pixels are to bring; one that misses it by `NEARLY` will do."""

NEARLY: Final = 5.0

POINTS_PER_OCTAVE: Final = 44.0
"""Points that a picture of halved sides gains at the same size: the mean of eight photographs of 8 to 16 megapixels at
30 and 100 kB, between scores of 20 and 80."""

HARDLY: Final = 20.0
"""Score below which a lower one says no more about how many pixels are too many."""

LEAST_SCALE: Final = 0.05
"""Least factor on the sides."""


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
    fixed: int = 0
    """Bytes of metadata, which no setting and no scale makes fewer."""


@dataclass(frozen=True)
class SizeChoice:
    """The candidates that were written for a size and what led to them."""

    candidates: tuple[Candidate, ...]
    trials: tuple[Trial, ...]
    palette: Palette | None


def foretell_size(scene: Scene, limit: int) -> tuple[Forecast, ...]:
    """Return what every format that may win is expected to give for `limit` bytes, from the sample; best first."""
    forecasts = [_foretell(scene, kind, limit) for kind in _ways(scene)]
    return tuple(sorted(forecasts, key=lambda forecast: (forecast.fits, forecast.score), reverse=True))


def suggest_scale(best: Forecast, scale: Scale, limit: int, floor: float, *, again: bool) -> Scale | None:
    """Return the scale at which a size is expected to look fair; None where this one will do.

    Parameters
    ----------
    best : Forecast
        What the most promising format gives for the size at the scale that was foretold.
    scale : Scale
        That scale.
    limit : int
        The size in bytes.
    floor : float
        The score that was asked for beside it; 0 where none was.
    again : bool
        Whether pixels were given up for the size before: then a score that is merely not poor will not do.

    Returns
    -------
    Scale or None
        With a factor of at least `LEAST_SCALE` and its reason.
    """
    if limit <= best.fixed:
        return None
    fair = max(FAIR, floor)
    enough = fair - NEARLY if again else max(POOR, floor - NEARLY)
    if best.fits and best.score >= enough:
        return None
    if best.fits:
        step = 2.0 ** ((max(best.score, HARDLY) - fair) / POINTS_PER_OCTAVE)
        reason = f": at {scale.factor:.0%} {limit} bytes would leave a score of about {best.score:.0f}"
    else:
        # What was foretold is not to be trusted further than this.
        step = max(0.25, step_towards(limit, size_of(best.trials[0]), best.fixed))
        reason = f": at {scale.factor:.0%} no quality alone reaches {limit} bytes"
    smaller = shrink(scale, step, reason)
    return smaller if smaller.factor < scale.factor else None


def step_towards(limit: int, size: int, fixed: int) -> float:
    """Return the factor on the sides that brings a size just below a limit, both in bytes of which some are fixed."""
    # Bytes grow with the area, so a side with the root; 0.97 aims below.
    return float(0.97 * (max(0, limit - fixed) / max(1, size - fixed)) ** 0.5)


def shrink(scale: Scale, step: float, reason: str) -> Scale:
    """Return a scale smaller by a step, at least by a tenth and never below `LEAST_SCALE`, explained by `reason`."""
    # A tenth at least ends a crawl of tiny steps.
    factor = max(LEAST_SCALE, scale.factor * min(0.9, step))
    return Scale(factor, f"Scaled to {factor:.0%} of its sides{reason}.")


def fit_size(scene: Scene, limit: int, forecasts: Sequence[Forecast] = ()) -> SizeChoice:
    """Write the picture so that it weighs at most `limit` bytes and looks as good as it can.

    Every format that may win is foretold from the sample; the most promising one is written in full, a few times, its
    settings driven by the sizes that came out. The others stay as forecasts.
    """
    forecasts = forecasts or foretell_size(scene, limit)
    best = forecasts[0]
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
    """Weigh a few settings on the sample, up to the first that is too large, and read off which would meet the size."""
    trials: list[Trial] = []
    for setting in _settings(scene, kind):
        trials.append(_weigh(scene, kind, setting))
        if size_of(trials[-1]) > limit and len(trials) > 1:
            break
    fixed = scene.source.metadata.size
    sizes = [math.log(size_of(trial)) for trial in trials]
    wanted = math.log(limit)
    at = next((i for i, size in enumerate(sizes) if size > wanted), len(sizes))
    # A score costs more than the encode that it judges: only the two trials around the size get one.
    for i in {max(at - 1, 0), min(at, len(sizes) - 1)}:
        if trials[i].score is None:
            trials[i] = replace(trials[i], score=try_quality(scene, kind, trials[i].setting).score)
    if at in (0, len(sizes)):
        edge = trials[0 if at == 0 else -1]
        return Forecast(kind, tuple(trials), int(edge.setting), edge.score or 0.0, at > 0, fixed)
    part = (wanted - sizes[at - 1]) / (sizes[at] - sizes[at - 1])
    below, above = trials[at - 1], trials[at]
    # Sizes run straighter along the logarithm of a setting, as the solver sees it too.
    setting = 2 ** (math.log2(below.setting) * (1 - part) + math.log2(above.setting) * part)
    score = (below.score or 0.0) * (1 - part) + (above.score or 0.0) * part
    return Forecast(kind, tuple(trials), max(1, int(setting)), score, True, fixed)


def _settings(scene: Scene, kind: Format) -> list[float]:
    if kind == "png":
        return sorted({min(colors, scene.plan.max_colors) for colors in _COLORS})
    low, high = ENCODERS[kind].quality_range
    return [low, *_QUALITIES, high]


def _weigh(scene: Scene, kind: Format, setting: float) -> Trial:
    if kind == "png":
        trial = try_palette(scene, int(setting), learn(scene, int(setting)), weigh=True)
    else:
        trial = weigh_quality(scene, kind, setting)
    return replace(trial, size=size_of(trial) + scene.source.metadata.size)


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
