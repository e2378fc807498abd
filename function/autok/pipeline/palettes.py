"""The palette's way: K by the search, then the picture in K colours, then its file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from autok.banding import banding_score
from autok.contest import SCORE_TOLERANCE
from autok.encoding import encode_png, encode_webp_indexed, png_encoder_name
from autok.mapping import dither_strength, map_colors
from autok.models import Candidate, IndexedImage, Metadata, Palette, SourceImage, Trial
from autok.pipeline.scene import Scene
from autok.quantization import quantize
from autok.search import Goal, best_setting, next_setting

TRIALS: Final = 4
"""Most quantizations of one search."""

UNDER, OVER = SCORE_TOLERANCE, 1.5
"""How far below and above the asked score a K may land."""


RATE, GRAPHIC_RATE = 1.0, 0.15
"""How much error a repeated entry may cost, in units of the palette's own error, with and without diffusion."""


@dataclass(frozen=True)
class PaletteChoice:
    """The K to use and what led to it."""

    colors: NDArray[np.uint8]
    """(K, 4), sRGB and alpha."""
    score: float | None
    """On the sample; None where nothing was tried."""
    exact: bool
    """Whether the palette holds every colour of the picture."""
    trials: tuple[Trial, ...]


def choose_palette(scene: Scene) -> PaletteChoice:
    """Return the palette with the fewest colours that reaches the asked score, or with the asked number of them.

    Where the plan says that a palette cannot win, K is the plan's own guess, learnt but not tried.
    """
    plan, asked = scene.plan, scene.plan.goal == "colors"
    if not plan.palette_full and not asked:
        return PaletteChoice(learn(scene, plan.colors), None, exact=False, trials=())
    goal = Goal(
        plan.target_score - UNDER,
        plan.target_score + OVER,
        first=plan.colors if asked else plan.min_colors,
        last=plan.colors if asked else plan.max_colors,
        limit=1 if asked else TRIALS,
    )
    palettes: dict[int, NDArray[np.uint8]] = {}
    trials: list[Trial] = []
    while (colors := next_setting(plan.curve, _points(trials), goal)) is not None:
        palettes[colors] = learn(scene, colors)
        trials.append(try_palette(scene, colors, palettes[colors]))
    best = best_setting(_points(trials), goal)
    score = next(trial.score for trial in trials if trial.setting == best)
    return PaletteChoice(palettes[best], score, _is_exact(scene, best), tuple(trials))


def learn(scene: Scene, colors: int) -> NDArray[np.uint8]:
    """Return a palette of (at most) so many colours, shape (K, 4)."""
    return quantize(scene.analysis, colors, space=scene.options.space, pins=scene.options.pin)


def draw(scene: Scene, source: SourceImage, palette: NDArray[np.uint8]) -> IndexedImage:
    """Return the picture, or its sample, in the colours of a palette."""
    return map_colors(source, palette, **_mapping(scene, len(palette)))


def try_palette(scene: Scene, colors: int, palette: NDArray[np.uint8], *, weigh: bool = False) -> Trial:
    """Score a palette on the sample; weighed, the trial also holds the size that the whole is expected to have."""
    indexed = draw(scene, scene.sample, palette)
    size = round(scene.sample_factor * len(encode_png(indexed, Metadata(), effort=1))) if weigh else None
    mapping = _mapping(scene, len(palette))
    if _is_exact(scene, len(palette)):
        return Trial("palette", colors, 100.0, size, mapping["rate"])
    banding = 100.0 if mapping["dither"] else banding_score(scene.analysis, palette)
    return Trial("palette", colors, scene.scorer.score_indexed(indexed), size, mapping["rate"], banding)


def encode_palette(scene: Scene, choice: PaletteChoice) -> tuple[list[Candidate], Palette]:
    """Write the whole picture in the chosen colours, in each palette format that may win.

    Where the plan spares the palette its full encoding, the candidate has no data and a predicted size.
    """
    if not scene.plan.palette_full:
        return _spare(scene, choice)
    indexed = draw(scene, scene.source, choice.colors)
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
    return candidates, Palette(choice.colors, _shares(indexed))


def _spare(scene: Scene, choice: PaletteChoice) -> tuple[list[Candidate], Palette]:
    """Foretell the palette's file from the sketch."""
    indexed = map_colors(scene.sketch, choice.colors, space=scene.options.space)
    factor = scene.source.pixel_count / scene.sketch.pixel_count
    size = round(factor * len(encode_png(indexed, Metadata(), effort=0)))
    note = "Foretold, not written: a picture like this has too few equal neighbours for a palette to win."
    score = scene.plan.predicted_score if choice.score is None else choice.score
    spared = Candidate("png", "palette", None, size, score, colors=len(choice.colors), note=note)
    return [spared], Palette(choice.colors, _shares(indexed))


def _mapping(scene: Scene, colors: int) -> dict[str, Any]:
    asked = scene.options.dither
    dither = dither_strength(scene.analysis, colors) if asked is None else asked
    return {"space": scene.options.space, "dither": dither, "rate": RATE if dither else GRAPHIC_RATE}


def _is_exact(scene: Scene, colors: int) -> bool:
    return scene.analysis.exact_colors is not None and colors >= scene.analysis.exact_colors


def _points(trials: Sequence[Trial]) -> list[tuple[int, float]]:
    return [(int(trial.setting), min(trial.score, trial.banding)) for trial in trials if trial.score is not None]


def _shares(indexed: IndexedImage) -> tuple[float, ...]:
    counts = np.zeros(len(indexed.palette), dtype=np.int64)
    for row in range(0, len(indexed.indices), 256):
        counts += np.bincount(indexed.indices[row : row + 256].ravel(), minlength=len(counts))
    return tuple((counts / counts.sum()).tolist())
