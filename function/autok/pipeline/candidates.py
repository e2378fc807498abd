"""All files that compete for one picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image

from autok.contest import reaches
from autok.encoding import ENCODERS, encode_png_lossless, optimize_png, png_encoder_name, rewrite_jpeg
from autok.formats import Format
from autok.models import Candidate, Palette, SourceImage, Trial
from autok.pipeline.lossy import QualityChoice, choose_quality, encode_lossy, encoder_name, predict_lossy
from autok.pipeline.palettes import PaletteChoice, choose_palette, draw, encode_palette, foretell_palette
from autok.pipeline.scene import Scene
from autok.pipeline.sizes import Forecast, fit_size
from autok.pipeline.stopwatch import Stopwatch

HOPELESS: Final = 1.4
"""How many times the palette's size a lossy file may be foretold to weigh and still be written in full."""

WORTH_A_REWRITE: Final = 0.8
"""Share of the upload's size above which the best lossy file must lie for a lossless rewrite to be tried."""


@dataclass(frozen=True)
class Found:
    """The candidates of one picture, what was tried for them and the palette that was learnt."""

    candidates: tuple[Candidate, ...]
    trials: tuple[Trial, ...]
    palette: Palette


def find_candidates(scene: Scene, watch: Stopwatch, forecasts: Sequence[Forecast] = ()) -> Found:
    """Search, then write every file that could win; the upload itself, stripped, is always among them.

    What was foretold for an asked size already is not foretold again.
    """
    if scene.plan.goal == "bytes":
        return _by_size(scene, watch, forecasts)
    with watch.stage("search"):
        palette = choose_palette(scene)
        qualities = [choose_quality(scene, kind) for kind in _lossy_formats(scene)]
    with watch.stage("encode"):
        written = encode_palette(scene, palette)
        candidates = list(written.candidates)
        if scene.plan.goal == "colors":
            candidates += [c for choice in qualities for c in _beside_asked_colors(scene, palette, choice)]
        else:
            candidates += [_lossy(scene, choice, candidates) for choice in qualities]
        candidates += _lossless(scene, candidates)
        if all(candidate.data is None for candidate in candidates):
            # A format without palettes, and an upload that cannot be kept as it is.
            candidates += [encode_lossy(scene, choice) for choice in qualities]
    trials = (*written.trials, *(trial for choice in qualities for trial in choice.trials))
    return Found(tuple(candidates), trials, written.palette)


def _by_size(scene: Scene, watch: Stopwatch, forecasts: Sequence[Forecast]) -> Found:
    limit = scene.plan.target_bytes
    assert limit is not None
    with watch.stage("encode"):
        kept = _originals(scene.source, rewrite=True)
    if any(candidate.size <= limit for candidate in kept):
        with watch.stage("search"):
            written = foretell_palette(scene)
        return Found((*written.candidates, *kept), written.trials, written.palette)
    with watch.stage("search"):
        found = fit_size(scene, limit, forecasts)
        candidates, trials, palette = list(found.candidates), found.trials, found.palette
        if scene.plan.target_score > 0 and not _some_reach(candidates, scene.plan.target_score):
            # Quality is a floor that wins over the size: the smallest files that reach it join the contest.
            qualities = [choose_quality(scene, kind) for kind in _lossy_formats(scene)]
            candidates += [encode_lossy(scene, choice) for choice in qualities]
            trials = (*trials, *(trial for choice in qualities for trial in choice.trials))
        if palette is None:
            written = foretell_palette(scene)
            candidates, palette = [*candidates, *written.candidates], written.palette
            trials = (*trials, *written.trials)
    return Found((*candidates, *kept), trials, palette)


def _lossy_formats(scene: Scene) -> list[Format]:
    return [kind for kind in scene.plan.formats if kind in ENCODERS]


def _lossy(scene: Scene, choice: QualityChoice, palettes: Sequence[Candidate]) -> Candidate:
    """Write a lossy file, unless a palette that reaches the score is sure to be smaller."""
    floor = scene.plan.target_score
    weights = [c.size for c in palettes if c.data is not None and reaches(c, floor)]
    foretold = predict_lossy(scene, choice, "Not written in full: the palette is much smaller at the same quality.")
    return foretold if weights and foretold.size > HOPELESS * min(weights) else encode_lossy(scene, choice)


def _beside_asked_colors(scene: Scene, palette: PaletteChoice, choice: QualityChoice) -> list[Candidate]:
    """Return what a lossy format makes of an asked palette: the picture rebuilt from it, beside the plain one.

    Only a format that was asked for is written from the palette; of the others the size is foretold.
    """
    if scene.options.format != choice.format:
        return [predict_lossy(scene, choice, f"For comparison: it does not keep to {len(palette.colors)} colours.")]
    indexed = draw(scene, scene.source, palette.colors)
    encoder = ENCODERS[choice.format]
    channels = 4 if encoder.alpha and scene.source.has_alpha else 3
    rebuilt = Image.fromarray(indexed.palette[:, :channels][indexed.indices])
    data = encoder.write(rebuilt, choice.quality, scene.source.metadata)
    name = f"palette, then {encoder_name(choice.format, scene.source.pixel_count)}"
    score = scene.scorer.score(rebuilt)
    plain = encode_lossy(scene, choice)
    note = f"Plain {choice.format.upper()} at the same quality, without the palette."
    return [
        Candidate(choice.format, name, data, len(data), score, colors=len(palette.colors), quality=choice.quality),
        Candidate(plain.format, plain.encoder, plain.data, plain.size, plain.score, quality=plain.quality, note=note),
    ]


def _lossless(scene: Scene, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the upload, stripped, and what else is lossless and could still win."""
    source, asked = scene.source, scene.plan.goal == "colors"
    # Asked colours are what was wanted, whatever their score.
    serving = [c for c in candidates if (asked and c.colors) or reaches(c, scene.plan.target_score)]
    reaching = [c.size for c in serving if c.data is not None]
    kept = _originals(source, rewrite=not reaching or min(reaching) > WORTH_A_REWRITE * len(source.data))
    if reaching or kept or not {"png"} & set(scene.plan.formats):
        return kept
    data = encode_png_lossless(source)
    name = f"true colour + {png_encoder_name(source.pixel_count)}"
    return [Candidate("png", name, data, len(data), 100.0, lossless=True)]


def _originals(source: SourceImage, *, rewrite: bool) -> list[Candidate]:
    if source.original is None:
        return []
    data = source.original
    kept = [Candidate(source.format, "original, stripped", data, len(data), 100.0, lossless=True)]
    shrink = {"jpeg": rewrite_jpeg, "png": optimize_png}.get(source.format)
    if rewrite and shrink is not None:
        smaller = shrink(data)
        if len(smaller) < len(data):
            name = "original, stripped and rewritten without loss"
            kept.append(Candidate(source.format, name, smaller, len(smaller), 100.0, lossless=True))
    return kept


def _some_reach(candidates: Sequence[Candidate], floor: float) -> bool:
    return any(c.data is not None and reaches(c, floor) for c in candidates)
