"""The palette's way: K by the search, then the picture in K colours, then its file."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from autok.banding import banding_score
from autok.contest import NEAR_MISS, SCORE_TOLERANCE
from autok.encoding import ENCODERS, encode_png, encode_webp_indexed, png_encoder_name
from autok.mapping import map_colors, rate_weight
from autok.models import Candidate, IndexedImage, Metadata, Palette, SourceImage, Trial
from autok.pipeline.scene import CONTESTED_COLORS, Scene, choose_dither
from autok.pipeline.sketching import weigh_on_sketch
from autok.planning import TOP
from autok.quantization import Groundwork, quantize
from autok.search import Goal, best_setting, next_setting

TRIALS: Final = 4
"""Most quantizations of one search."""

UNDER, OVER = 1.0, 1.5
"""How far below and above the asked score a K may land."""

CLOSE: Final = 6.0
"""How far a palette may fall short of the asked score for others of as many colours to be tried: they differ by so much
at most, as a rule."""

HOPELESS: Final = "Foretold, not written: a picture like this has too few equal neighbours for a palette to win."


@dataclass(frozen=True)
class PaletteChoice:
    """The K to use and what led to it."""

    colors: NDArray[np.uint8]
    """(K, 4), sRGB and alpha."""
    score: float | None
    """On the sample; None where nothing was tried."""
    banding: float
    """What smooth areas allow at most, of 100."""
    exact: bool
    """Whether the palette holds every colour of the picture."""
    trials: tuple[Trial, ...]


@dataclass(frozen=True)
class Written:
    """What became of a chosen palette."""

    candidates: tuple[Candidate, ...]
    palette: Palette
    trials: tuple[Trial, ...]
    """Those of the choice, and the one that the whole picture asked for."""


def choose_palette(scene: Scene) -> PaletteChoice:
    """Return the palette with the fewest colours that reaches the asked score, or with the asked number of them.

    Where the plan says that a palette cannot win, K is the plan's own guess, learnt but not tried. An asked palette
    that will be written in full is no trial either: the whole picture is scored then.
    """
    plan = scene.plan
    if plan.goal == "colors" and plan.palette_full:
        return PaletteChoice(learn_best(scene, plan.colors), None, 100.0, is_exact(scene, plan.colors), trials=())
    if not plan.palette_full and plan.goal != "colors":
        return _untried(scene)
    goal = _goal(scene)
    palettes: dict[int, NDArray[np.uint8]] = {}
    trials: list[Trial] = []
    while (colors := next_setting(_prior(scene), _points(trials), goal)) is not None:
        palettes[colors], trial = _learn_and_try(scene, colors)
        trials.append(trial)
    best = best_setting(_points(trials), goal)
    kept = next(trial for trial in trials if trial.setting == best)
    return PaletteChoice(palettes[best], kept.score, kept.banding, is_exact(scene, best), tuple(trials))


def _untried(scene: Scene) -> PaletteChoice:
    """Return the palette that the plan expects to need."""
    return PaletteChoice(learn(scene, scene.plan.colors), None, 100.0, exact=False, trials=())


def learn(scene: Scene, colors: int) -> NDArray[np.uint8]:
    """Return a palette of (at most) so many colours, shape (K, 4)."""
    return _learn_on(scene, colors, scene.ground)


def learn_best(scene: Scene, colors: int) -> NDArray[np.uint8]:
    """Return the palette of best score where K-means has several answers and each is soon scored; else the only one."""
    palette = learn(scene, colors)
    if not _is_contested(scene, colors):
        return palette
    return _challenge(scene, palette, try_palette(scene, colors, palette))[0]


def _learn_on(scene: Scene, colors: int, ground: Groundwork | None) -> NDArray[np.uint8]:
    return quantize(scene.analysis, colors, space=scene.options.space, pins=scene.options.pin, ground=ground)


def _is_contested(scene: Scene, colors: int) -> bool:
    return colors <= CONTESTED_COLORS and not is_exact(scene, colors) and bool(scene.other_grounds)


def _learn_and_try(scene: Scene, colors: int) -> tuple[NDArray[np.uint8], Trial]:
    """Return a palette with its trial; others are scored only where they may make up for what this one lacks."""
    palette = learn(scene, colors)
    trial = try_palette(scene, colors, palette)
    low = scene.plan.target_score - UNDER
    close = trial.score is not None and trial.score < low <= min(trial.score + CLOSE, trial.banding)
    return _challenge(scene, palette, trial) if close and _is_contested(scene, colors) else (palette, trial)


def _challenge(scene: Scene, palette: NDArray[np.uint8], trial: Trial) -> tuple[NDArray[np.uint8], Trial]:
    """Return the palette of best score, the first of equals, with its trial.

    Bands do not count here: they lie in opaque areas alone, and a palette for these is a bad one for the rest.
    """
    colors = int(trial.setting)
    tried = [(palette, trial)]
    for ground in scene.other_grounds:
        other = _learn_on(scene, colors, ground)
        tried.append((other, try_palette(scene, colors, other)))
    return max(tried, key=lambda one: -math.inf if one[1].score is None else one[1].score)


def draw(scene: Scene, source: SourceImage, palette: NDArray[np.uint8], rate: float | None = None) -> IndexedImage:
    """Return the picture, or its sample, in the colours of a palette, with its own rate weight or a given one."""
    mapping = _mapping(scene, len(palette))
    return map_colors(source, palette, **(mapping if rate is None else {**mapping, "rate": rate}))


def try_palette(scene: Scene, colors: int, palette: NDArray[np.uint8], *, weigh: bool = False) -> Trial:
    """Score a palette on the sample; weighed, the trial also holds the size that the whole is expected to have."""
    indexed = draw(scene, scene.sample, palette)
    size = round(scene.scorer.size_factor * len(encode_png(indexed, Metadata(), effort=1))) if weigh else None
    return _judge(scene, colors, palette, lambda: scene.scorer.score_indexed(indexed), size)


def _judge(
    scene: Scene, colors: int, palette: NDArray[np.uint8], score: Callable[[], float], size: int | None = None
) -> Trial:
    """Return the trial of a palette; one that holds every colour needs no score, and dither leaves no bands."""
    mapping = _mapping(scene, len(palette))
    if is_exact(scene, len(palette)):
        return Trial("palette", colors, 100.0, size, mapping["rate"])
    banding = 100.0 if mapping["dither"] else banding_score(scene.analysis, palette)
    return Trial("palette", colors, score(), size, mapping["rate"], banding)


def encode_palette(scene: Scene, choice: PaletteChoice) -> Written:
    """Write the whole picture in the chosen colours, in each palette format that may win.

    Where the plan spares the palette its full encoding, the candidate has no data and a predicted size.
    """
    if not scene.plan.palette_full:
        return _spare(scene, choice, HOPELESS)
    short = _falls_short(scene, choice)
    if short is not None:
        return _spare(scene, choice, f"Foretold, not written: {short}.")
    choice, indexed = _settle(scene, choice)
    score = 100.0 if choice.exact else choice.score
    common: dict[str, Any] = {"score": score, "lossless": choice.exact, "colors": len(choice.colors)}
    candidates = []
    if "png" in scene.plan.formats:
        data = encode_png(indexed, scene.source.metadata)
        name = f"palette + {png_encoder_name(scene.source.pixel_count)}"
        candidates.append(Candidate("png", name, data, len(data), **common))
    if "webp" in scene.plan.formats:
        data = encode_webp_indexed(indexed, scene.source.metadata)
        candidates.append(Candidate("webp", "palette + WebP lossless", data, len(data), **common))
    return Written(tuple(candidates), Palette(choice.colors, count_shares(indexed)), choice.trials)


def _falls_short(scene: Scene, choice: PaletteChoice) -> str | None:
    """Say why a palette is so far below the asked score that a lossy codec is sure to win; None where it is not."""
    rivals = set(scene.plan.formats) & set(ENCODERS)
    if not rivals or scene.plan.goal != "score" or choice.score is None:
        return None
    floor, count = scene.plan.target_score - NEAR_MISS, len(choice.colors)
    if choice.score < floor:
        return f"{count} colours score only {choice.score:.0f}"
    return f"{count} colours leave bands in smooth areas" if choice.banding < floor else None


def foretell_palette(scene: Scene) -> Written:
    """Learn the palette that the plan expects to need, and weigh it without writing it."""
    note = "Foretold, not written: another file decides this contest."
    return _spare(scene, _untried(scene), note)


def _settle(scene: Scene, choice: PaletteChoice) -> tuple[PaletteChoice, IndexedImage]:
    """Draw the whole picture; where the sample misjudged it by too much, try one more K.

    A palette's errors sit in a few rare places that a sample may miss. What the whole picture scores differently is
    added to every trial, and the search takes one more step if it has one left.
    """
    indexed = draw(scene, scene.source, choice.colors)
    if scene.plan.goal == "colors":
        trial = _judge(scene, len(choice.colors), choice.colors, lambda: score_closely(scene, indexed))
        return replace(choice, score=trial.score, trials=(trial,)), indexed
    if scene.scorer.whole or choice.exact or choice.score is None:
        return choice, indexed
    score = score_closely(scene, indexed)
    trials = [replace(t, score=t.score + score - choice.score) for t in choice.trials if t.score is not None]
    settled = replace(choice, score=score)
    colors = next_setting(_prior(scene), _points(trials), _goal(scene))
    if colors is None:
        return settled, indexed
    palette = learn(scene, colors)
    again = draw(scene, scene.source, palette)
    trial = _judge(scene, colors, palette, lambda: score_closely(scene, again))
    first = Trial("palette", len(choice.colors), score, None, banding=choice.banding)
    if best_setting(_points([first, trial]), _goal(scene)) == colors:
        exact = is_exact(scene, colors)
        settled, indexed = PaletteChoice(palette, trial.score, trial.banding, exact, choice.trials), again
    return replace(settled, trials=(*choice.trials, trial)), indexed


def score_closely(scene: Scene, indexed: IndexedImage) -> float:
    """Score the whole picture in the colours of a palette."""
    image = Image.fromarray(indexed.indices)
    # With a palette of its own the picture takes a byte a pixel; its parts get their colours when they are looked at.
    if scene.source.has_alpha:
        image.putpalette(indexed.palette.tobytes(), "RGBA")
    else:
        image.putpalette(indexed.palette[:, :3].tobytes(), "RGB")
    return scene.scorer.score_closely(image)


def _goal(scene: Scene) -> Goal:
    """Return the asked score as the solver sees it."""
    plan, asked = scene.plan, scene.plan.goal == "colors"
    low = _steps(plan.target_score - UNDER)
    return Goal(
        low,
        _steps(plan.target_score + OVER),
        first=plan.colors if asked else plan.min_colors,
        last=plan.colors if asked else plan.max_colors,
        limit=1 if asked else TRIALS,
        slack=low - _steps(plan.target_score - SCORE_TOLERANCE),
    )


def _spare(scene: Scene, choice: PaletteChoice, note: str) -> Written:
    """Foretell the palette's file from the sketch."""
    indexed, size = weigh_on_sketch(scene, choice.colors)
    score = scene.plan.predicted_score if choice.score is None else choice.score
    spared = Candidate("png", "palette", None, size, score, colors=len(choice.colors), note=note)
    return Written((spared,), Palette(choice.colors, count_shares(indexed)), choice.trials)


def _mapping(scene: Scene, colors: int) -> dict[str, Any]:
    dither = choose_dither(scene.analysis, scene.options, colors)
    rate, device = rate_weight(scene.analysis), scene.device
    return {"space": scene.options.space, "dither": dither, "rate": rate, "device": device}


def is_exact(scene: Scene, colors: int) -> bool:
    """Return whether so many colours are all that the picture has."""
    return scene.analysis.exact_colors is not None and colors >= scene.analysis.exact_colors


def _points(trials: Sequence[Trial]) -> list[tuple[int, float]]:
    return [
        (int(trial.setting), _steps(min(trial.score, trial.banding))) for trial in trials if trial.score is not None
    ]


def _prior(scene: Scene) -> list[tuple[float, float]]:
    return [(count, _steps(score)) for count, score in scene.plan.curve]


def _steps(score: float) -> float:
    """Return a score by what is missing to the top, in its logarithm, which is how predictions err: by a factor."""
    return -math.log(TOP - score)


def count_shares(indexed: IndexedImage) -> tuple[float, ...]:
    """Return the share of the pixels that each colour of a palette covers."""
    counts = np.zeros(len(indexed.palette), dtype=np.int64)
    for row in range(0, len(indexed.indices), 256):
        counts += np.bincount(indexed.indices[row : row + 256].ravel(), minlength=len(counts))
    return tuple((counts / counts.sum()).tolist())
